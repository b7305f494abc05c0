"""Response bodies of the inspection itself."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.results.domain.content import RemoteCheck, ThirdParty
from services.results.domain.evidence import Evidence
from services.results.domain.signatures import Signature
from services.results.usecases.sheets import ItemLine, Sheet
from services.results.usecases.signing import Signed
from shared.runtime.http import Out
from shared.runtime.sealed import masked
from shared.runtime.unit_of_work import SHANGHAI


class RemoteOut(Out):
    """以数据比对代替上门的经过。"""

    mismatch: str = Field(description="数据比对发现的不一致", examples=["年报从业人数与社保参保人数不一致"])
    notified_on: date = Field(description="通知企业的日期")
    corrected_on: date = Field(description="企业改正的日期")
    rechecked_on: date = Field(description="复核的日期")

    @classmethod
    def of(cls, remote: RemoteCheck | None) -> RemoteOut | None:
        if remote is None:
            return None
        return cls(
            mismatch=remote.mismatch,
            notified_on=remote.notified_on,
            corrected_on=remote.corrected_on,
            rechecked_on=remote.rechecked_on,
        )


class ThirdPartyOut(Out):
    """受委托的专业机构。"""

    name: str = Field(description="机构名称", examples=["洛阳某某检验检测有限公司"])
    qualification: str = Field(description="资质及证书编号", examples=["CMA 资质认定 171600000000"])
    scope: str = Field(description="委托的内容", examples=["散装食品菌落总数检验"])
    cost_fen: int = Field(description="费用，单位：分", examples=[120000])
    payer: str = Field(description="承担费用的部门代码", examples=["SCJG"])
    report_title: str | None = Field(description="报告名称", examples=["检验报告"])
    report_no: str | None = Field(description="报告编号", examples=["SP2026-0312"])
    report_received_on: date | None = Field(description="收到报告的日期")
    report_digest: str | None = Field(description="报告文件的 SHA-256 摘要", examples=["9f86d081"])

    @classmethod
    def of(cls, party: ThirdParty) -> ThirdPartyOut:
        report = party.report
        return cls(
            name=party.name,
            qualification=party.qualification,
            scope=party.scope,
            cost_fen=party.cost_fen,
            payer=party.payer,
            report_title=None if report is None else report.title,
            report_no=None if report is None else report.document_no,
            report_received_on=None if report is None else report.received_on,
            report_digest=None if report is None else report.digest,
        )


class BasisOut(Out):
    """一条检查依据。"""

    law: str = Field(description="法律、法规、规章名称", examples=["中华人民共和国食品安全法"])
    article: str = Field(description="条款", examples=["第一百一十条"])


class SheetLineOut(Out):
    """检查表的一个事项。"""

    item_id: UUID = Field(description="事项编号")
    name: str | None = Field(description="事项名称；暂时取不到时为空", examples=["食品经营许可检查"])
    code: str | None = Field(description="事项编码", examples=["scjg-001"])
    list_version: int | None = Field(description="所依据清单的版次", examples=[1])
    level: str | None = Field(description="general 一般检查事项，key 重点检查事项", examples=["general"])
    content: list[str] = Field(description="检查内容，逐条", examples=[["许可证是否有效"]])
    methods: list[str] = Field(description="检查方式", examples=[["实地核查"]])
    bases: list[BasisOut] = Field(description="检查依据")

    @classmethod
    def of(cls, line: ItemLine) -> SheetLineOut:
        return cls(
            item_id=line.item_id,
            name=line.name,
            code=line.code,
            list_version=line.list_version,
            level=line.level,
            content=list(line.content),
            methods=list(line.methods),
            bases=[BasisOut(law=law, article=article) for law, article in line.bases],
        )


class SheetOut(Out):
    """本部门在一次检查中的检查表。"""

    visit_id: UUID = Field(description="检查编号")
    department: str = Field(description="部门代码", examples=["SCJG"])
    inspector_ids: list[UUID] = Field(description="指派的检查人员")
    vocabulary_version: int = Field(description="检查结果代码表今天的版本", examples=[1])
    items: list[SheetLineOut] = Field(description="应检查的事项")

    @classmethod
    def of(cls, sheet: Sheet) -> SheetOut:
        where = sheet.record.assignment
        return cls(
            visit_id=where.visit_id,
            department=where.department,
            inspector_ids=list(where.inspector_ids),
            vocabulary_version=sheet.outcomes.version,
            items=[SheetLineOut.of(line) for line in sheet.lines],
        )


class EvidenceFileOut(Out):
    """收到的文件。"""

    digest: str = Field(description="文件内容的 SHA-256 摘要", examples=["9f86d081884c7d659a2feaa0c55ad015"])
    size: int = Field(description="大小，字节", examples=[482113])
    media_type: str = Field(description="按内容识别的类型", examples=["image/jpeg"])


class EvidenceOut(EvidenceFileOut):
    """一份证据。"""

    kind: str = Field(description="photo、recording、document、report、notice", examples=["photo"])
    name: str = Field(description="证据名称", examples=["经营场所门头"])
    is_personal: bool = Field(description="是否含有个人信息")
    taken_at: datetime = Field(description="取证（开始录制）时间")
    taken_until: datetime | None = Field(description="录制结束时间")
    item_id: UUID | None = Field(description="所证明的抽查事项")
    place: str = Field(description="取证地点", examples=["孟津区会盟大道 18 号"])
    device: str = Field(description="取证设备", examples=["执法记录仪 03"])
    added_by: str = Field(description="附证据的人", examples=["officer:zhang"])
    added_at: datetime = Field(description="附证据的时间")

    @classmethod
    def of(cls, found: Evidence) -> EvidenceOut:
        return cls(
            digest=found.file.digest,
            size=found.file.size,
            media_type=found.file.media_type,
            kind=found.kind.value,
            name=found.name,
            is_personal=found.is_personal,
            taken_at=found.taken_at.astimezone(SHANGHAI),
            taken_until=None if found.taken_until is None else found.taken_until.astimezone(SHANGHAI),
            item_id=found.item_id,
            place=found.place,
            device=found.device,
            added_by=found.added_by,
            added_at=found.added_at.astimezone(SHANGHAI),
        )


class SignatureOut(Out):
    """一次签名或拒签。"""

    revision: int = Field(description="签名时的修订次数", examples=[1])
    role: str = Field(description="officer 检查人员，enterprise 企业代表", examples=["officer"])
    decision: str = Field(description="signed 签名，refused 拒绝签名", examples=["signed"])
    inspector_id: UUID | None = Field(description="检查人员编号")
    signatory: str | None = Field(description="企业签名人（部分隐去）", examples=["***"])
    capacity: str = Field(description="企业签名人的身份", examples=["店长"])
    reason: str = Field(description="拒签理由", examples=["认为检查结果与事实不符"])
    signed_at: datetime = Field(description="时间")

    @classmethod
    def of(cls, one: Signature) -> SignatureOut:
        return cls(
            revision=one.revision,
            role=one.role.value,
            decision=one.decision.value,
            inspector_id=one.inspector_id,
            signatory=masked(one.signatory),
            capacity=one.capacity,
            reason=one.reason,
            signed_at=one.signed_at.astimezone(SHANGHAI),
        )


class SignaturesOut(Out):
    """检查记录的签名情况。"""

    result_id: UUID = Field(description="检查结果编号")
    version: int = Field(description="版本（ETag）", examples=[3])
    concluded_on: date | None = Field(description="结果形成日期：录入的，或全体检查人员签齐之日")
    officers_missing: list[UUID] = Field(description="还没有在现有内容上签名的检查人员")
    enterprise: str | None = Field(description="企业代表：signed、refused，为空表示尚未表示", examples=["signed"])
    signatures: list[SignatureOut] = Field(description="全部签名，先后为序；修改内容后须重新签名")

    @classmethod
    def of(cls, signed: Signed) -> SignaturesOut:
        standing = signed.standing
        return cls(
            result_id=signed.record.id,
            version=signed.record.version,
            concluded_on=signed.record.concluded_on,
            officers_missing=list(standing.missing),
            enterprise=None if standing.enterprise is None else standing.enterprise.value,
            signatures=[SignatureOut.of(one) for one in signed.signatures],
        )


class ExplanationOut(Out):
    """一名检查人员的重复检查说明。"""

    inspector_id: UUID = Field(description="检查人员编号")
    explanation: str = Field(description="理由", examples=["本次为投诉举报核查，投诉内容各不相同"])


class ExplanationsOut(Out):
    """一个检查结果的全部重复检查说明。"""

    items: list[ExplanationOut] = Field(description="按检查人员")

    @classmethod
    def of(cls, explained: dict[UUID, str]) -> ExplanationsOut:
        return cls(
            items=[ExplanationOut(inspector_id=key, explanation=text) for key, text in sorted(explained.items())]
        )
