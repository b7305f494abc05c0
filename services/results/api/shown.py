"""Response bodies of results."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.results.api.discretion_shown import ChosenOut
from services.results.api.inspection_shown import RemoteOut, ThirdPartyOut
from services.results.domain.content import (
    CertificateAnswer,
    Content,
    Finding,
    ItemResult,
    ListingDecision,
    Recording,
    Reference,
)
from services.results.domain.records import InspectionRecord
from shared.runtime.http import Out
from shared.runtime.unit_of_work import SHANGHAI


def here(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI)


class ResultOut(Out):
    """一个检查结果的办理情况。"""

    result_id: UUID = Field(description="检查结果编号")
    visit_id: UUID = Field(description="检查（上门）编号")
    task_id: UUID = Field(description="抽查任务编号")
    task_no: str = Field(description="任务编号（公开编号）", examples=["410308202603091001"])
    plan_id: UUID = Field(description="抽查计划编号")
    entity_id: UUID = Field(description="检查对象编号")
    department: str = Field(description="检查部门代码", examples=["SCJG"])
    state: str = Field(
        description="状态：draft 录入中，submitted 待审核，legal_review 待法制审核，returned 已退回，approved 待公示，"
        "published 已公示，withdrawn 已撤回，exempted 免予公示",
        examples=["approved"],
    )
    version: int = Field(description="版本（ETag）", examples=[4])
    revision: int = Field(description="内容的修订次数", examples=[1])
    outcome: str | None = Field(description="检查情况", examples=["done"])
    concluded_on: date | None = Field(description="结果形成日期", examples=["2026-03-09"])
    due_on: date | None = Field(description="公示期限（第 20 个工作日）", examples=["2026-04-07"])
    due_is_provisional: bool = Field(description="期限是否暂定（跨入尚未公布节假日安排的年份）", examples=[False])
    has_listing: bool = Field(description="是否附有列入名单的决定", examples=[False])
    officers_present: list[UUID] = Field(description="参加检查的人员")
    public_version: int = Field(description="公示版本；0 表示未公示", examples=[0])
    published_at: datetime | None = Field(description="首次公示时间")

    @classmethod
    def of(cls, record: InspectionRecord) -> ResultOut:
        where = record.assignment
        return cls(
            result_id=record.id,
            visit_id=where.visit_id,
            task_id=where.task_id,
            task_no=where.task_no,
            plan_id=where.plan_id,
            entity_id=where.entity_id,
            department=where.department,
            state=record.state.value,
            version=record.version,
            revision=record.revision,
            outcome=record.outcome,
            concluded_on=record.concluded_on,
            due_on=record.due_on,
            due_is_provisional=record.due_is_provisional,
            has_listing=record.has_listing,
            officers_present=list(record.present_ids),
            public_version=record.public_version,
            published_at=None if record.published_at is None else here(record.published_at),
        )


class FindingOut(Out):
    """一个发现的问题。"""

    outcome_code: str = Field(description="检查结果代码", examples=["B"])
    text: str = Field(description="问题描述", examples=["未公示食品经营许可证"])
    severity: int = Field(description="严重程度 1–5", examples=[2])
    discretion: ChosenOut | None = Field(description="检查人员选择的裁量情节及理由")

    @classmethod
    def of(cls, found: Finding) -> FindingOut:
        return cls(
            outcome_code=found.outcome_code,
            text=found.text,
            severity=found.severity,
            discretion=ChosenOut.of(found.discretion),
        )


class ItemOut(Out):
    """一个事项的检查结果。"""

    item_id: UUID = Field(description="事项编号")
    item_name: str = Field(description="事项名称", examples=["食品经营许可检查"])
    outcome_codes: list[str] = Field(description="检查结果代码", examples=[["B"]])
    findings: list[FindingOut] = Field(description="发现的问题")

    @classmethod
    def of(cls, item: ItemResult) -> ItemOut:
        findings = [FindingOut.of(found) for found in item.findings]
        return cls(
            item_id=item.item_id, item_name=item.item_name, outcome_codes=list(item.outcome_codes), findings=findings
        )


class ReferenceOut(Out):
    """所依据的结论。"""

    issuer: str = Field(description="出具单位", examples=["洛阳市孟津区市场监督管理局"])
    title: str = Field(description="文书名称", examples=["责令改正通知书"])
    document_no: str = Field(description="文号", examples=["孟市监责改〔2026〕7 号"])
    dated_on: date = Field(description="文书日期")

    @classmethod
    def of(cls, found: Reference) -> ReferenceOut:
        return cls(issuer=found.issuer, title=found.title, document_no=found.document_no, dated_on=found.dated_on)


class ListingOut(Out):
    """列入名单的决定。"""

    list_code: str = Field(description="名单代码", examples=["abnormal_operations"])
    ground: str = Field(description="列入事由", examples=["通过登记的住所无法取得联系"])
    document_no: str = Field(description="决定文号", examples=["孟市监列〔2026〕12 号"])
    authority: str = Field(description="作出决定的机关", examples=["洛阳市孟津区市场监督管理局"])
    decided_on: date = Field(description="决定日期")
    ends_on: date | None = Field(description="截止日期")

    @classmethod
    def of(cls, decided: ListingDecision) -> ListingOut:
        return cls(
            list_code=decided.list_code,
            ground=decided.ground,
            document_no=decided.document_no,
            authority=decided.authority,
            decided_on=decided.decided_on,
            ends_on=decided.ends_on,
        )


class CertificateOut(Out):
    """名录库对检查人员执法证的答复，按检查当日查询并留存。"""

    inspector_id: UUID = Field(description="检查人员编号")
    certificate_no: str = Field(description="执法证号", examples=["16030800001"])
    valid_until: date | None = Field(description="有效期至")
    status: str = Field(description="证件状态", examples=["active"])
    valid: bool = Field(description="检查当日是否有效", examples=[True])

    @classmethod
    def of(cls, answer: CertificateAnswer) -> CertificateOut:
        return cls(
            inspector_id=answer.inspector_id,
            certificate_no=answer.certificate_no,
            valid_until=answer.valid_until,
            status=answer.status,
            valid=answer.valid,
        )


class ContentOut(Out):
    """检查记录的内容（最新修订）。"""

    entity_name: str = Field(description="检查对象名称（录入时）", examples=["孟津示例食品有限公司"])
    uscc: str | None = Field(description="统一社会信用代码（录入时）", examples=["91410308MA0000001U"])
    method: str = Field(description="检查方式代码", examples=["on_site"])
    place: str = Field(description="检查地点", examples=["城关镇示例路 1 号"])
    started_at: datetime = Field(description="开始时间")
    ended_at: datetime | None = Field(description="结束时间")
    note: str = Field(description="情况说明", examples=["现场负责人在场"])
    vocabulary_version: int = Field(description="检查结果代码表的版本", examples=[1])
    discretion_version: int | None = Field(description="裁量情节代码表的版本；没有问题时为空", examples=[1])
    items: list[ItemOut] = Field(description="各事项的结果")
    references: list[ReferenceOut] = Field(description="所依据的其他结论")
    listing: ListingOut | None = Field(description="列入名单的决定")
    remote: RemoteOut | None = Field(description="数据比对、改正、复核的经过（非现场完成的）")
    third_parties: list[ThirdPartyOut] = Field(description="受委托的专业机构")
    certificates: list[CertificateOut] = Field(description="检查人员证件查询答复")

    @classmethod
    def of(cls, recording: Recording) -> ContentOut:
        content: Content = recording.content
        return cls(
            entity_name=recording.entity.name,
            uscc=recording.entity.uscc,
            method=content.method,
            place=content.place,
            started_at=here(content.started_at),
            ended_at=None if content.ended_at is None else here(content.ended_at),
            note=content.note,
            vocabulary_version=recording.vocabulary_version,
            discretion_version=recording.discretion_version,
            items=[ItemOut.of(item) for item in content.items],
            references=[ReferenceOut.of(found) for found in content.references],
            listing=None if content.listing is None else ListingOut.of(content.listing),
            remote=RemoteOut.of(content.remote),
            third_parties=[ThirdPartyOut.of(party) for party in content.third_parties],
            certificates=[CertificateOut.of(answer) for answer in recording.certificates],
        )


class ResultDetailOut(ResultOut):
    """一个检查结果及其内容。"""

    content: ContentOut | None = Field(description="内容；提交前只有本部门可见，此时其他部门看到的为空")

    @classmethod
    def detailed(cls, record: InspectionRecord, recording: Recording | None) -> ResultDetailOut:
        content = None if recording is None else ContentOut.of(recording)
        return cls(**ResultOut.of(record).model_dump(), content=content)
