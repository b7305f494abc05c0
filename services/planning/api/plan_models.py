"""Bodies of plans."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.planning.api.words import (
    Code,
    Line,
    Paragraph,
    RatioIn,
    RatioOut,
    VisitCapIn,
    VisitCapOut,
    WordOut,
    caps_in,
    method_word,
    opening_word,
    ratios_in,
)
from services.planning.domain.filing import STATE_NAMES
from services.planning.domain.plan_content import ChosenItem, PlanContent
from services.planning.domain.plans import Plan
from services.planning.domain.special import SpecialInspection
from services.planning.usecases.plan_fields import PlanFields
from shared.runtime.http import In, Out

_FIELDS: JsonDict = {
    "title": "2026年餐饮单位部门联合抽查计划",
    "participants": ["wjw", "yjj"],
    "item_ids": ["019a0000-0000-7000-8000-000000000001"],
    "library": {"library_id": "019a0000-0000-7000-8000-000000000002", "version": 1},
    "ratios": [
        {"credit_class": "A", "ppm": 10000},
        {"credit_class": "B", "ppm": 20000},
        {"credit_class": "C", "ppm": 100000},
        {"credit_class": "D", "ppm": 300000},
    ],
    "window_start": "2026-03-01",
    "window_end": "2026-06-30",
    "method": "实地核查",
}


class LibraryIn(In):
    """抽查范围：名录库及其版本。"""

    library_id: UUID = Field(description="名录库编号")
    version: int = Field(description="名录库版本", ge=1, le=2_000_000_000, examples=[1])


class SpecialIn(In):
    """专项检查的批准、备案和期限。"""

    cause: Paragraph = Field(description="检查事由（监测发现的问题）", examples=["燃气监测发现多起泄漏"])
    approver: Line = Field(description="批准人（单位、职务）", examples=["区人民政府分管副区长"])
    approved_on: date = Field(description="批准日期", examples=["2026-03-01"])
    filing_no: Line = Field(description="备案号", examples=["孟司备〔2026〕3号"])
    ends_on: date = Field(description="期限届满日（含当日）", examples=["2026-06-30"])

    def special(self) -> SpecialInspection:
        return SpecialInspection(self.cause, self.approver, self.approved_on, self.filing_no, self.ends_on)


class PlanEditIn(In):
    """抽查计划的内容。"""

    model_config = ConfigDict(json_schema_extra={"examples": [_FIELDS]})

    title: Line = Field(description="计划名称", examples=["2026年餐饮单位部门联合抽查计划"])
    participants: list[Code] = Field(
        default_factory=list, description="参与部门代码（发起部门为填报人所在部门）", max_length=100, examples=[["wjw"]]
    )
    item_ids: list[UUID] = Field(description="抽查事项，须在现行公布的清单中", min_length=1, max_length=500)
    library: LibraryIn = Field(description="抽查范围")
    ratios: list[RatioIn] = Field(description="各信用风险等级的抽查比例，不得随风险升高而降低", max_length=5)
    visit_caps: list[VisitCapIn] | None = Field(
        None, description="各等级每年检查次数上限；不填用全区上限", max_length=5
    )
    window_start: date = Field(description="检查时间起", examples=["2026-03-01"])
    window_end: date = Field(description="检查时间止（含当日）", examples=["2026-06-30"])
    method: str = Field(description="检查方式，名称或代码", examples=["实地核查"])
    sole_ground: Paragraph | None = Field(None, description="单部门抽查的法定理由；非联合计划必填，随计划公开")
    names_open: str | None = Field(
        None,
        description="名单公开时点：at_result 随抽取结果公开，as_visited 随检查进行逐户公开；不填按规则 names_open",
        examples=["at_result"],
    )
    names_open_basis: Line | None = Field(None, description="名单公开时点依据的文号；与规则不同的必填")
    batches: int = Field(0, description="重点检查事项分几个检查批次，由抽取决定先后；0 为不分批", le=1000, examples=[0])
    special: SpecialIn | None = Field(None, description="专项检查必填：事由、批准人、备案号、期限；随计划公开")

    def fields(self) -> PlanFields:
        return PlanFields(
            title=self.title,
            participants=tuple(self.participants),
            item_ids=tuple(self.item_ids),
            library_id=self.library.library_id,
            library_version=self.library.version,
            ratios=ratios_in(self.ratios),
            visit_caps=caps_in(self.visit_caps) if self.visit_caps else None,
            window_start=self.window_start,
            window_end=self.window_end,
            method=self.method,
            sole_ground=self.sole_ground,
            special=self.special.special() if self.special else None,
            names_open=self.names_open,
            names_open_basis=self.names_open_basis,
            batches=self.batches,
        )


class PlanIn(PlanEditIn):
    """一份年度抽查计划，发起部门为填报人所在部门。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"year": 2026, **_FIELDS}]})

    year: int = Field(description="计划年度", ge=2000, le=2100, examples=[2026])


class AdjustmentIn(PlanEditIn):
    """对已公布计划的一次调整：调整后的全部内容和理由。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "上级部署同类专项检查", **_FIELDS}]})

    reason: Paragraph = Field(description="调整理由，随新版本公开", examples=["上级部署同类专项检查"])


class PlanItemOut(Out):
    """计划选用的一个事项及其所在清单的版次。"""

    item_id: UUID = Field(description="事项编号")
    department: str = Field(description="检查主体（部门代码）", examples=["scjg"])
    code: str = Field(description="事项编码", examples=["scjg-001"])
    name: str = Field(description="事项名称", examples=["市场主体登记事项检查"])
    level: str = Field(description="general 一般检查事项，key 重点检查事项", examples=["general"])
    ratio_cap_ppm: int | None = Field(description="抽查比例上限，百万分之几；重点检查事项为空", examples=[50000])
    list_id: UUID = Field(description="所在清单")
    list_version: int = Field(description="所在清单的版次", examples=[1])

    @classmethod
    def of(cls, item: ChosenItem) -> PlanItemOut:
        return cls(
            item_id=item.item_id,
            department=item.department,
            code=item.code,
            name=item.name,
            level=item.level.value,
            ratio_cap_ppm=item.ratio_cap_ppm,
            list_id=item.list_id,
            list_version=item.list_version,
        )


class LibraryOut(Out):
    """抽查范围：名录库及其版本。"""

    library_id: UUID = Field(description="名录库编号")
    version: int = Field(description="名录库版本", examples=[1])


class SpecialOut(Out):
    """专项检查的批准、备案和期限。"""

    cause: str = Field(description="检查事由", examples=["燃气监测发现多起泄漏"])
    approver: str = Field(description="批准人", examples=["区人民政府分管副区长"])
    approved_on: date = Field(description="批准日期", examples=["2026-03-01"])
    filing_no: str = Field(description="备案号", examples=["孟司备〔2026〕3号"])
    ends_on: date = Field(description="期限届满日（含当日）", examples=["2026-06-30"])


class PlanContentOut(Out):
    """抽查计划的内容。"""

    title: str = Field(description="计划名称", examples=["2026年餐饮单位部门联合抽查计划"])
    participants: list[str] = Field(description="参与部门代码", examples=[["wjw", "yjj"]])
    items: list[PlanItemOut] = Field(description="抽查事项")
    library: LibraryOut = Field(description="抽查范围")
    ratios: list[RatioOut] = Field(description="各信用风险等级的抽查比例")
    visit_caps: list[VisitCapOut] = Field(description="各等级每年检查次数上限；空表示没有规定")
    window_start: date = Field(description="检查时间起")
    window_end: date = Field(description="检查时间止（含当日）")
    method: WordOut = Field(description="检查方式")
    sole_ground: str | None = Field(description="单部门抽查的法定理由", examples=["涉及国家秘密，不宜联合"])
    names_open: WordOut = Field(description="名单公开时点")
    names_open_basis: str = Field(description="名单公开时点的依据", examples=["孟双随机办〔2026〕1号"])
    batches: int = Field(description="重点检查事项分几个检查批次；0 为不分批", examples=[0])
    special: SpecialOut | None = Field(None, description="专项检查的批准、备案和期限；不是专项检查则为空")

    @classmethod
    def of(cls, content: PlanContent) -> PlanContentOut:
        return cls(
            title=content.title,
            participants=list(content.participants),
            items=[PlanItemOut.of(item) for item in content.items],
            library=LibraryOut(library_id=content.library.id, version=content.library.version),
            ratios=RatioOut.all_of(content.ratios),
            visit_caps=VisitCapOut.all_of(content.visit_caps),
            window_start=content.window.start,
            window_end=content.window.end,
            method=method_word(content.method),
            sole_ground=content.sole_ground,
            names_open=opening_word(content.opening),
            names_open_basis=content.opening.basis,
            batches=content.batches,
            special=SpecialOut(**asdict(content.special)) if content.special else None,
        )


class PlanOut(Out):
    """一份抽查计划。"""

    plan_id: UUID = Field(description="计划的内部编号")
    plan_no: str = Field(description="计划编号（14 位）", examples=["41030820261001"])
    year: int = Field(description="计划年度", examples=[2026])
    initiator: str = Field(description="发起部门代码", examples=["scjg"])
    state: str = Field(description="状态", examples=["published"])
    state_name: str = Field(description="状态名称", examples=["已公布"])
    version: int = Field(description="最近一版的版次", examples=[1])
    in_force_version: int | None = Field(description="现行公开版本的版次；未公布时为空", examples=[1])
    reason: str | None = Field(description="最近一次调整的理由", examples=["机构改革，参与部门调整"])
    remark: str | None = Field(description="退回或取消的理由", examples=["请说明抽查比例的依据"])
    created_at: datetime = Field(description="填报时间")
    row_version: int = Field(description="修改时用于 If-Match 的版本", examples=[1])
    content: PlanContentOut = Field(description="内容；查询时为现行公开版本，未公布时为最近一次填报")
    pending: PlanContentOut | None = Field(None, description="正在办理的调整；没有或无权查看时为空")

    @classmethod
    def of(cls, plan: Plan, pending: PlanContent | None = None) -> PlanOut:
        return cls(
            plan_id=plan.id,
            plan_no=plan.plan_no,
            year=plan.year,
            initiator=plan.initiator,
            state=plan.state.value,
            state_name=STATE_NAMES[plan.state],
            version=plan.version,
            in_force_version=plan.in_force.version if plan.in_force else None,
            reason=plan.reason,
            remark=plan.filing.remark,
            created_at=plan.created_at,
            row_version=plan.row_version,
            content=PlanContentOut.of(plan.content),
            pending=PlanContentOut.of(pending) if pending else None,
        )


class PlanVersionOut(Out):
    """计划的一个公开版本。"""

    version: int = Field(description="版次", examples=[2])
    reason: str | None = Field(description="调整理由；第一版为空", examples=["机构改革，参与部门调整"])
    published_at: datetime = Field(description="公布时间")
    content: PlanContentOut = Field(description="内容")
