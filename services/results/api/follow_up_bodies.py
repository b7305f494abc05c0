"""Bodies of follow-ups, asked and answered."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue

from services.results.api.bodies import OFFICERS, Short, Text
from services.results.api.checks import CheckItemIn
from services.results.api.shown import here
from services.results.domain.follow_ups import Demand, FollowUp
from services.results.domain.undrawn import CheckItem, CheckPlan
from services.results.usecases.follow_up import WithHistory
from shared.runtime.http import In, Out
from shared.values.text import clean

FOLLOW_UP_EXAMPLE: dict[str, JsonValue] = {"kind": "rectification", "demand": "限期在经营场所醒目位置公示营业执照"}


class FollowUpIn(In):
    """开展一项后续处置。"""

    model_config = ConfigDict(json_schema_extra={"examples": [FOLLOW_UP_EXAMPLE]})

    kind: Short = Field(description="处置种类代码，见代码表 follow_up", examples=["rectification"])
    demand: Text = Field(description="要求（不公开）", examples=["限期在经营场所醒目位置公示营业执照"])
    department: str = Field(
        "", description="负责处置的其他部门代码；移送其他部门时必填", max_length=50, examples=["XFJY"]
    )
    receiver: str = Field(
        "", description="接收机关；移送司法机关或其他地区时必填", max_length=200, examples=["洛阳市公安局孟津分局"]
    )
    days: int | None = Field(None, description="期限（工作日）；不填按本区规定", ge=1, le=250, examples=[15])

    def demand_value(self) -> Demand:
        return Demand(self.kind, clean(self.demand), clean(self.department), clean(self.receiver), self.days)


class ClosureIn(In):
    """办结一项后续处置。"""

    outcome: Short = Field(description="处置结果代码，见代码表 follow_up_outcome", examples=["rectified"])
    document_no: str = Field(
        "", description="有关文书的文号（如有）", max_length=200, examples=["孟市监复查〔2026〕5号"]
    )
    note: str = Field("", description="说明", max_length=2000, examples=["复查确认已改正"])


class ReinspectionIn(In):
    """安排一次复查。"""

    inspector_ids: list[UUID] = Field(
        description="指派的检查人员，至少两名，首位为组长", max_length=20, examples=[OFFICERS]
    )
    items: list[CheckItemIn] = Field(description="复查的事项", max_length=200)
    window_start: date = Field(description="检查时段的第一天", examples=["2026-04-20"])
    window_end: date = Field(description="检查时段的最后一天", examples=["2026-05-06"])
    basis: Short = Field(description="检查事由，企业扫检查码时可见", examples=["责令改正后的复查"])

    def plan(self) -> CheckPlan:
        return CheckPlan(
            entity_id=None,
            inspector_ids=tuple(dict.fromkeys(self.inspector_ids)),
            items=tuple(CheckItem(item.item_id, clean(item.item_name)) for item in self.items),
            window_start=self.window_start,
            window_end=self.window_end,
            basis=clean(self.basis),
        )


class FollowUpOut(Out):
    """一项后续处置。"""

    follow_up_id: UUID = Field(description="后续处置编号")
    version: int = Field(description="版本（ETag）", examples=[1])
    result_id: UUID = Field(description="检查结果编号")
    visit_id: UUID = Field(description="检查编号")
    entity_id: UUID = Field(description="检查对象编号")
    entity_name: str = Field(description="检查对象名称", examples=["孟津示例食品有限公司"])
    uscc: str | None = Field(description="统一社会信用代码", examples=["91410308MA0000001U"])
    kind: str = Field(description="处置种类代码", examples=["rectification"])
    demand: str = Field(description="要求", examples=["限期在经营场所醒目位置公示营业执照"])
    opener: str = Field(description="发现问题的部门代码", examples=["SCJG"])
    department: str = Field(description="负责处置的部门代码", examples=["SCJG"])
    receiver: str = Field(description="接收机关", examples=["洛阳市公安局孟津分局"])
    opened_on: date = Field(description="开始日期（期限的第 0 日）", examples=["2026-03-20"])
    due_on: date = Field(description="到期日", examples=["2026-05-06"])
    due_is_provisional: bool = Field(description="期限是否暂定", examples=[False])
    state: str = Field(description="open 办理中，closed 已办结", examples=["open"])
    outcome: str | None = Field(description="处置结果代码", examples=["rectified"])
    document_no: str = Field(description="有关文书的文号", examples=["孟市监复查〔2026〕5号"])
    closed_on: date | None = Field(description="办结日期", examples=["2026-04-20"])
    was_in_time: bool | None = Field(description="是否按期办结；未办结为空", examples=[True])
    reinspection_visit_id: UUID | None = Field(description="复查的检查编号")

    @classmethod
    def of(cls, one: FollowUp) -> FollowUpOut:
        return cls(
            follow_up_id=one.id,
            version=one.version,
            result_id=one.result_id,
            visit_id=one.visit_id,
            entity_id=one.entity_id,
            entity_name=one.entity_name,
            uscc=one.uscc,
            kind=one.kind,
            demand=one.demand,
            opener=one.opener,
            department=one.department,
            receiver=one.receiver,
            opened_on=one.opened_on,
            due_on=one.due_on,
            due_is_provisional=one.due_is_provisional,
            state=one.state,
            outcome=one.outcome,
            document_no=one.document_no,
            closed_on=one.closed_on,
            was_in_time=None if one.closed_on is None else one.was_in_time,
            reinspection_visit_id=one.reinspection_visit_id,
        )


class FollowUpStepOut(Out):
    """一步办理经过。"""

    version: int = Field(description="办理后的版本", examples=[1])
    act: str = Field(
        description="open 开展，reinspect 安排复查，reschedule 重新计算期限，close 办结", examples=["open"]
    )
    detail: str = Field(description="说明", examples=["责令改正"])
    actor: str = Field(description="办理人账号", examples=["officer:zhang"])
    acted_at: datetime = Field(description="办理时间")


class FollowUpDetailOut(FollowUpOut):
    """一项后续处置及其经过。"""

    steps: list[FollowUpStepOut] = Field(description="办理经过")

    @classmethod
    def detailed(cls, found: WithHistory) -> FollowUpDetailOut:
        steps = [
            FollowUpStepOut(
                version=one.version, act=one.act, detail=one.detail, actor=one.actor, acted_at=here(one.acted_at)
            )
            for one in found.steps
        ]
        return cls(**FollowUpOut.of(found.follow_up).model_dump(), steps=steps)
