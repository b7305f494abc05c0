"""Declare a recusal (登记回避): applied to every pool frozen from now on, before anybody is matched (SEC33)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from services.draw.domain.recusal import DeclaredRecusal, NotOwnRecusal, RecusalKnown, RecusalWithoutGround
from services.draw.storage.unit_of_work import DrawUnitOfWork
from shared.runtime.principal import DEPARTMENT_ADMIN, INSPECTOR, JOINT_OFFICE
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class DeclareRecusal:
    inspector_id: UUID
    entity_id: UUID
    ground: str = field(metadata={"personal": True})


async def declare_recusal(command: DeclareRecusal, uow: DrawUnitOfWork) -> DeclaredRecusal:
    """By the officer for himself, by a department or the joint office for anybody.

    Raises RoleMissing, NotOwnRecusal, RecusalWithoutGround, RecusalKnown.
    """
    async with uow:
        principal = uow.principal
        principal.require(INSPECTOR, DEPARTMENT_ADMIN, JOINT_OFFICE)
        if not principal.roles & {DEPARTMENT_ADMIN, JOINT_OFFICE} and principal.inspector_id != command.inspector_id:
            raise NotOwnRecusal
        if not command.ground:
            raise RecusalWithoutGround
        recusal = DeclaredRecusal(
            id=new_id(),
            owner_department=principal.department,
            inspector_id=command.inspector_id,
            entity_id=command.entity_id,
            ground=command.ground,
            declared_by=principal.subject,
            declared_at=uow.now,
        )
        if not await uow.recusals.add(recusal):
            raise RecusalKnown
        await uow.commit(recusal)
    return recusal
