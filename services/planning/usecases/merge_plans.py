"""The joint office merges plans (合并, N4): the host is filed anew, for approval by another officer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.census import Census
from services.planning.domain.merges import (
    JOINT_PLAN,
    Gains,
    Merge,
    MergeState,
    MergeTerms,
    PlanMergingAlready,
    gains_of,
    merged_content,
)
from services.planning.domain.per_class import read_per_class
from services.planning.domain.plan_content import LibraryVersion, PlanContent, check_plan, require_still_in_force
from services.planning.domain.plans import Plan, PlanHasOpenTasks
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_plan
from services.planning.usecases.plan_fields import Figures
from shared.runtime.principal import JOINT_OFFICE
from shared.runtime.problems import VersionChanged
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class MergePlans:
    """`host_plan_id` takes in `absorbed`. Title, library and ratios None: what the rule `joint_plan` gives."""

    host_plan_id: UUID
    absorbed: tuple[UUID, ...]
    reason: str
    title: str | None = None
    library: LibraryVersion | None = None
    ratios: Figures | None = None

    def terms(self) -> MergeTerms:
        return MergeTerms(self.title, self.library, read_per_class(self.ratios) if self.ratios else None)


async def merge_plans(command: MergePlans, uow: PlanningUnitOfWork) -> Merge:
    """Raises RoleMissing, PlanUnknown, PlanNotMergeable, PlanHasOpenTasks, PlanMergingAlready, ReasonMissing, what
    `merged_content` and `gains_of` raise, or the rule on plans that the joint plan would break."""
    uow.principal.require(JOINT_OFFICE)
    async with uow.beside() as look:
        seen = await _sides(command, look)
        content = merged_content(seen[0], seen[1:], command.terms())
    libraries = [content.library, *(plan.content.library for plan in seen)]
    census = await uow.registry.census(libraries, uow.principal)
    async with uow:
        host, *others = await _sides(command, uow)
        if [plan.row_version for plan in (host, *others)] != [plan.row_version for plan in seen]:
            raise VersionChanged
        gains = await _checked(host, others, content, census, uow)
        host = host.merge(content, command.reason, uow.principal.subject)
        await uow.plans.save(host, step(uow, "merged"), has_new_content=True)
        merge = _proposed(host, others, gains, uow)
        await uow.merges.add(merge)
        await uow.commit(merge)
    return merge


async def _sides(command: MergePlans, uow: PlanningUnitOfWork) -> list[Plan]:
    """The plans, host first, locked in the order of their ids, so that two merges never wait for each other."""
    wanted = (command.host_plan_id, *command.absorbed)
    found = {plan_id: await the_plan(uow, plan_id) for plan_id in sorted(set(wanted))}
    for plan in found.values():
        plan.require_mergeable()
    return [found[plan_id] for plan_id in wanted]


async def _checked(
    host: Plan, others: Sequence[Plan], content: PlanContent, census: Census, uow: PlanningUnitOfWork
) -> Gains:
    for other in others:
        if open_tasks := await uow.tasks.count_open(other.id):
            raise PlanHasOpenTasks(plan_no=other.plan_no, count=open_tasks)
    for merge in await uow.merges.open_of([host.id, *(other.id for other in others)]):
        raise PlanMergingAlready(plan_no=merge.host_plan_no)
    in_force = await uow.items.in_force(host.year, [item.item_id for item in content.items])
    require_still_in_force(content.items, in_force)
    check_plan(content, host.initiator, host.year, await uow.rules.in_force(uow.today))
    return gains_of(host, others, content, census)


def _proposed(host: Plan, others: Sequence[Plan], gains: Gains, uow: PlanningUnitOfWork) -> Merge:
    return Merge(
        id=new_id(),
        district=uow.district,
        rule=JOINT_PLAN,
        host_plan_id=host.id,
        host_plan_no=host.plan_no,
        host_department=host.initiator,
        host_version=host.version,
        absorbed=tuple(other.id for other in others),
        departments=host.content.participants,
        reason=host.reason or "",
        gains=gains,
        state=MergeState.PROPOSED,
        made_by=uow.principal.subject,
        made_at=uow.now,
    )
