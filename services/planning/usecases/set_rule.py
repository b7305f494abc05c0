"""The joint office sets a rule of its district (规则): a new version, the old ones stay (I3, N7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.planning.domain.filing import stated
from services.planning.domain.rule_checks import check_rule
from services.planning.domain.rules import RuleValue, RuleVersion, rule_code
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from shared.runtime.principal import JOINT_OFFICE


@dataclass(frozen=True, slots=True)
class SetRule:
    """`effective_on` None: from today."""

    code: str
    value: RuleValue
    effective_on: date | None
    reason: str


async def set_rule(command: SetRule, uow: PlanningUnitOfWork) -> RuleVersion:
    """Raises RoleMissing, RuleUnknown, RuleValueWrong, ReasonMissing, or what the per-class rules raise."""
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
        await uow.rules.add(version)
        await uow.commit(version)
    return version
