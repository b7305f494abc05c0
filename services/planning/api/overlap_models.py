"""Bodies of overlaps and merges. Visits still to be drawn are expectations, with two decimals, for people to read."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.planning.api.plan_models import LibraryIn
from services.planning.api.words import Line, Paragraph, RatioIn, ratios_in
from services.planning.domain.census import Millionths
from services.planning.domain.merges import MERGE_STATE_NAMES, RULE_NAMES, Merge
from services.planning.domain.overlaps import Overlap, Side
from services.planning.domain.plan_content import LibraryVersion
from services.planning.usecases.merge_plans import MergePlans
from shared.runtime.http import In, Out

_MERGE: JsonDict = {
    "host_plan_id": "019a0000-0000-7000-8000-000000000001",
    "absorbed_plan_ids": ["019a0000-0000-7000-8000-000000000002"],
    "reason": "两份计划都检查餐饮单位，检查时间相同",
}


def visits_of(millionths: Millionths) -> float:
    """1234567 → 1.23."""
    return round(millionths / 1_000_000, 2)


class OverlapSideOut(Out):
    """重叠的一方。"""

    plan_id: UUID = Field(description="计划的内部编号")
    plan_no: str = Field(description="计划编号", examples=["41030820261001"])
    title: str = Field(description="计划名称", examples=["2026年餐饮单位部门联合抽查计划"])
    departments: list[str] = Field(description="发起部门在前，参与部门在后", examples=[["scjg", "wjw"]])
    expected_visits: float = Field(description="单独实施预计检查的户次", examples=[36.5])

    @classmethod
    def of(cls, side: Side, visits: Millionths) -> OverlapSideOut:
        return cls(
            plan_id=side.plan_id,
            plan_no=side.plan_no,
            title=side.title,
            departments=list(side.departments),
            expected_visits=visits_of(visits),
        )


class OverlapOut(Out):
    """两份范围和检查时间都有重叠的计划。"""

    sides: list[OverlapSideOut] = Field(description="两份计划")
    window_start: date = Field(description="共同的检查时间起")
    window_end: date = Field(description="共同的检查时间止（含当日）")
    shared_objects: int = Field(description="同在两份计划范围内的对象数", examples=[120])
    drawn_twice: float = Field(description="预计会被两份计划都抽到的户数", examples=[1.2])
    merged_visits: float = Field(description="合并为一份联合计划后预计检查的户次", examples=[40.5])
    saved_visits: float = Field(description="合并预计减少的户次；为负则合并反而增加", examples=[12.25])
    holder_plan_id: UUID | None = Field(
        description="范围包含双方全部对象的计划，可直接作为主计划；为空则合并时须另定名录库"
    )

    @classmethod
    def of(cls, one: Overlap) -> OverlapOut:
        return cls(
            sides=[OverlapSideOut.of(side, visits) for side, visits in zip(one.sides, one.visits, strict=True)],
            window_start=one.window.start,
            window_end=one.window.end,
            shared_objects=one.shared,
            drawn_twice=visits_of(one.twice),
            merged_visits=visits_of(one.merged),
            saved_visits=visits_of(one.saved),
            holder_plan_id=one.holder,
        )


class PlanMergeIn(In):
    """一次合并：主计划并入其他计划。"""

    model_config = ConfigDict(json_schema_extra={"examples": [_MERGE]})

    host_plan_id: UUID = Field(description="主计划")
    absorbed_plan_ids: list[UUID] = Field(description="并入的计划", min_length=1, max_length=20)
    reason: Paragraph = Field(description="合并的理由，随新版本公开", examples=["两份计划都检查餐饮单位"])
    title: Line | None = Field(None, description="合并后的名称；不填用主计划的")
    library: LibraryIn | None = Field(None, description="合并后的抽查范围，须包含各计划的全部对象；不填用主计划的")
    ratios: list[RatioIn] | None = Field(
        None, description="合并后的抽查比例；不填按各计划同一等级的较高者", max_length=5
    )

    def command(self) -> MergePlans:
        return MergePlans(
            self.host_plan_id,
            tuple(self.absorbed_plan_ids),
            self.reason,
            self.title,
            LibraryVersion(self.library.library_id, self.library.version) if self.library else None,
            ratios_in(self.ratios) if self.ratios else None,
        )


class MergedPlanOut(Out):
    """合并前的一份计划。"""

    plan_id: UUID = Field(description="计划的内部编号")
    plan_no: str = Field(description="计划编号", examples=["41030820261001"])
    initiator: str = Field(description="发起部门代码", examples=["scjg"])
    expected_visits: float = Field(description="单独实施预计检查的户次", examples=[36.5])


class DepartmentGainOut(Out):
    """一个部门合并前后的户次。"""

    department: str = Field(description="部门代码", examples=["scjg"])
    visits_alone: float = Field(description="合并前在各计划中预计检查的户次", examples=[36.5])
    visits_joint: float = Field(description="合并后预计检查的户次", examples=[40.5])


class PlanMergeOut(Out):
    """一次合并及各方所得。户次为合并时按名录库实数计算的期望值。"""

    plan_merge_id: UUID = Field(description="合并的编号")
    rule: str = Field(description="合并所依的规则", examples=["joint_plan"])
    rule_name: str = Field(description="规则名称", examples=["合并为一份联合计划"])
    host_plan_id: UUID = Field(description="主计划")
    host_plan_no: str = Field(description="主计划编号", examples=["41030820261001"])
    host_version: int = Field(description="主计划载有合并内容的版次", examples=[2])
    state: str = Field(description="状态", examples=["proposed"])
    state_name: str = Field(description="状态名称", examples=["待批准公布"])
    reason: str = Field(description="合并的理由", examples=["两份计划都检查餐饮单位"])
    plans: list[MergedPlanOut] = Field(description="各计划，主计划在前")
    departments: list[DepartmentGainOut] = Field(description="各部门")
    visits_before: float = Field(description="分别检查预计的户次", examples=[52.75])
    visits_joint: float = Field(description="合并后预计的户次", examples=[40.5])
    saved_visits: float = Field(description="预计减少的户次", examples=[12.25])
    made_at: datetime = Field(description="合并时间")
    settled_at: datetime | None = Field(description="生效或未采用的时间")

    @classmethod
    def of(cls, merge: Merge) -> PlanMergeOut:
        gains = merge.gains
        return cls(
            plan_merge_id=merge.id,
            rule=merge.rule,
            rule_name=RULE_NAMES[merge.rule],
            host_plan_id=merge.host_plan_id,
            host_plan_no=merge.host_plan_no,
            host_version=merge.host_version,
            state=merge.state.value,
            state_name=MERGE_STATE_NAMES[merge.state],
            reason=merge.reason,
            plans=[
                MergedPlanOut(
                    plan_id=one.plan_id,
                    plan_no=one.plan_no,
                    initiator=one.initiator,
                    expected_visits=visits_of(one.visits),
                )
                for one in gains.plans
            ],
            departments=[
                DepartmentGainOut(
                    department=one.department,
                    visits_alone=visits_of(one.alone),
                    visits_joint=visits_of(one.joint),
                )
                for one in gains.departments
            ],
            visits_before=visits_of(gains.before),
            visits_joint=visits_of(gains.joint),
            saved_visits=visits_of(gains.saved),
            made_at=merge.made_at,
            settled_at=merge.settled_at,
        )
