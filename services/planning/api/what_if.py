"""Trying a plan over HTTP (B8)."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.planning.api.overlap_models import OverlapOut, visits_of
from services.planning.api.path_ids import PlanId
from services.planning.api.words import Code, Line, RatioIn, ratios_in
from services.planning.domain.what_if import SHORTAGE_NAMES, DepartmentLoad, MonthLoad
from services.planning.usecases.try_plan import DepartmentWish, Trial, TryPlan, try_plan
from shared.runtime.app import Reading
from shared.runtime.http import In, Out

router = APIRouter(prefix="/v1/plans", tags=["抽查计划"])
_EXAMPLE: JsonDict = {
    "ratios": [
        {"credit_class": "A", "ppm": 10000},
        {"credit_class": "B", "ppm": 20000},
        {"credit_class": "C", "ppm": 100000},
        {"credit_class": "D", "ppm": 300000},
    ],
    "departments": [{"department": "scjg", "officers": 2, "officer_tags": ["食品安全"]}],
}


class WishIn(In):
    """一个部门每次检查派出的人员。"""

    department: Code = Field(description="部门代码", examples=["scjg"])
    officers: int = Field(2, description="每次检查的执法人员人数", ge=2, le=20, examples=[2])
    officer_tags: list[Line] = Field(
        default_factory=list, description="执法人员须具备的标签", max_length=20, examples=[["食品安全"]]
    )


class WhatIfIn(In):
    """试算的假设；不填的用计划的内容。"""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    ratios: list[RatioIn] | None = Field(None, description="要试的抽查比例", max_length=5)
    departments: list[WishIn] = Field(default_factory=list, description="各部门派出的人员", max_length=100)

    def command(self, plan_id: PlanId) -> TryPlan:
        wishes = tuple(
            DepartmentWish(one.department, one.officers, tuple(one.officer_tags)) for one in self.departments
        )
        return TryPlan(plan_id, ratios_in(self.ratios) if self.ratios else None, wishes)


class ClassExpectationOut(Out):
    """一个信用风险等级的预计户次。"""

    credit_class: str = Field(description="信用风险等级，U 为未分类", examples=["B"])
    objects: int = Field(description="可以抽取的对象数（实数）", examples=[300])
    ratio_ppm: int = Field(description="抽查比例，百万分之几", examples=[20000])
    expected_visits: float = Field(description="预计检查的户次", examples=[6.0])


class MonthLoadOut(Out):
    """一个部门一个月的工作量。"""

    month: date = Field(description="月份（当月 1 日）", examples=["2026-04-01"])
    expected_visits: float = Field(description="预计检查的户次", examples=[12.5])
    officer_slots: float = Field(description="所需执法人员人次", examples=[25.0])
    other_slots: float = Field(description="本年度其他计划预计所需的人次", examples=[6.0])
    capacity: float | None = Field(
        description="可承担的人次：人员自己的每月检查次数上限，没有的按规则；都没有则为空", examples=[40.0]
    )
    infeasible_slots: float = Field(description="无法安排的人次", examples=[0.0])
    shortage: str | None = Field(description="无法安排的原因：no_team、over_capacity", examples=["over_capacity"])
    shortage_name: str | None = Field(
        description="原因的说明", examples=["当月所需人次（含本年度其他计划）超过执法检查人员的承受能力"]
    )

    @classmethod
    def of(cls, one: MonthLoad) -> MonthLoadOut:
        return cls(
            month=one.month,
            expected_visits=visits_of(one.visits),
            officer_slots=visits_of(one.slots),
            other_slots=visits_of(one.other_slots),
            capacity=None if one.capacity is None else visits_of(one.capacity),
            infeasible_slots=visits_of(one.infeasible),
            shortage=one.shortage.value if one.shortage else None,
            shortage_name=SHORTAGE_NAMES[one.shortage] if one.shortage else None,
        )


class DepartmentLoadOut(Out):
    """一个部门的工作量。"""

    department: str = Field(description="部门代码", examples=["scjg"])
    officers: int = Field(description="每次检查的执法人员人数", examples=[2])
    officer_tags: list[str] = Field(description="执法人员须具备的标签", examples=[["食品安全"]])
    qualified: int = Field(description="符合条件的执法检查人员人数（实数）", examples=[12])
    months: list[MonthLoadOut] = Field(description="逐月，按工作日分摊，除去企业安静期")

    @classmethod
    def of(cls, one: DepartmentLoad) -> DepartmentLoadOut:
        return cls(
            department=one.staffing.department,
            officers=one.staffing.officers,
            officer_tags=sorted(one.staffing.tags),
            qualified=one.qualified,
            months=[MonthLoadOut.of(month) for month in one.months],
        )


class WhatIfOut(Out):
    """试算的结果。"""

    plan_no: str = Field(description="计划编号", examples=["41030820261001"])
    objects: int = Field(description="抽查范围内可以抽取的对象数（实数）", examples=[1250])
    expected_visits: float = Field(description="预计检查的户次", examples=[36.5])
    infeasible_slots: float = Field(description="各部门各月无法安排的人次合计", examples=[0.0])
    classes: list[ClassExpectationOut] = Field(description="按信用风险等级")
    departments: list[DepartmentLoadOut] = Field(description="按部门")
    overlaps: list[OverlapOut] = Field(description="与本年度其他计划的重叠，以及合并可减少的户次")

    @classmethod
    def of(cls, trial: Trial) -> WhatIfOut:
        months = [month for load in trial.departments for month in load.months]
        return cls(
            plan_no=trial.plan.plan_no,
            objects=sum(one.objects for one in trial.classes),
            expected_visits=visits_of(sum(one.visits for one in trial.classes)),
            infeasible_slots=visits_of(sum(month.infeasible for month in months)),
            classes=[
                ClassExpectationOut(
                    credit_class=one.credit_class,
                    objects=one.objects,
                    ratio_ppm=one.ratio_ppm,
                    expected_visits=visits_of(one.visits),
                )
                for one in trial.classes
            ],
            departments=[DepartmentLoadOut.of(one) for one in trial.departments],
            overlaps=[OverlapOut.of(one) for one in trial.overlaps],
        )


@router.post(
    "/{plan_id}/what-if",
    response_model=WhatIfOut,
    summary="试算抽查计划",
    description="按名录库的实数试算计划（或要试的比例、人员）：各部门逐月的预计户次，执法人员的负荷与承受能力，"
    "无法安排的人次，与其他计划合并可减少的户次。违反规则的比例指明规则并退回。只是查询，不改变任何内容。",
)
async def try_plan_on_libraries(plan_id: PlanId, body: WhatIfIn, work: Reading) -> WhatIfOut:
    return WhatIfOut.of(await try_plan(body.command(plan_id), work))
