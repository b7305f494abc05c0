"""Withdraw a pool (撤回名册) that was never committed: nothing of it was published, another may be frozen."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.draw.domain.ceremony import Ceremony, Step
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import locked, the_operator


@dataclass(frozen=True, slots=True)
class WithdrawPool:
    draw_id: UUID
    reason: str


async def withdraw_pool(command: WithdrawPool, uow: DrawUnitOfWork) -> Ceremony:
    """The frozen rows stay, and so does the step. Raises DrawUnknown, NotTheOperator, NotAtStage."""
    async with uow:
        draw = await locked(uow, command.draw_id)
        by = the_operator(uow, draw.owner_department)
        withdrawn = draw.withdrawn()
        await uow.draws.save(withdrawn)
        await uow.draws.note(withdrawn, Step.WITHDRAW, by, uow.now, command.reason)
        await uow.commit(withdrawn)
    return withdrawn
