"""Void a draw (作废): one asks with a reason, another approves, and both stay in public (SEC32)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.draw.domain.build import void_of
from services.draw.domain.ceremony import Ceremony, Stage, Step, VoidRequest
from services.draw.domain.documents import Void
from services.draw.domain.refused import VoidNotRequested
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import locked, the_operator
from services.draw.usecases.publishing import publish_next
from services.draw.usecases.telling import draw_voided

_VOIDABLE = (Stage.COMMITTED, Stage.SEALED, Stage.PUBLISHED)


@dataclass(frozen=True, slots=True)
class RequestVoid:
    """`reason` will be public, word for word."""

    draw_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class VoidDraw:
    draw_id: UUID


async def request_void(command: RequestVoid, uow: DrawUnitOfWork) -> Ceremony:
    """Nothing is void yet. Raises DrawUnknown, NotTheOperator, NotAtStage (REVEALED: the result comes first)."""
    async with uow:
        draw = await locked(uow, command.draw_id)
        by = the_operator(uow, draw.owner_department)
        draw.require("申请作废", *_VOIDABLE)
        await uow.parties.request_void(draw.id, VoidRequest(command.reason, by, uow.now))
        asked = draw.touched()
        await uow.draws.save(asked)
        await uow.draws.note(asked, Step.REQUEST_VOID, by, uow.now, command.reason)
        await uow.commit(asked)
    return asked


async def void_draw(command: VoidDraw, uow: DrawUnitOfWork) -> Ceremony:
    """The second person approves, and the void is published, marked `late` once the outcome could be known.

    Raises DrawUnknown, NotTheOperator, NotAtStage, VoidNotRequested, SecondPersonNeeded, ProtocolRefused.
    """
    async with uow:
        draw = await locked(uow, command.draw_id)
        by = the_operator(uow, draw.owner_department)
        draw.require("作废", *_VOIDABLE)
        request = await uow.parties.void_request(draw.id)
        if request is None:
            raise VoidNotRequested
        request.check_approver(by)
        published = await publish_next(uow, draw, lambda log, at: void_of(log, draw.draw_id, request.reason, at))
        voided = draw.followed(published.logged.state)
        await uow.draws.save(voided)
        await uow.draws.note(voided, Step.VOID, by, uow.now, request.reason)
        await uow.visits.void(draw.id)
        void = published.logged.void or Void(request.reason)
        uow.emit(draw_voided(voided, void, published.entry.published_at))
        await uow.commit(voided)
    return voided
