"""A party objects before the result (见证方异议), the operator answers; both stay in the draw's history."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.draw.domain.ceremony import BEFORE_RESULT, Ceremony, NoObjectionOpen, Step, open_objections
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import locked, the_operator, the_witness


@dataclass(frozen=True, slots=True)
class ObjectToDraw:
    """`text` is shown to all of the district, word for word."""

    draw_id: UUID
    party: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerObjections:
    """One answer to all objections that are open."""

    draw_id: UUID
    text: str


async def object_to_draw(command: ObjectToDraw, uow: DrawUnitOfWork) -> Ceremony:
    """Before the commitment it holds the draw up until it is answered; later it stands on record.

    Raises RoleMissing, DrawUnknown, NotAtStage, PartyUnknown, OperatorAsOutsider, PartyHasItsWitness,
    WitnessOfAnotherParty.
    """
    async with uow:
        by = the_witness(uow)
        draw = await locked(uow, command.draw_id)
        draw.require("提出异议", *BEFORE_RESULT)
        draw.check_witness(command.party, by, await uow.parties.hands(draw.id))
        return await _noted(draw, Step.OBJECT, by, f"{command.party}：{command.text}", uow)


async def answer_objections(command: AnswerObjections, uow: DrawUnitOfWork) -> Ceremony:
    """Raises DrawUnknown, NotTheOperator, NoObjectionOpen."""
    async with uow:
        draw = await locked(uow, command.draw_id)
        by = the_operator(uow, draw.owner_department)
        if not open_objections(await uow.draws.history(draw.id)):
            raise NoObjectionOpen
        return await _noted(draw, Step.ANSWER, by, command.text, uow)


async def _noted(draw: Ceremony, step: Step, by: str, text: str, uow: DrawUnitOfWork) -> Ceremony:
    """A step of the history and nothing else: the draw's own row is the operator's to write."""
    await uow.draws.note(draw, step, by, uow.now, text)
    await uow.commit(draw)
    return draw
