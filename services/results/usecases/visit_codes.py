"""What a visit code opens, to the enterprise without an account; and its rating of the visit (B3, B18)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.results.adapters.registry_client import OfficerCard
from services.results.domain.records import InspectionRecord, VisitUnknown
from services.results.domain.states import State
from services.results.domain.undrawn import CheckItem
from services.results.domain.visit_codes import (
    CodeNotOurs,
    Rating,
    RatingRepeated,
    Verdict,
    VisitCode,
    answer_for,
    check_rating_time,
    read_code,
    verdict_on,
)
from services.results.domain.visits import Visit
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.sheets import ItemLine, items_of_part
from shared.runtime.principal import service_principal

_NOT_COMING: Final = (State.CALLED_OFF, State.EXCUSED)


@dataclass(frozen=True, slots=True)
class OpenedPart:
    """What one department comes for."""

    department: str
    department_name: str | None
    officers: tuple[OfficerCard, ...]
    items: tuple[ItemLine, ...]
    state: State

    @property
    def is_recorded(self) -> bool:
        return self.state not in (State.ASSIGNED, State.CALLED_OFF, State.EXCUSED)


@dataclass(frozen=True, slots=True)
class OpenedCode:
    """The answer to a code. `visit` None where there is no such code."""

    verdict: Verdict
    answer: str
    answered_at: datetime
    code: str | None = None
    visit: Visit | None = None
    entity_name: str | None = None
    parts: tuple[OpenedPart, ...] = ()
    is_rated: bool = False

    @property
    def is_valid(self) -> bool:
        return self.verdict is Verdict.VALID


@dataclass(frozen=True, slots=True)
class _Found:
    visit: Visit
    records: list[InspectionRecord]
    own_items: list[CheckItem]
    is_opened: bool
    is_rated: bool


@dataclass(frozen=True, slots=True)
class RateVisit:
    """`rating` may hold what a person wrote: it stays out of the audit trail."""

    code: str
    rating: Rating = field(metadata={"personal": True})


async def open_code(typed: str, uow: ResultsUnitOfWork, *, by_enterprise: bool) -> OpenedCode:
    """Every code gets a clear answer; the first look without account is noted as the enterprise's.

    Raises PeerUnavailable.
    """
    code = read_code(typed)
    async with uow:
        async with _seeing_all(uow):
            found = None if code is None else await _look_up(uow, code)
            at, today = uow.now, uow.today
            if code is not None and found is not None and by_enterprise and not found.is_opened:
                await uow.inspection.codes.note_opened(code, at)
        await uow.commit()
    if found is None:
        verdict = Verdict.MISTYPED if code is None else Verdict.UNKNOWN
        return OpenedCode(verdict, answer_for(verdict), at)
    verdict = verdict_on(found.visit, today)
    name = await _name(uow, found.visit.entity_id)
    parts = await asyncio.gather(*(_part(uow, record, found.own_items, today) for record in found.records))
    return OpenedCode(verdict, answer_for(verdict), at, code, found.visit, name, tuple(parts), found.is_rated)


async def _look_up(uow: ResultsUnitOfWork, code: str) -> _Found | None:
    known = await uow.inspection.codes.find(code)
    visit = None if known is None else await uow.visits.find(known.visit_id)
    if known is None or visit is None:
        return None
    records = await uow.records.of_visits([visit.id])
    return _Found(
        visit,
        [record for record in records if record.state not in _NOT_COMING],
        await uow.inspection.undrawn.items_of(visit.id),
        known.first_opened_at is not None,
        await uow.inspection.codes.rating(visit.id) is not None,
    )


async def rate_visit(command: RateVisit, uow: ResultsUnitOfWork) -> Rating:
    """Once a visit, by whoever holds its code. Raises CodeNotOurs, RatingTooEarly, RatingRepeated."""
    code = read_code(command.code)
    if code is None:
        raise CodeNotOurs(answer=answer_for(Verdict.MISTYPED))
    async with uow:
        async with _seeing_all(uow):
            known = await uow.inspection.codes.find(code)
            visit = None if known is None else await uow.visits.find(known.visit_id)
            if visit is None:
                raise CodeNotOurs(answer=answer_for(Verdict.UNKNOWN))
            check_rating_time(visit, uow.today)
            if not await uow.inspection.codes.rate(visit.id, command.rating, uow.now):
                raise RatingRepeated
        await uow.commit(command.rating)
    return command.rating


@dataclass(frozen=True, slots=True)
class CodeHolder:
    """Whom a code speaks for: the enterprise of its visit; `visit` None where there is no such code."""

    verdict: Verdict
    visit: Visit | None = None


async def holder_of_code(typed: str, uow: ResultsUnitOfWork) -> CodeHolder:
    """For a service that lets the enterprise act in its own name (架构 Identity, Enterprises). Changes nothing."""
    code = read_code(typed)
    if code is None:
        return CodeHolder(Verdict.MISTYPED)
    async with uow:
        known = await uow.inspection.codes.find(code)
        visit = None if known is None else await uow.visits.find(known.visit_id)
        return CodeHolder(verdict_on(visit, uow.today), visit)


async def code_for_notice(visit_id: UUID, uow: ResultsUnitOfWork) -> tuple[VisitCode, tuple[Rating, datetime] | None]:
    """The code to print, for the departments of the visit. Raises VisitUnknown, also where there is none."""
    async with uow:
        found = await uow.inspection.codes.of_visits([visit_id])
        if visit_id not in found:
            raise VisitUnknown
        return found[visit_id], await uow.inspection.codes.rating(visit_id)


@asynccontextmanager
async def _seeing_all(uow: ResultsUnitOfWork) -> AsyncIterator[None]:
    """Who has a code has no department: the service looks the visit up for him, and goes on in his name after."""
    caller = uow.principal
    await uow.act_as(service_principal("results", caller.district))
    try:
        yield
    except BaseException:
        uow.principal = caller
        raise
    await uow.act_as(caller)


async def _name(uow: ResultsUnitOfWork, entity_id: UUID) -> str:
    return (await uow.registry.entity(entity_id, uow.principal)).name


async def _part(
    uow: ResultsUnitOfWork, record: InspectionRecord, own_items: Sequence[CheckItem], today: date
) -> OpenedPart:
    where = record.assignment
    name, items, *cards = await asyncio.gather(
        uow.registry.department_name(where.department, uow.principal),
        items_of_part(uow, record, own_items),
        *(uow.registry.card(inspector_id, today, uow.principal) for inspector_id in where.inspector_ids),
    )
    lines = tuple(line for line in items if isinstance(line, ItemLine)) if isinstance(items, tuple) else ()
    officers = tuple(card for card in cards if isinstance(card, OfficerCard))
    return OpenedPart(where.department, name if isinstance(name, str) else None, officers, lines, record.state)
