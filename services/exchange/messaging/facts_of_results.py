"""Events of results as facts to be reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.exchange.domain.names import ITEM, PLAN, TASK, Named
from services.exchange.domain.records import finding_text, with_items
from services.exchange.domain.rows import SourceFact
from services.exchange.domain.sources import DRAWN_OBJECT, RESULT, RESULT_ITEM, Record
from services.exchange.usecases.stage_facts import Told
from shared.events.envelope import Heard
from shared.events.results import PublishedResult, ResultWithdrawnV1
from shared.runtime.unit_of_work import SHANGHAI

FROM_DRAW = "draw"


def ids_of(result: PublishedResult) -> set[UUID]:
    """What a result names by id and planning told the number of."""
    return {result.plan_id, result.task_id, *(item.item_id for item in result.items)}


def told_of_result(one: Heard[Any], names: Mapping[UUID, Named], region: str) -> Told:
    """A published, corrected or withdrawn result. The drawn object is told with the first result of it."""
    event = one.event
    if isinstance(event, ResultWithdrawnV1):
        gone = SourceFact(str(event.result_id), event.version, "", event.withdrawn_at)
        return Told({RESULT: gone, RESULT_ITEM: gone})
    result: PublishedResult = event.result
    record = _record(result, names, region)
    key, at = str(result.result_id), result.published_at
    facts = {
        RESULT: SourceFact(key, result.version, result.department, at, {key: record}),
        RESULT_ITEM: SourceFact(key, result.version, result.department, at, with_items(record)),
    }
    if result.origin == FROM_DRAW:
        drawn = f"{result.plan_id}/{result.entity_id}"
        fields = ("plan_id", "plan_no", "entity_id", "entity_name", "uscc", "department", "region")
        facts[DRAWN_OBJECT] = SourceFact(
            drawn, 1, result.department, at, {drawn: {name: record[name] for name in fields}}
        )
    return Told(facts)


def _record(result: PublishedResult, names: Mapping[UUID, Named], region: str) -> Record:
    plan, task = _named(names, result.plan_id, PLAN), _named(names, result.task_id, TASK)
    return {
        "result_id": str(result.result_id),
        "result_version": result.version,
        "entity_id": str(result.entity_id),
        "entity_name": result.entity_name,
        "uscc": result.uscc,
        "department": result.department,
        "task_id": str(result.task_id),
        "task_no": result.task_no,
        "task_title": task.title if task else None,
        "plan_id": str(result.plan_id),
        "plan_no": plan.number if plan else None,
        "plan_title": plan.title if plan else None,
        "visit_id": str(result.visit_id),
        "concluded_on": result.concluded_on.isoformat(),
        "published_on": result.published_at.astimezone(SHANGHAI).date().isoformat(),
        "method": result.method,
        "outcome": result.outcome,
        "main_outcome": result.outcome_codes[0] if result.outcome_codes else None,
        "origin": result.origin,
        "region": region,
        "finding_text": finding_text([finding.outcome_text for finding in result.findings]),
        "items": [_item(item.item_id, item.item_name, item.outcome_codes, names) for item in result.items],
    }


def _item(item_id: UUID, name: str, codes: list[str], names: Mapping[UUID, Named]) -> dict[str, str | int | None]:
    known = _named(names, item_id, ITEM)
    return {
        "item_id": str(item_id),
        "item_code": known.number if known else None,
        "item_name": name,
        "item_outcome": codes[0] if codes else None,
        "item_outcomes": ",".join(codes),
    }


def _named(names: Mapping[UUID, Named], key: UUID, kind: str) -> Named | None:
    found = names.get(key)
    return found if found is not None and found.kind == kind else None
