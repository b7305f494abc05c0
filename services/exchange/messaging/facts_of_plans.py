"""Events of planning as facts to be reported, and the names that results refer to."""

from __future__ import annotations

from collections.abc import Sequence

from services.exchange.domain import names
from services.exchange.domain.names import Named
from services.exchange.domain.rows import SourceFact
from services.exchange.domain.sources import PLAN, TASK, Record
from services.exchange.usecases.stage_facts import Told
from shared.events.planning import PlanAdjustedV1, PlanCancelledV1, PlanItem, PlanPublishedV1, TaskIssuedV1
from shared.runtime.unit_of_work import SHANGHAI


def names_of_plan(event: PlanPublishedV1 | PlanAdjustedV1) -> Sequence[Named]:
    return [Named(names.PLAN, event.plan_id, event.plan_no, event.title), *_names_of_items(event.items)]


def names_of_task(event: TaskIssuedV1) -> Sequence[Named]:
    return [Named(names.TASK, event.task_id, event.task_no, event.title), *_names_of_items(event.items)]


def _names_of_items(items: Sequence[PlanItem]) -> list[Named]:
    return [Named(names.ITEM, item.item_id, item.code, item.name) for item in items]


def told_of_plan(event: PlanPublishedV1 | PlanAdjustedV1, region: str) -> Told:
    """`ratio_ppm`: the highest share of any class, the plan's 抽查比例 in the closed system's single field."""
    key = str(event.plan_id)
    record: Record = {
        "plan_id": key,
        "plan_no": event.plan_no,
        "plan_title": event.title,
        "plan_version": event.version,
        "year": event.year,
        "department": event.initiator,
        "participants": ",".join(event.participants),
        "ratio_ppm": max((ratio.ppm for ratio in event.ratios), default=None),
        "window_start": event.window_start.isoformat(),
        "window_end": event.window_end.isoformat(),
        "published_on": event.published_at.astimezone(SHANGHAI).date().isoformat(),
        "method": event.method,
        "region": region,
        "items": [
            {"item_id": str(item.item_id), "item_code": item.code, "item_name": item.name} for item in event.items
        ],
    }
    return Told({PLAN: SourceFact(key, event.aggregate_version, event.initiator, event.published_at, {key: record})})


def told_of_cancelled_plan(event: PlanCancelledV1) -> Told:
    return Told({PLAN: SourceFact(str(event.plan_id), event.aggregate_version, "", event.cancelled_at)})


def told_of_task(event: TaskIssuedV1, plan_title: str | None, region: str) -> Told:
    key = str(event.task_id)
    record = {
        "task_id": key,
        "task_no": event.task_no,
        "task_title": event.title,
        "plan_id": str(event.plan_id),
        "plan_no": event.plan_no,
        "plan_title": plan_title,
        "department": event.initiator,
        "window_start": event.window_start.isoformat(),
        "window_end": event.window_end.isoformat(),
        "issued_on": event.issued_at.astimezone(SHANGHAI).date().isoformat(),
        "method": event.method,
        "region": region,
    }
    return Told({TASK: SourceFact(key, event.aggregate_version, event.initiator, event.issued_at, {key: record})})
