"""Re-inspect after a rectification was ordered (复查): an undrawn check, tied to its follow-up."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.follow_ups import FollowUp
from services.results.domain.records import ResultUnknown
from services.results.domain.undrawn import Cause, CheckPlan, Origin, undrawn_visit
from services.results.storage.follow_ups import FollowUpStep
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.follow_up import found_follow_up
from services.results.usecases.issuing_codes import issue_codes
from shared.runtime.principal import DEPARTMENT_ADMIN
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class Reinspect:
    follow_up_id: UUID
    plan: CheckPlan


async def reinspect(command: Reinspect, uow: ResultsUnitOfWork) -> FollowUp:
    """The department that answers sends officers again (R4); the check has its own record, code and public result.

    Raises FollowUpUnknown, NotResponsible, FollowUpClosed, NothingToReinspect, AlreadyReinspected, ResultUnknown,
    RoleMissing, and what `undrawn_visit` raises.
    """
    uow.principal.require(DEPARTMENT_ADMIN)
    async with uow:
        follow_up = await found_follow_up(command.follow_up_id, uow)
        follow_up.require_responsible(uow.principal.department)
        earlier = await uow.records.find(follow_up.result_id)
        if earlier is None:
            raise ResultUnknown
        where = earlier.assignment
        cause = Cause(Origin.REINSPECTION, where.task_no, where.entity_id, reinspects_id=earlier.id)
        visit = undrawn_visit(new_id(), uow.principal.department, command.plan, cause, uow.today)
        changed = follow_up.reinspected(visit.id)
        await uow.inspection.undrawn.add_check(visit, new_id(), command.plan.inspector_ids, command.plan.items)
        await issue_codes(uow, [visit.id])
        step = FollowUpStep(changed.version, "reinspect", command.plan.basis, uow.principal.subject, uow.now)
        await uow.review.follow_ups.save(changed, step)
        await uow.commit(changed)
    return changed
