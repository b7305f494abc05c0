"""What the public is shown of a result: the body as it was published, version by version."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.results.api.shown import ListingOut, here
from services.results.domain.publication import PublicVersion, VersionKind
from shared.runtime.http import Out


class PublicItemOut(Out):
    """一个事项的公示结果。"""

    item_id: UUID = Field(description="事项编号")
    item_name: str = Field(description="事项名称", examples=["营业执照（登记证）规范使用情况的检查"])
    outcome_codes: list[str] = Field(description="检查结果代码", examples=[["B"]])


class PublicFindingOut(Out):
    """公示的问题。"""

    item_id: UUID = Field(description="事项编号")
    item_name: str = Field(description="事项名称", examples=["食品经营许可检查"])
    outcome_code: str = Field(description="检查结果代码", examples=["B"])
    outcome_text: str = Field(description="检查结果名称", examples=["未按规定公示应当公示的信息"])
    severity: int = Field(description="严重程度 1–5", examples=[2])


class PublicResultOut(Out):
    """公示内容。"""

    result_id: UUID = Field(description="检查结果编号")
    version: int = Field(description="公示版本", examples=[1])
    entity_id: UUID = Field(description="检查对象编号")
    entity_name: str = Field(description="检查对象名称", examples=["孟津区某某商贸有限公司"])
    uscc: str | None = Field(description="统一社会信用代码", examples=["91410308MA0000001U"])
    department: str = Field(description="检查部门代码", examples=["SCJG"])
    task_id: UUID = Field(description="抽查任务编号")
    task_no: str = Field(description="任务编号（公开编号）", examples=["410308202603091001"])
    plan_id: UUID = Field(description="抽查计划编号")
    visit_id: UUID = Field(description="检查编号")
    method: str = Field("", description="检查方式代码", examples=["on_site"])
    outcome: str = Field("done", description="检查情况", examples=["done"])
    concluded_on: date = Field(description="结果形成日期", examples=["2026-03-09"])
    due_on: date = Field(description="公示期限", examples=["2026-04-07"])
    outcome_codes: list[str] = Field(description="检查结果代码", examples=[["B"]])
    items: list[PublicItemOut] = Field(default_factory=list, description="各事项的结果")
    findings: list[PublicFindingOut] = Field(description="发现的问题")
    listing: ListingOut | None = Field(description="列入名单的决定")
    published_at: datetime = Field(description="本版本公示时间")
    origin: str = Field("draw", description="draw 抽取，lead 线索核查，reinspection 复查", examples=["draw"])


class PublicVersionOut(Out):
    """检查结果的一个公示版本。"""

    result_id: UUID = Field(description="检查结果编号")
    version: int = Field(description="公示版本，从 1 起", examples=[1])
    kind: str = Field(description="published 公示，corrected 更正，withdrawn 撤回", examples=["published"])
    reason: str = Field(description="更正或撤回的理由", examples=["文书编号录入有误"])
    digest: str = Field(
        description="公示内容原文的 SHA-256 摘要",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    told_at: datetime = Field(description="公示、更正或撤回的时间")
    result: PublicResultOut | None = Field(description="公示内容；撤回后为空")

    @classmethod
    def of(cls, version: PublicVersion) -> PublicVersionOut:
        gone = version.kind is VersionKind.WITHDRAWN
        return cls(
            result_id=version.record_id,
            version=version.version,
            kind=version.kind.value,
            reason=version.reason,
            digest=version.digest,
            told_at=here(version.told_at),
            result=None if gone else PublicResultOut.model_validate_json(version.body),
        )
