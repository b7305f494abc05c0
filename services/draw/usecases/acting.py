"""Who acts in a ceremony."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from services.draw.domain.ceremony import Ceremony, DrawUnknown, NotTheOperator
from services.draw.domain.drawing_plan import Task
from services.draw.storage.pools import Pool
from services.draw.storage.unit_of_work import DrawUnitOfWork
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE

WITNESS: Final = "witness"
"""Role of an account that stands for one party (见证方) of a ceremony."""


def the_operator(uow: DrawUnitOfWork, owner_department: str) -> str:
    """The caller as the operator (承办单位): the joint office, or the initiator's own administration.

    Raises RoleMissing, NotTheOperator.
    """
    principal = uow.principal
    principal.require(JOINT_OFFICE, DEPARTMENT_ADMIN)
    if JOINT_OFFICE not in principal.roles and principal.department != owner_department:
        raise NotTheOperator
    return principal.subject


def the_witness(uow: DrawUnitOfWork) -> str:
    """The caller as a witness. Raises RoleMissing."""
    uow.principal.require(WITNESS)
    return uow.principal.subject


async def locked(uow: DrawUnitOfWork, draw_id: UUID) -> Ceremony:
    """The draw, to be changed by nobody else until the transaction ends. Raises DrawUnknown."""
    await uow.draws.lock(draw_id)
    return await known(uow, draw_id)


async def locked_with_witnesses(uow: DrawUnitOfWork, draw_id: UUID) -> Ceremony:
    """The draw, to be changed by other witnesses at most. Raises DrawUnknown."""
    await uow.draws.lock_shared(draw_id)
    return await known(uow, draw_id)


async def known(uow: DrawUnitOfWork, draw_id: UUID) -> Ceremony:
    """Raises DrawUnknown."""
    draw = await uow.draws.find(draw_id)
    if draw is None:
        raise DrawUnknown
    return draw


async def pool_of(uow: DrawUnitOfWork, draw: Ceremony) -> Pool:
    """Raises DrawUnknown where the pool is not the caller's to see."""
    pool = await uow.pools.find(draw.id)
    if pool is None:
        raise DrawUnknown
    return pool


async def task_now(draw: Ceremony, uow: DrawUnitOfWork) -> Task:
    """The task as it was frozen, with the window and quiet days it has today: it may have been extended since.

    Raises DrawUnknown.
    """
    frozen = (await pool_of(uow, draw)).task
    known_now = await uow.tasks.find(draw.task_id)
    if known_now is None:
        return frozen
    return replace(
        frozen,
        window_start=known_now.window_start,
        window_end=known_now.window_end,
        quiet_days=known_now.quiet_days,
    )
