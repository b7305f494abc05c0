"""An officer of the joint office proposes a rule version (拟定规则), another approves or rejects it (I3, N7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.planning.domain.decisions import Decision
from services.planning.domain.filing import stated
from services.planning.domain.rule_checks import check_rule
from services.planning.domain.rule_versions import RuleVersion, RuleVersionUnknown
from services.planning.domain.rules import RuleValue, rule_code
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from shared.runtime.principal import JOINT_OFFICE


@dataclass(frozen=True, slots=True)
class SetRule:
    """`effective_on` None: from the day of approval."""

    code: str
    value: RuleValue
    effective_on: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class DecideRule:
    """`reason`: of who decides, e.g. the paper of the meeting."""

    code: str
    version: int
    is_approved: bool
    reason: str


async def set_rule(command: SetRule, uow: PlanningUnitOfWork) -> RuleVersion:
    """Nothing changes until another approves. Raises RoleMissing, RuleUnknown, RuleValueWrong, RuleEffectiveInPast,
    ReasonMissing, or what the per-class rules raise."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        code = rule_code(command.code)
        check_rule(code, command.value)
        version = RuleVersion(
            code=code,
            version=await uow.counters.next("rule", code.value),
            value=command.value,
            effective_on=command.effective_on or uow.today,
            reason=stated(command.reason),
            set_by=uow.principal.subject,
            set_at=uow.now,
        )
        version.check_date(uow.today)
        await uow.rules.add(version)
        await uow.commit(version)
    return version


async def decide_rule(command: DecideRule, uow: PlanningUnitOfWork) -> RuleVersion:
    """Raises RoleMissing, RuleUnknown, RuleVersionUnknown, DecidedAlready, ReasonMissing, or OwnFiling for who proposed
    it."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        version = await uow.rules.find(rule_code(command.code), command.version)
        if version is None:
            raise RuleVersionUnknown(code=command.code, version=command.version)
        by = uow.principal.subject
        version = version.decide(Decision(command.is_approved, by, uow.now, command.reason), uow.today)
        if version.decision is not None:
            await uow.rules.decide(version, version.decision)
        await uow.commit(version)
    return version
