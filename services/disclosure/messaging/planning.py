"""What is heard from planning: plans and their versions (N5, N6), tasks, item lists. Leads are not public."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from services.disclosure.domain.facts import ItemList, PlanEnd, PlanVersion, Task, TaskChange, canonical
from services.disclosure.domain.privacy import scrubbed
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from services.disclosure.usecases.keep_facts import keep_plan_facts
from shared.events.envelope import Heard
from shared.events.planning import (
    ItemListPublishedV1,
    PlanAdjustedV1,
    PlanCancelledV1,
    PlanPublishedV1,
    TaskCancelledV1,
    TaskExtendedV1,
    TaskIssuedV1,
)
from shared.runtime.inbox import Handlers

_NOT_SHOWN: Final = {"aggregate_version"}
_NOT_OF_A_TASK: Final = {"aggregate_version", "library_id", "library_version", "no_disturb_floor_ppm", "visit_warnings"}
"""How officers are warned and which library is asked is not for the public; the draw's own record tells the pool."""


async def on_plan_facts(heard: Sequence[Heard[Any]], uow: DisclosureUnitOfWork) -> None:
    await keep_plan_facts([_fact(one.event) for one in heard], uow)


def _fact(event: Any) -> PlanVersion | PlanEnd | Task | TaskChange | ItemList:
    match event:
        case PlanPublishedV1() | PlanAdjustedV1():
            return _plan(event)
        case PlanCancelledV1():
            return PlanEnd(event.plan_id, event.version, scrubbed(event.reason), event.cancelled_at, event.merged_into)
        case TaskIssuedV1():
            return _task(event)
        case TaskExtendedV1():
            return _change(event, "extended", event.extended_at, event.window_start, event.window_end)
        case TaskCancelledV1():
            return _change(event, "cancelled", event.cancelled_at, None, None)
    return _item_list(event)


def _plan(event: PlanPublishedV1 | PlanAdjustedV1) -> PlanVersion:
    body = event.model_dump(mode="json", exclude=_NOT_SHOWN)
    special = body.get("special")
    if special is not None:
        special |= {name: scrubbed(special[name]) for name in ("cause", "approver")}
    reason = scrubbed(event.reason) if isinstance(event, PlanAdjustedV1) else None
    body |= {"title": scrubbed(event.title)} | ({} if reason is None else {"reason": reason})
    return PlanVersion(
        plan_id=event.plan_id,
        version=event.version,
        plan_no=event.plan_no,
        year=event.year,
        title=body["title"],
        initiator=event.initiator,
        participants=tuple(event.participants),
        window_start=event.window_start,
        window_end=event.window_end,
        published_at=event.published_at,
        reason=reason,
        body=canonical(body),
    )


def _task(event: TaskIssuedV1) -> Task:
    body = event.model_dump(mode="json", exclude=_NOT_OF_A_TASK)
    body["title"] = scrubbed(event.title)
    return Task(
        task_id=event.task_id,
        task_no=event.task_no,
        title=body["title"],
        plan_id=event.plan_id,
        plan_no=event.plan_no,
        initiator=event.initiator,
        window_start=event.window_start,
        window_end=event.window_end,
        issued_at=event.issued_at,
        body=canonical(body),
    )


def _change(event: Any, kind: str, at: Any, start: Any, end: Any) -> TaskChange:
    return TaskChange(event.task_id, event.aggregate_version, kind, scrubbed(event.reason), start, end, at)


def _item_list(event: ItemListPublishedV1) -> ItemList:
    return ItemList(
        event.item_list_id,
        event.version,
        event.department,
        event.year,
        event.item_count,
        event.tier,
        event.published_at,
    )


FROM_PLANNING: Final[Handlers] = dict.fromkeys(
    (
        ItemListPublishedV1,
        PlanPublishedV1,
        PlanAdjustedV1,
        PlanCancelledV1,
        TaskIssuedV1,
        TaskExtendedV1,
        TaskCancelledV1,
    ),
    on_plan_facts,
)
