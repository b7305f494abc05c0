"""Bodies of leads."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.planning.api.words import Code, Line, Paragraph
from services.planning.domain.leads import (
    KIND_NAMES,
    OUTCOME_NAMES,
    STATE_NAMES,
    Lead,
    LeadContent,
    LeadKind,
    LeadLinks,
    LeadOutcome,
    MissingLicence,
)
from shared.runtime.http import In, Out

_EXAMPLE: JsonDict = {
    "kind": "unlicensed",
    "department": "scjg",
    "received_on": "2026-03-02",
    "summary": "群众反映路边餐馆没有营业执照",
    "source_no": "12315-2026-0008",
    "place": "城关镇示例路 8 号",
    "missing": ["business_licence"],
}


class LeadIn(In):
    """一条线索。不填写投诉举报人的姓名、电话等个人信息。"""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    kind: LeadKind = Field(
        description="complaint 投诉举报，transfer 转办，assignment 交办，monitoring 监测发现，unlicensed 无证无照经营"
    )
    department: Code = Field(description="负责部门代码", examples=["scjg"])
    received_on: date = Field(description="收到日期", examples=["2026-03-02"])
    summary: Paragraph = Field(description="反映的问题", examples=["群众反映路边餐馆没有营业执照"])
    source_no: Line | None = Field(None, description="来件编号", examples=["12315-2026-0008"])
    entity_id: UUID | None = Field(None, description="检查对象；没有登记的不填")
    place: Line | None = Field(None, description="地点；没有检查对象的必填", examples=["城关镇示例路 8 号"])
    missing: list[MissingLicence] = Field(
        default_factory=list,
        description="无证无照经营必填：licence 许可证（无证），business_licence 营业执照（无照）",
        max_length=2,
    )

    def content(self) -> LeadContent:
        return LeadContent(
            self.kind,
            self.department,
            self.received_on,
            self.summary,
            self.source_no,
            self.entity_id,
            self.place,
            tuple(dict.fromkeys(self.missing)),
        )


class LeadCheckIn(In):
    """一次核查。"""

    checked_on: date = Field(description="核查日期", examples=["2026-03-04"])
    finding: Paragraph = Field(description="核查情况", examples=["现场正在经营，未能出示营业执照"])


class LeadLinksIn(In):
    """与检查结果、计划的关联。"""

    result_ids: list[UUID] = Field(default_factory=list, description="检查结果", max_length=200)
    plan_id: UUID | None = Field(None, description="抽查计划")

    def links(self) -> LeadLinks:
        return LeadLinks(tuple(self.result_ids), self.plan_id)


class LeadDisposalIn(LeadLinksIn):
    """线索的处理。"""

    outcome: LeadOutcome = Field(
        description="no_problem 未发现问题，rectified 责令改正，case_filed 立案查处，transferred 移送有权部门，"
        "inspection_planned 列入检查；无证无照经营另有 guided 引导办理证照，stopped 责令停止经营"
    )
    disposal: Paragraph = Field(description="处理情况", examples=["当事人愿意继续经营，引导其办理营业执照"])


class LeadOut(Out):
    """一条线索。"""

    lead_id: UUID = Field(description="线索的内部编号")
    lead_no: str = Field(description="线索编号", examples=["XS41030820260302001"])
    kind: str = Field(description="来源", examples=["unlicensed"])
    kind_name: str = Field(description="来源名称", examples=["无证无照经营"])
    department: str = Field(description="负责部门代码", examples=["scjg"])
    received_on: date = Field(description="收到日期")
    due_on: date | None = Field(description="核查期限；没有设定规则则为空")
    summary: str = Field(description="反映的问题", examples=["群众反映路边餐馆没有营业执照"])
    source_no: str | None = Field(description="来件编号", examples=["12315-2026-0008"])
    entity_id: UUID | None = Field(description="检查对象")
    place: str | None = Field(description="地点", examples=["城关镇示例路 8 号"])
    missing: list[str] = Field(description="缺少的证照", examples=[["business_licence"]])
    state: str = Field(description="状态", examples=["closed"])
    state_name: str = Field(description="状态名称", examples=["已办结"])
    checked_on: date | None = Field(description="核查日期")
    finding: str | None = Field(description="核查情况", examples=["现场正在经营，未能出示营业执照"])
    outcome: str | None = Field(description="处理方式", examples=["guided"])
    outcome_name: str | None = Field(description="处理方式名称", examples=["引导办理证照"])
    disposal: str | None = Field(description="处理情况", examples=["引导其办理营业执照"])
    result_ids: list[UUID] = Field(description="关联的检查结果")
    plan_id: UUID | None = Field(description="关联的抽查计划")
    registered_at: datetime = Field(description="登记时间")
    closed_at: datetime | None = Field(description="办结时间")
    row_version: int = Field(description="版本", examples=[3])

    @classmethod
    def of(cls, lead: Lead) -> LeadOut:
        content = lead.content
        return cls(
            lead_id=lead.id,
            lead_no=lead.lead_no,
            kind=content.kind.value,
            kind_name=KIND_NAMES[content.kind],
            department=content.department,
            received_on=content.received_on,
            due_on=lead.due_on,
            summary=content.summary,
            source_no=content.source_no,
            entity_id=content.entity_id,
            place=content.place,
            missing=[one.value for one in content.missing],
            state=lead.state.value,
            state_name=STATE_NAMES[lead.state],
            checked_on=lead.check.checked_on if lead.check else None,
            finding=lead.check.finding if lead.check else None,
            outcome=lead.outcome.value if lead.outcome else None,
            outcome_name=OUTCOME_NAMES[lead.outcome] if lead.outcome else None,
            disposal=lead.disposal,
            result_ids=list(lead.links.result_ids),
            plan_id=lead.links.plan_id,
            registered_at=lead.registered_at,
            closed_at=lead.closed_at,
            row_version=lead.row_version,
        )
