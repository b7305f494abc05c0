"""Answers of the public JSON interface about results, objects and plans: what stands on the pages, for machines."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.disclosure.domain.views import (
    CheckpointView,
    Difference,
    EntityHit,
    EntityPage,
    FindingView,
    ListingView,
    PlanLine,
    ResultLine,
    ResultPage,
    ResultVersionView,
)
from shared.runtime.http import Out

A_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
A_PLAN = "410308202601"


class ResultLineOut(Out):
    """一条检查结果的摘要。"""

    result_id: UUID = Field(description="结果编号，页面地址为 /r/结果编号")
    version: int = Field(description="公示版本", examples=[1])
    state: str = Field(description="published 公示，corrected 更正，withdrawn 撤回", examples=["published"])
    entity_id: UUID = Field(description="检查对象编号，页面地址为 /e/对象编号")
    entity_name: str = Field(description="检查对象名称；自然人姓名部分隐去", examples=["孟津区某某商贸有限公司"])
    department: str = Field(description="检查部门代码", examples=["SCJG"])
    department_name: str = Field(description="检查部门", examples=["孟津区市场监督管理局"])
    task_no: str = Field(description="抽查任务编号；非抽取检查为事由编号", examples=["410308202603091001"])
    plan_no: str | None = Field(description="抽查计划编号；非抽取检查为空", examples=[A_PLAN])
    outcome_codes: list[str] = Field(description="检查结果代码", examples=[["1"]])
    outcomes: list[str] = Field(description="检查结果", examples=[["未发现问题"]])
    has_problem: bool = Field(description="是否发现问题", examples=[False])
    findings: int = Field(description="发现的问题条数", examples=[0])
    concluded_on: date = Field(description="检查完成日期")
    due_on: date = Field(description="应当公示的最后日期")
    published_at: datetime = Field(description="首次公示时间")
    is_late: bool = Field(description="是否逾期公示", examples=[False])

    @classmethod
    def of(cls, line: ResultLine) -> ResultLineOut:
        return cls(
            result_id=line.result_id,
            version=line.version,
            state=line.state.value,
            entity_id=line.entity_id,
            entity_name=line.entity_name,
            department=line.department,
            department_name=line.department_name,
            task_no=line.task_no,
            plan_no=line.plan_no,
            outcome_codes=list(line.outcome_codes),
            outcomes=list(line.outcomes),
            has_problem=line.has_problem,
            findings=line.findings,
            concluded_on=line.concluded_on,
            due_on=line.due_on,
            published_at=line.published_at,
            is_late=line.is_late,
        )


class PlanLineOut(Out):
    """一个抽查计划的摘要。"""

    plan_no: str = Field(description="计划编号，页面地址为 /p/计划编号", examples=[A_PLAN])
    year: int = Field(description="年度", examples=[2026])
    title: str = Field(description="名称", examples=["2026 年度部门联合抽查计划"])
    version: int = Field(description="公布版本", examples=[1])
    initiator_name: str = Field(description="发起部门", examples=["孟津区市场监督管理局"])
    participant_names: list[str] = Field(description="配合部门", examples=[["孟津区消防救援大队"]])
    window_start: date = Field(description="检查时段的第一天")
    window_end: date = Field(description="检查时段的最后一天")
    published_at: datetime = Field(description="本版本公布时间")
    is_cancelled: bool = Field(description="是否已经取消", examples=[False])
    tasks: int = Field(description="已下达的抽查任务数", examples=[2])

    @classmethod
    def of(cls, line: PlanLine) -> PlanLineOut:
        return cls(
            plan_no=line.plan_no,
            year=line.year,
            title=line.title,
            version=line.version,
            initiator_name=line.initiator_name,
            participant_names=list(line.participant_names),
            window_start=line.window_start,
            window_end=line.window_end,
            published_at=line.published_at,
            is_cancelled=line.is_cancelled,
            tasks=line.tasks,
        )


class DifferenceOut(Out):
    """两个版本之间的一处变化。"""

    field: str = Field(description="内容", examples=["检查时段"])
    before: str = Field(description="变化前", examples=["2026-03-01 至 2026-06-30"])
    after: str = Field(description="变化后", examples=["2026-03-01 至 2026-09-30"])

    @classmethod
    def of(cls, found: Difference) -> DifferenceOut:
        return cls(field=found.field, before=found.before, after=found.after)


class VersionOut(Out):
    """一个公示版本。"""

    version: int = Field(description="版本", examples=[1])
    state: str = Field(
        description="published 公示，corrected 更正，withdrawn 撤回，adjusted 调整", examples=["published"]
    )
    at: datetime = Field(description="公示时间")
    reason: str | None = Field(description="更正、撤回或者调整的理由", examples=[None])
    digest: str = Field(description="公示内容规范文本的 SHA-256", examples=[A_DIGEST])
    differences: list[DifferenceOut] = Field(description="与上一版本的差异")

    @classmethod
    def of(cls, found: ResultVersionView) -> VersionOut:
        return cls(
            version=found.version,
            state=found.state.value,
            at=found.at,
            reason=found.reason,
            digest=found.digest,
            differences=[DifferenceOut.of(one) for one in found.differences],
        )


class FindingOut(Out):
    """发现的一个问题。"""

    item_id: UUID = Field(description="抽查事项编号")
    item_name: str = Field(description="抽查事项", examples=["登记事项检查"])
    outcome_code: str = Field(description="检查结果代码", examples=["6"])
    outcome: str = Field(description="问题", examples=["通过登记的住所（经营场所）无法联系"])
    severity: int = Field(description="程度，1 轻微至 5 严重", examples=[3])

    @classmethod
    def of(cls, found: FindingView) -> FindingOut:
        return cls(
            item_id=found.item_id,
            item_name=found.item_name,
            outcome_code=found.outcome_code,
            outcome=found.outcome,
            severity=found.severity,
        )


class ListingOut(Out):
    """依法公示的一项名单列入。"""

    list_code: str = Field(description="名单代码", examples=["abnormal_operations"])
    list_name: str = Field(description="名单", examples=["经营异常名录"])
    ground: str = Field(description="列入事由", examples=["通过登记的住所无法联系"])
    document_no: str = Field(description="决定文号", examples=["孟市监异列〔2026〕1号"])
    authority: str = Field(description="决定机关", examples=["孟津区市场监督管理局"])
    entered_on: date = Field(description="列入日期")
    ends_on: date | None = Field(description="届满日期；没有期限的为空")

    @classmethod
    def of(cls, found: ListingView) -> ListingOut:
        return cls(
            list_code=found.list_code,
            list_name=found.list_name,
            ground=found.ground,
            document_no=found.document_no,
            authority=found.authority,
            entered_on=found.entered_on,
            ends_on=found.ends_on,
        )


class CheckpointOut(Out):
    """最近一次签名的检查点。"""

    service: str = Field(description="服务", examples=["results"])
    number: int = Field(description="序号", examples=[12])
    size: int = Field(description="日志行数", examples=[1024])
    root: str = Field(description="默克尔根", examples=[A_DIGEST])
    body: str = Field(description="签名的文本", examples=['{"number":12}'])
    signature: str = Field(description="Ed25519 签名，十六进制", examples=["00" * 64])
    signed_at: datetime = Field(description="签名时间")

    @classmethod
    def of(cls, found: CheckpointView | None) -> CheckpointOut | None:
        if found is None:
            return None
        return cls(
            service=found.service,
            number=found.number,
            size=found.size,
            root=found.root,
            body=found.body,
            signature=found.signature,
            signed_at=found.signed_at,
        )


class ResultOut(Out):
    """一条检查结果。"""

    result: ResultLineOut = Field(description="摘要")
    uscc: str | None = Field(description="统一社会信用代码", examples=["91410308MA00000019"])
    outcome_name: str = Field(description="检查情况", examples=["已实施检查"])
    method_name: str = Field(description="检查方式", examples=["现场检查"])
    origin_name: str = Field(description="检查来源", examples=["双随机抽查"])
    findings: list[FindingOut] = Field(description="发现的问题")
    listing: ListingOut | None = Field(description="随结果作出的列入决定")
    versions: list[VersionOut] = Field(description="公示版本，新的在前")
    digest: str = Field(description="公示内容规范文本的 SHA-256", examples=[A_DIGEST])
    checkpoint: CheckpointOut | None = Field(description="检查结果服务最近的检查点")
    public_until: date | None = Field(description="公示期的最后一天")

    @classmethod
    def of(cls, page: ResultPage) -> ResultOut:
        return cls(
            result=ResultLineOut.of(page.line),
            uscc=page.uscc,
            outcome_name=page.outcome_name,
            method_name=page.method_name,
            origin_name=page.origin_name,
            findings=[FindingOut.of(one) for one in page.findings],
            listing=None if page.listing is None else ListingOut.of(page.listing),
            versions=[VersionOut.of(one) for one in page.versions],
            digest=page.digest,
            checkpoint=CheckpointOut.of(page.checkpoint),
            public_until=page.public_until,
        )


class EntityOut(Out):
    """一个检查对象的公示信息。"""

    entity_id: UUID = Field(description="对象编号")
    name: str = Field(description="名称", examples=["孟津区某某商贸有限公司"])
    uscc: str | None = Field(description="统一社会信用代码", examples=["91410308MA00000019"])
    other_names: list[str] = Field(description="以前公示时的名称", examples=[[]])
    results: list[ResultLineOut] = Field(description="公示的检查结果，新的在前")
    listings: list[ListingOut] = Field(description="依法公示的名单列入")

    @classmethod
    def of(cls, page: EntityPage) -> EntityOut:
        return cls(
            entity_id=page.entity_id,
            name=page.name,
            uscc=page.uscc,
            other_names=list(page.other_names),
            results=[ResultLineOut.of(one) for one in page.results],
            listings=[ListingOut.of(one) for one in page.listings],
        )


class EntityHitOut(Out):
    """找到的一个检查对象。"""

    entity_id: UUID = Field(description="对象编号")
    name: str = Field(description="名称", examples=["孟津区某某商贸有限公司"])
    uscc: str | None = Field(description="统一社会信用代码", examples=["91410308MA00000019"])
    results: int = Field(description="公示的检查结果数", examples=[1])
    latest: ResultLineOut | None = Field(description="最近一次检查结果")

    @classmethod
    def of(cls, hit: EntityHit) -> EntityHitOut:
        return cls(
            entity_id=hit.entity_id,
            name=hit.name,
            uscc=hit.uscc,
            results=hit.results,
            latest=None if hit.latest is None else ResultLineOut.of(hit.latest),
        )
