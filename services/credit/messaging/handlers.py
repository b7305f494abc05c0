"""What credit hears: the table event → handler."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from services.credit.messaging.facts_of_results import fact_of_result
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.apply_facts import apply_facts
from services.credit.usecases.follow_calendar import follow_calendar
from services.credit.usecases.follow_registry import follow_registry
from shared.events.envelope import Heard
from shared.events.registry import ChangeRecordedV1
from shared.events.results import CalendarChangedV1, ResultCorrectedV1, ResultPublishedV1, ResultWithdrawnV1
from shared.runtime.inbox import Handlers

ENTITIES: Final = "entities"
BY_EVENT: Final = "event"
"""Origin of registry's change sets that only follow other services' events (the class we told, the last visit)."""


async def on_result_facts(heard: Sequence[Heard[Any]], uow: CreditUnitOfWork) -> None:
    """Published, corrected and withdrawn results in the order they were told (C1, R6)."""
    await apply_facts([fact_of_result(one) for one in heard], uow)


async def on_change_recorded(heard: Sequence[Heard[ChangeRecordedV1]], uow: CreditUnitOfWork) -> None:
    """Entities registry changed itself; what else it changed, or copied from us, is no matter of credit's."""
    events = [one.event for one in heard]
    wanted = [event.change_set_id for event in events if event.kind == ENTITIES and event.origin != BY_EVENT]
    await follow_registry(wanted, uow)


async def on_calendar_changed(heard: Sequence[Heard[CalendarChangedV1]], uow: CreditUnitOfWork) -> None:
    await follow_calendar([one.event for one in heard], uow)


FROM_RESULTS: Final[Handlers] = {
    ResultPublishedV1: on_result_facts,
    ResultCorrectedV1: on_result_facts,
    ResultWithdrawnV1: on_result_facts,
    CalendarChangedV1: on_calendar_changed,
}
FROM_REGISTRY: Final[Handlers] = {ChangeRecordedV1: on_change_recorded}
