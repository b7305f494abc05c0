"""Change a draft, or one that was returned (修改检查结果)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.content import Content
from services.results.domain.records import ResultUnknown
from services.results.domain.states import Act
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.acting import the_inspector
from services.results.usecases.filling import Filled, ask_peers, deadline_of, write_revision
from services.results.usecases.finding import locked
from shared.runtime.problems import VersionChanged


@dataclass(frozen=True, slots=True)
class ReviseRecord:
    """`expected_version` is the ETag the change was based on."""

    result_id: UUID
    expected_version: int
    content: Content


async def revise_record(command: ReviseRecord, uow: ResultsUnitOfWork) -> Filled:
    """A new revision; the earlier ones stay.

    Raises ResultUnknown, VersionChanged, CannotRevise, and otherwise what `record_inspection` raises.
    """
    by, content = the_inspector(uow), command.content
    async with uow.beside() as before:
        due = await deadline_of(content, before)
        known = await before.records.find(command.result_id)
        if known is None:
            raise ResultUnknown
        known.revised(content, due, by)
    facts = await ask_peers(uow, known.assignment, content)
    async with uow:
        record = await locked(uow, command.result_id)
        if record.version != command.expected_version:
            raise VersionChanged
        filled = await write_revision(uow, record.revised(content, due, by), content, facts, Act.REVISE, by)
        await uow.commit(filled)
    return filled
