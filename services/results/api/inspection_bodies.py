"""Request bodies of the inspection itself: remote checks, third parties, offline stamps, signatures, explanations."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from services.results.domain.content import Discretion, RemoteCheck, ThirdParty, ThirdPartyReport
from services.results.domain.evidence import EvidenceKind
from services.results.domain.offline import OfflineStamp
from services.results.domain.signatures import Decision, Role
from services.results.usecases.attach_evidence import AttachEvidence
from services.results.usecases.signing import Word
from shared.runtime.http import In
from shared.values.text import clean

Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
A_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class DiscretionIn(In):
    """对一个问题选择的裁量情节。"""

    code: Short = Field(description="裁量情节代码，取自代码表 discretion", examples=["first"])
    reason: str = Field(
        description="选择的理由（内部留存，审核可见）",
        max_length=1000,
        examples=["首次发现未亮照经营，当场改正，没有危害后果"],
    )

    def value(self) -> Discretion:
        return Discretion(self.code, clean(self.reason))


class RemoteIn(In):
    """无事不扰：以数据比对、企业改正、复核代替上门检查。"""

    mismatch: Text = Field(description="数据比对发现的不一致", examples=["年报从业人数与社保参保人数不一致"])
    notified_on: date = Field(description="通知企业的日期", examples=["2026-03-02"])
    corrected_on: date = Field(description="企业改正的日期", examples=["2026-03-05"])
    rechecked_on: date = Field(description="复核的日期", examples=["2026-03-06"])

    def value(self) -> RemoteCheck:
        return RemoteCheck(clean(self.mismatch), self.notified_on, self.corrected_on, self.rechecked_on)


class ThirdPartyReportIn(In):
    """受托机构出具的报告。"""

    title: Short = Field(description="报告名称", examples=["食品安全监督抽检检验报告"])
    document_no: Short = Field(description="报告编号", examples=["SP2026-0312"])
    received_on: date = Field(description="收到报告的日期", examples=["2026-03-09"])
    digest: Digest | None = Field(None, description="报告文件的 SHA-256 摘要（已作为证据上传的）", examples=[A_DIGEST])

    def value(self) -> ThirdPartyReport:
        return ThirdPartyReport(clean(self.title), clean(self.document_no), self.received_on, self.digest)


class ThirdPartyIn(In):
    """受委托的检验检测、审计、咨询等专业机构；只提供专业意见，不算执法检查人员。"""

    name: Short = Field(description="机构名称", examples=["洛阳某某检验检测有限公司"])
    qualification: Short = Field(description="资质及证书编号", examples=["CMA 资质认定 171600000000"])
    scope: Text = Field(description="委托的内容", examples=["散装食品菌落总数检验"])
    cost_fen: int = Field(description="费用，单位：分", ge=0, examples=[120000])
    payer: Short = Field(description="承担费用的部门代码（谁委托、谁付费）", examples=["SCJG"])
    report: ThirdPartyReportIn | None = Field(None, description="报告；提交前必须有")

    def value(self) -> ThirdParty:
        texts = (clean(self.name), clean(self.qualification), clean(self.scope))
        return ThirdParty(*texts, self.cost_fen, self.payer, None if self.report is None else self.report.value())


class OfflineIn(In):
    """离线录入的标记，由终端生成；同一份记录重复上传只记一次。"""

    client_record_id: UUID = Field(description="终端生成的记录编号，重传时不变")
    captured_at: AwareDatetime = Field(description="在终端上录完的时间", examples=["2026-03-09T10:45:00+08:00"])
    reason: str = Field(
        "",
        description="补录原因；采集 24 小时之后上传的必填，超过 10 天不能补录",
        max_length=500,
        examples=["山区没有信号"],
    )

    def value(self) -> OfflineStamp:
        return OfflineStamp(self.client_record_id, self.captured_at, clean(self.reason))


class EvidenceIn(In):
    """把已上传的文件附为本次检查的证据。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "digest": A_DIGEST,
                    "kind": "photo",
                    "name": "经营场所门头",
                    "taken_at": "2026-03-09T09:35:00+08:00",
                    "place": "孟津区会盟大道 18 号",
                    "device": "执法记录仪 03",
                }
            ]
        }
    )

    digest: Digest = Field(description="文件的 SHA-256 摘要（上传时返回）", examples=[A_DIGEST])
    kind: EvidenceKind = Field(
        description="photo 照片，recording 执法记录仪音视频，document 文书材料，report 检验检测等报告，notice 通知书",
        examples=["photo"],
    )
    name: Short = Field(description="证据名称", examples=["经营场所门头"])
    is_personal: bool = Field(True, description="是否含有个人信息（人像、身份证件等）", examples=[True])
    taken_at: AwareDatetime = Field(description="取证（开始录制）时间", examples=["2026-03-09T09:35:00+08:00"])
    taken_until: AwareDatetime | None = Field(None, description="录制结束时间")
    item_id: UUID | None = Field(None, description="所证明的抽查事项")
    place: str = Field("", description="取证地点", max_length=200, examples=["孟津区会盟大道 18 号"])
    device: str = Field("", description="取证设备", max_length=100, examples=["执法记录仪 03"])

    def command(self, result_id: UUID) -> AttachEvidence:
        return AttachEvidence(
            result_id=result_id,
            digest=self.digest,
            kind=self.kind,
            name=clean(self.name),
            is_personal=self.is_personal,
            taken_at=self.taken_at,
            taken_until=self.taken_until,
            item_id=self.item_id,
            place=clean(self.place),
            device=clean(self.device),
        )


class EnterpriseWordIn(In):
    """企业代表签名，或者拒绝签名及其理由。"""

    decision: Literal["signed", "refused"] = Field(description="signed 签名，refused 拒绝签名", examples=["signed"])
    signatory: str | None = Field(None, description="签名人姓名；签名时必填", max_length=100, examples=["李示例"])
    capacity: str = Field("", description="签名人的身份", max_length=100, examples=["店长"])
    reason: str = Field("", description="拒绝签名的理由；拒签时必填", max_length=500, examples=[""])

    def value(self) -> Word:
        signatory = clean(self.signatory) if self.signatory else None
        return Word(
            Role.ENTERPRISE,
            Decision(self.decision),
            signatory=signatory or None,
            capacity=clean(self.capacity),
            reason=clean(self.reason),
        )


class ExplanationIn(In):
    """重复检查说明：同一检查人员一年内多次检查同一企业都没有发现问题的理由。"""

    explanation: Text = Field(description="理由", examples=["本次为投诉举报核查，投诉内容各不相同"])
    inspector_ids: list[UUID] = Field(
        default_factory=list, description="说明哪些检查人员；为空表示在场的全部人员", max_length=20
    )
