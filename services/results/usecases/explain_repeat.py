"""Explain a repeated check (重复检查说明): what was held goes on, and the explanation stays with the record (B1)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.records import ResultUnknown
from services.results.domain.repeats import ExplanationEmpty, NothingToExplain
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.acting import the_inspector
from services.results.usecases.finding import locked


@dataclass(frozen=True, slots=True)
class ExplainRepeat:
    """`inspector_ids`: whose repeated checks; all who were present where empty."""

    result_id: UUID
    explanation: str
    inspector_ids: tuple[UUID, ...] = ()


async def explain_repeat(command: ExplainRepeat, uow: ResultsUnitOfWork) -> dict[UUID, str]:
    """Officer → explanation. The first explanation of an officer stands.

    Raises ResultUnknown, NotAssigned, ExplanationEmpty, NothingToExplain.
    """
    by = the_inspector(uow)
    async with uow:
        record = await locked(uow, command.result_id)
        record.require_assigned(by)
        if not command.explanation:
            raise ExplanationEmpty
        officers = command.inspector_ids or record.present_ids
        for officer in officers:
            if officer not in record.present_ids:
                raise NothingToExplain(inspector_id=officer)
        await uow.inspection.repeats.explain(record.id, officers, command.explanation, by.subject, uow.now)
        explained = await uow.inspection.repeats.explained(record.id)
        await uow.commit(explained)
    return explained


async def explanations_of(result_id: UUID, uow: ResultsUnitOfWork) -> dict[UUID, str]:
    """Raises ResultUnknown."""
    async with uow:
        if await uow.records.find(result_id) is None:
            raise ResultUnknown
        return await uow.inspection.repeats.explained(result_id)
