"""The office merges overlapping plans (合并, N4) by the named rule `joint_plan` (合并为一份联合计划).

One plan (the host) takes in the others: all departments, all items, the days common to all, the higher ratio of each
class, so that no object is drawn less often than before, and a library that holds every object of each. The host's new
version goes through approval and publication like any other; only then are the others cancelled, each naming it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.planning.domain.census import Census, Millionths, expected_visits
from services.planning.domain.per_class import PerClass, highest, lowest
from services.planning.domain.plan_content import LibraryVersion, PlanContent
from services.planning.domain.plans import Plan
from services.planning.domain.windows import Window
from shared.values.errors import Forbidden, Invalid, NotFound, Refused

JOINT_PLAN: Final = "joint_plan"
RULE_NAMES: Final = {JOINT_PLAN: "合并为一份联合计划"}


class MergeUnknown(NotFound):
    message = "没有这次合并，或无权查看"


class MergeOfOne(Invalid):
    message = "合并至少要有两份不同的抽查计划"


class MergeYearsDiffer(Invalid):
    message = "计划 {plan_no} 是 {other} 年度的，不能并入 {year} 年度的计划"


class MergeWindowsApart(Invalid):
    """Plans are merged where scopes and windows overlap (N4)."""

    message = "计划 {plans} 的检查时间没有共同的日期，不能合并"


class MergeMethodsDiffer(Invalid):
    message = "计划 {plan_no} 的检查方式与主计划不同，不能合并"


class MergeLosesObjects(Invalid):
    """No object falls out of supervision by a merge (L6)."""

    message = "合并后的抽查范围少了 {count} 个原有的检查对象，请另定一个包含各计划全部对象的名录库"


class MergeSavesNothing(Refused):
    message = "合并后预计检查 {merged} 户次，不少于分别检查的 {before} 户次，合并没有减少检查"


class PlanMergingAlready(Refused):
    message = "计划 {plan_no} 已在另一次办理中的合并里"


class MergedPlanNotYours(Forbidden):
    """Publishing it cancels plans of other departments."""

    message = "计划 {plan_no} 合并了其他部门的计划，由联席会议办公室公布"


class MergeState(StrEnum):
    PROPOSED = "proposed"
    EFFECTIVE = "effective"
    WITHDRAWN = "withdrawn"


MERGE_STATE_NAMES: Final = {
    MergeState.PROPOSED: "待批准公布",
    MergeState.EFFECTIVE: "已生效",
    MergeState.WITHDRAWN: "未采用",
}


@dataclass(frozen=True, slots=True)
class PlanGain:
    """What a plan expected alone, in millionths of a visit."""

    plan_id: UUID
    plan_no: str
    initiator: str
    visits: Millionths


@dataclass(frozen=True, slots=True)
class DepartmentGain:
    """Visits of a department: alone (over all its plans that are merged) and in the joint plan, in millionths."""

    department: str
    alone: Millionths
    joint: Millionths


@dataclass(frozen=True, slots=True)
class Gains:
    """What each side gains. `saved`: doors not knocked at, in millionths of a visit; counts as of the merge."""

    plans: tuple[PlanGain, ...]
    departments: tuple[DepartmentGain, ...]
    joint: Millionths

    @property
    def before(self) -> Millionths:
        return sum(one.visits for one in self.plans)

    @property
    def saved(self) -> Millionths:
        return self.before - self.joint


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge from proposal to effect. `host_version`: the host's version that carries it."""

    id: UUID
    district: str
    rule: str
    host_plan_id: UUID
    host_plan_no: str
    host_department: str
    host_version: int
    absorbed: tuple[UUID, ...]
    departments: tuple[str, ...]
    reason: str
    gains: Gains
    state: MergeState
    made_by: str
    made_at: datetime
    settled_at: datetime | None = None

    def settled(self, state: MergeState, at: datetime) -> Merge:
        return replace(self, state=state, settled_at=at)


@dataclass(frozen=True, slots=True)
class MergeTerms:
    """What the office states; None: what the rule `joint_plan` gives."""

    title: str | None = None
    library: LibraryVersion | None = None
    ratios: PerClass | None = None


def merged_content(host: Plan, others: Sequence[Plan], terms: MergeTerms) -> PlanContent:
    """The joint plan's content. Raises MergeOfOne, MergeYearsDiffer, MergeWindowsApart or MergeMethodsDiffer; the rules
    on plans are checked by `check_plan` as for every other."""
    _check_sides(host, others)
    contents = [host.content, *(other.content for other in others)]
    departments = dict.fromkeys(one for plan in (host, *others) for one in plan.content.departments(plan.initiator))
    items = {item.item_id: item for content in contents for item in content.items}
    caps = [content.visit_caps for content in contents if content.visit_caps is not None]
    return replace(
        host.content,
        title=terms.title or host.content.title,
        participants=tuple(one for one in departments if one != host.initiator),
        items=tuple(items.values()),
        library=terms.library or host.content.library,
        ratios=terms.ratios or highest([content.ratios for content in contents]),
        visit_caps=lowest(caps) if caps else None,
        window=_common_window(host, others),
        batches=max(content.batches for content in contents),
        sole_ground=host.content.sole_ground if len(departments) == 1 else None,
    )


def _check_sides(host: Plan, others: Sequence[Plan]) -> None:
    if not others or len({host.id, *(other.id for other in others)}) != len(others) + 1:
        raise MergeOfOne
    for other in others:
        if other.year != host.year:
            raise MergeYearsDiffer(plan_no=other.plan_no, other=other.year, year=host.year)
        if other.content.method != host.content.method:
            raise MergeMethodsDiffer(plan_no=other.plan_no)


def _common_window(host: Plan, others: Sequence[Plan]) -> Window:
    window: Window | None = host.content.window
    for other in others:
        window = window.common(other.content.window) if window else None
    if window is None:
        raise MergeWindowsApart(plans="、".join(plan.plan_no for plan in (host, *others)))
    return window


def gains_of(host: Plan, others: Sequence[Plan], merged: PlanContent, census: Census) -> Gains:
    """What each side gains by the merge. Raises MergeLosesObjects or MergeSavesNothing."""
    sides = (host, *others)
    lost = census.missing_from(merged.library, *(plan.content.library for plan in sides))
    if lost:
        raise MergeLosesObjects(count=lost)
    plans = tuple(_alone(plan, census) for plan in sides)
    joint = expected_visits(census.in_all(merged.library), merged.ratios)
    gains = Gains(plans, tuple(_of_departments(sides, plans, joint)), joint)
    if gains.saved <= 0:
        raise MergeSavesNothing(merged=shown(joint), before=shown(gains.before))
    return gains


def _alone(plan: Plan, census: Census) -> PlanGain:
    visits = expected_visits(census.in_all(plan.content.library), plan.content.ratios)
    return PlanGain(plan.id, plan.plan_no, plan.initiator, visits)


def _of_departments(sides: Sequence[Plan], plans: Sequence[PlanGain], joint: Millionths) -> list[DepartmentGain]:
    alone: dict[str, Millionths] = {}
    for plan, gain in zip(sides, plans, strict=True):
        for department in plan.content.departments(plan.initiator):
            alone[department] = alone.get(department, 0) + gain.visits
    return [DepartmentGain(department, visits, joint) for department, visits in alone.items()]


def shown(visits: Millionths) -> str:
    """1234567 → `1.23`, for people to read."""
    return f"{visits / 1_000_000:.2f}"
