"""A department asks to go beyond a limit on items (申请突破上限); the joint office decides with a reason (I3)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.decisions import Decision
from services.planning.domain.limit_overrides import LimitOverride, OverrideUnknown
from services.planning.domain.rules import rule_code
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class AskOverride:
    """For the caller's own department."""

    code: str
    year: int
    item_code: str | None
    limit: int
    reason: str


@dataclass(frozen=True, slots=True)
class DecideOverride:
    override_id: UUID
    is_approved: bool
    reason: str


async def ask_override(command: AskOverride, uow: PlanningUnitOfWork) -> LimitOverride:
    """Raises RoleMissing, RuleUnknown, or what `LimitOverride.check` raises."""
    async with uow:
        uow.principal.require(DEPARTMENT_ADMIN)
        override = LimitOverride(
            id=new_id(),
            district=uow.district,
            department=uow.principal.department,
            year=command.year,
            code=rule_code(command.code),
            item_code=command.item_code,
            limit=command.limit,
            reason=command.reason,
            asked_by=uow.principal.subject,
            asked_at=uow.now,
        ).check()
        await uow.limit_overrides.add(override)
        await uow.commit(override)
    return override


async def decide_override(command: DecideOverride, uow: PlanningUnitOfWork) -> LimitOverride:
    """Raises RoleMissing, OverrideUnknown, DecidedAlready, ReasonMissing, or OwnFiling for who asked."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        override = await uow.limit_overrides.find(command.override_id)
        if override is None:
            raise OverrideUnknown
        override = override.decide(Decision(command.is_approved, uow.principal.subject, uow.now, command.reason))
        if override.decision is not None:
            await uow.limit_overrides.decide(override, override.decision)
        await uow.commit(override)
    return override
