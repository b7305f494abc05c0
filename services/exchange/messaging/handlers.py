"""What the exchange hears: every public fact that some peer is told of, the table event → handler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.exchange.domain.rows import OF_NO_DEPARTMENT, SourceFact
from services.exchange.domain.sources import FLAG, TASK
from services.exchange.messaging.facts_of_plans import (
    names_of_plan,
    names_of_task,
    told_of_cancelled_plan,
    told_of_plan,
    told_of_task,
)
from services.exchange.messaging.facts_of_results import ids_of, told_of_result
from services.exchange.storage.unit_of_work import ExchangeUnitOfWork
from services.exchange.usecases.stage_facts import Told, keep_names, stage_facts
from services.exchange.usecases.tell_webhooks import lay_before_subscribers
from shared.events.credit import FlagLiftedV1, FlagRaisedV1
from shared.events.envelope import Heard
from shared.events.planning import (
    PlanAdjustedV1,
    PlanCancelledV1,
    PlanPublishedV1,
    TaskCancelledV1,
    TaskIssuedV1,
)
from shared.events.results import ResultCorrectedV1, ResultPublishedV1, ResultWithdrawnV1
from shared.runtime.inbox import Handlers


async def on_result_told(heard: Sequence[Heard[Any]], uow: ExchangeUnitOfWork) -> None:
    """Results published, corrected, withdrawn, in the order they were told (P2, P3, P4, P5)."""
    bodies = [one.event.result for one in heard if not isinstance(one.event, ResultWithdrawnV1)]
    names = await uow.names.find([found for body in bodies for found in ids_of(body)])
    await stage_facts([told_of_result(one, names, uow.region) for one in heard], uow)
    await lay_before_subscribers(heard, uow)


async def on_plan_told(heard: Sequence[Heard[Any]], uow: ExchangeUnitOfWork) -> None:
    for one in heard:
        event = one.event
        if isinstance(event, PlanCancelledV1):
            await stage_facts([told_of_cancelled_plan(event)], uow)
            continue
        await keep_names(names_of_plan(event), uow)
        await stage_facts([told_of_plan(event, uow.region)], uow)


async def on_task_told(heard: Sequence[Heard[Any]], uow: ExchangeUnitOfWork) -> None:
    for one in heard:
        event = one.event
        if isinstance(event, TaskCancelledV1):
            gone = SourceFact(str(event.task_id), event.aggregate_version, "", event.cancelled_at)
            await stage_facts([Told({TASK: gone})], uow)
            continue
        await keep_names(names_of_task(event), uow)
        plan = (await uow.names.find([event.plan_id])).get(event.plan_id)
        await stage_facts([told_of_task(event, plan.title if plan else None, uow.region)], uow)


async def on_flag_told(heard: Sequence[Heard[Any]], uow: ExchangeUnitOfWork) -> None:
    """Joint-punishment flags go to the credit platform as they are raised and lifted (P4)."""
    await stage_facts([_told_of_flag(one, uow.region) for one in heard], uow)
    await lay_before_subscribers(heard, uow)


def _told_of_flag(one: Heard[Any], region: str) -> Told:
    event = one.event
    key, version, at = str(event.flag_id), event.aggregate_version, one.occurred_at
    if isinstance(event, FlagLiftedV1):
        return Told({FLAG: SourceFact(key, version, OF_NO_DEPARTMENT, at)})
    record = {
        "flag_id": key,
        "entity_id": str(event.entity_id),
        "uscc": event.uscc,
        "area": event.area,
        "measure_code": event.measure_code,
        "ground": event.ground,
        "starts_on": event.starts_on.isoformat(),
        "ends_on": event.ends_on.isoformat() if event.ends_on else None,
        "region": region,
    }
    return Told({FLAG: SourceFact(key, version, OF_NO_DEPARTMENT, at, {key: record})})


FROM_RESULTS: Final[Handlers] = {
    ResultPublishedV1: on_result_told,
    ResultCorrectedV1: on_result_told,
    ResultWithdrawnV1: on_result_told,
}
FROM_PLANNING: Final[Handlers] = {
    PlanPublishedV1: on_plan_told,
    PlanAdjustedV1: on_plan_told,
    PlanCancelledV1: on_plan_told,
    TaskIssuedV1: on_task_told,
    TaskCancelledV1: on_task_told,
}
FROM_CREDIT: Final[Handlers] = {FlagRaisedV1: on_flag_told, FlagLiftedV1: on_flag_told}
HEARS: Final[Mapping[str, Handlers]] = {
    "results": FROM_RESULTS,
    "planning": FROM_PLANNING,
    "credit": FROM_CREDIT,
}
