"""Disclose (披露): the records behind the tokens that were drawn, so that everybody can check regions and teams.

An object opens when the task's term says so (M2), not before; asking again later opens what has become due since.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.draw.domain.ceremony import Ceremony, Stage, Step
from services.draw.domain.names_open import check_due
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import locked, pool_of, the_operator
from services.draw.usecases.opening import due_objects, publish_openings


@dataclass(frozen=True, slots=True)
class DiscloseOpenings:
    """Objects drawn or substituted are opened as they are due; `with_inspectors` opens the officers who went there."""

    draw_id: UUID
    with_inspectors: bool


class NoResultYet(RuntimeError):
    """A draw stands at PUBLISHED without a stored result: its transaction was not whole."""


async def disclose_openings(command: DiscloseOpenings, uow: DrawUnitOfWork) -> Ceremony:
    """Raises DrawUnknown, NotTheOperator, NotAtStage, NamesNotOpenYet, ProtocolRefused."""
    async with uow:
        draw = await locked(uow, command.draw_id)
        by = the_operator(uow, draw.owner_department)
        draw.require("披露", Stage.PUBLISHED)
        result = await uow.results.last(draw.id)
        if result is None:
            raise NoResultYet(draw.draw_id)
        task = (await pool_of(uow, draw)).task
        due = await due_objects(draw, task, result, uow)
        check_due(due, task)
        opened = await publish_openings(draw, result, due, command.with_inspectors, uow)
        touched = draw.touched()
        await uow.draws.save(touched)
        await uow.draws.note(touched, Step.DISCLOSE, by, uow.now, str(opened))
        await uow.commit(touched)
    return touched
