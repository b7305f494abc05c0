"""What becomes of a proposed merge when its host is published, returned or cancelled (N4)."""

from __future__ import annotations

from services.planning.domain.merges import MergedPlanNotYours, MergeState, PlanMergingAlready
from services.planning.domain.plans import Plan
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_plan
from services.planning.usecases.tell_plan import plan_cancelled
from shared.runtime.principal import JOINT_OFFICE


async def put_merges_into_effect(host: Plan, uow: PlanningUnitOfWork) -> None:
    """The plans that came into the published one are cancelled in the same transaction, each naming it. Raises
    MergedPlanNotYours unless the joint office publishes, or PlanHasOpenTasks."""
    for merge in await uow.merges.open_of([host.id]):
        if merge.host_plan_id != host.id:
            continue
        if JOINT_OFFICE not in uow.principal.roles:
            raise MergedPlanNotYours(plan_no=host.plan_no)
        for plan_id in merge.absorbed:
            plan = await the_plan(uow, plan_id)
            plan = plan.cancel(f"并入计划 {host.plan_no}：{merge.reason}", await uow.tasks.count_open(plan.id))
            await uow.plans.save(plan, step(uow, "merged_away"))
            if plan.in_force is not None:
                uow.emit(plan_cancelled(plan, uow.now, merged_into=host.id))
        await uow.merges.settle(merge.settled(MergeState.EFFECTIVE, uow.now))


async def require_not_merging(plan: Plan, uow: PlanningUnitOfWork) -> None:
    """A plan that is about to come into another holds still, or the figures of the merge would no longer be true.

    Raises PlanMergingAlready."""
    for merge in await uow.merges.open_of([plan.id]):
        if plan.id in merge.absorbed:
            raise PlanMergingAlready(plan_no=plan.plan_no)


async def drop_merges(plan: Plan, uow: PlanningUnitOfWork) -> None:
    """The merges that the plan hosts do not come about: it was returned or cancelled."""
    for merge in await uow.merges.open_of([plan.id]):
        if merge.host_plan_id != plan.id:
            continue
        await uow.merges.settle(merge.settled(MergeState.WITHDRAWN, uow.now))
