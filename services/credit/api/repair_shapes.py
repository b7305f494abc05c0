"""How repairs are handed in and shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.credit.api.shapes import Instant
from services.credit.domain.repairs import (
    REPAIR_KIND_NAMES,
    REPAIR_STATE_NAMES,
    Evidence,
    Repair,
    RepairKind,
    RepairState,
)
from services.credit.usecases.repair_credit import ApplyForRepair, DecideRepair
from services.credit.usecases.repair_targets import Aim
from shared.runtime.http import In, Out

_DIGEST = "3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8551"
Text = Annotated[str, Field(min_length=1, max_length=1000)]


class RepairFileOut(Out):
    """收到的文件。"""

    digest: str = Field(description="文件的 SHA-256，十六进制", examples=[_DIGEST])
    size: int = Field(description="字节数", examples=[204800])


class EvidencePart(In):
    """一份证明材料。"""

    name: str = Field(description="材料名称", min_length=1, max_length=200, examples=["整改情况报告.pdf"])
    digest: str = Field(description="上传时得到的摘要", pattern="^[0-9a-f]{64}$", examples=[_DIGEST])


class FirmRepairIn(In):
    """经营主体自己提出的信用修复申请。修复列入记录填 listing_id；修复其他信用信息填 source 和 key。"""

    kind: RepairKind = Field(description="listing 移出名单，fact 停止公示并不再计分", examples=["listing"])
    listing_id: UUID | None = Field(None, description="列入记录编号")
    source: str | None = Field(None, max_length=60, description="信用信息来源，见诚信档案", examples=["import"])
    key: str | None = Field(None, max_length=300, description="来源中的记录", examples=["双公示平台/CF-2026-0017"])
    grounds: Text = Field(description="申请理由", examples=["已履行义务，纠正违法行为，作出守信承诺"])
    evidence: list[EvidencePart] = Field(description="证明材料", max_length=20)

    def aim(self) -> Aim:
        return Aim(self.kind, self.listing_id, self.source, self.key)

    def files(self) -> tuple[Evidence, ...]:
        return tuple(Evidence(one.name, one.digest) for one in self.evidence)


class RepairIn(FirmRepairIn):
    """信用修复申请。修复列入记录填 listing_id；修复其他信用信息填 source 和 key。"""

    uscc: str = Field(description="统一社会信用代码或检查对象编号", max_length=64, examples=["91410308MXYT81MC3Y"])

    def command(self) -> ApplyForRepair:
        return ApplyForRepair(self.uscc, self.aim(), self.grounds, self.files())


class RepairAcceptanceIn(In):
    """受理意见。"""

    accept: bool = Field(description="是否受理", examples=[True])
    reason: str | None = Field(None, max_length=1000, description="不予受理的原因", examples=["材料齐全"])


class RepairDecisionIn(In):
    """修复决定。"""

    grant: bool = Field(description="是否准予修复", examples=[True])
    document_no: Text = Field(description="决定文号", examples=["孟市监信修字〔2026〕8号"])
    authority: Text = Field(description="作出决定的机关", examples=["洛阳市孟津区市场监督管理局"])
    on: date = Field(description="生效日期，自该日起移出或不再计分", examples=["2026-11-24"])
    reason: Text = Field(description="理由", examples=["已履行义务并纠正违法行为"])

    def command(self, repair_id: UUID) -> DecideRepair:
        return DecideRepair(repair_id, self.grant, self.document_no, self.authority, self.on, self.reason)


class RepairWithdrawalIn(In):
    """撤回。"""

    reason: Text = Field(description="撤回原因", examples=["申请人书面撤回"])


class RepairOut(Out):
    """一件信用修复申请（一个版本）。"""

    repair_id: UUID = Field(description="申请编号")
    version: int = Field(description="版本，每办一步加一", examples=[1])
    department: str = Field(description="办理部门，即作出原决定的部门", examples=["SCJG"])
    entity_id: UUID = Field(description="检查对象编号")
    kind: RepairKind = Field(description="种类代码", examples=["listing"])
    kind_name: str = Field(description="种类", examples=["移出名单"])
    listing_id: UUID | None = Field(description="列入记录编号")
    source: str | None = Field(description="信用信息来源", examples=["import"])
    key: str | None = Field(description="来源中的记录", examples=["双公示平台/CF-2026-0017"])
    title: str = Field(description="要修复的信息", examples=["经营异常名录：通过登记的住所（经营场所）无法联系"])
    grounds: str = Field(description="申请理由", examples=["已履行义务，纠正违法行为"])
    evidence: list[EvidencePart] = Field(description="证明材料")
    state: RepairState = Field(description="状态代码", examples=["applied"])
    state_name: str = Field(description="状态", examples=["已申请，待受理"])
    due_on: date | None = Field(description="本步骤最迟办结日（工作日计算），没有待办步骤时为空")
    due_is_provisional: bool = Field(description="下一年度放假安排未公布，最迟日期为暂定", examples=[False])
    document_no: str | None = Field(description="决定文号", examples=["孟市监信修字〔2026〕8号"])
    ruled_on: date | None = Field(description="生效日期")
    reason: str | None = Field(description="决定、不予受理或撤回的理由", examples=["已履行义务并纠正违法行为"])
    applied_by: str = Field(description="登记人", examples=["officer:zhang"])
    applied_at: Instant = Field(description="申请时间")
    acted_by: str = Field(description="办理本步骤的人", examples=["officer:zhang"])
    acted_at: Instant = Field(description="办理本步骤的时间")

    @classmethod
    def of(cls, one: Repair) -> RepairOut:
        target, ruling = one.target, one.ruling
        return cls(
            repair_id=one.id,
            version=one.version,
            department=one.owner_department,
            entity_id=one.entity_id,
            kind=target.kind,
            kind_name=REPAIR_KIND_NAMES[target.kind],
            listing_id=target.listing_id,
            source=target.source,
            key=target.key,
            title=target.title,
            grounds=one.grounds,
            evidence=[EvidencePart(name=file.name, digest=file.digest) for file in one.evidence],
            state=one.state,
            state_name=REPAIR_STATE_NAMES[one.state],
            due_on=one.due_on,
            due_is_provisional=one.due_is_provisional,
            document_no=ruling and ruling.document_no,
            ruled_on=ruling and ruling.on,
            reason=ruling and ruling.reason,
            applied_by=one.applied_by,
            applied_at=one.applied_at,
            acted_by=one.acted_by,
            acted_at=one.acted_at,
        )


class RepairVersionsOut(Out):
    """一件信用修复申请的最新状态和每一步。"""

    current: RepairOut = Field(description="最新状态")
    steps: list[RepairOut] = Field(description="每一步，先办的在前")

    @classmethod
    def of(cls, versions: Sequence[Repair]) -> RepairVersionsOut:
        steps = [RepairOut.of(one) for one in versions]
        return cls(current=steps[-1], steps=steps)


class RepairStepOut(Out):
    """进度中的一步。"""

    state_name: str = Field(description="状态", examples=["已受理，办理中"])
    at: Instant = Field(description="时间")


class RepairStatusOut(Out):
    """办理进度。"""

    repair_id: UUID = Field(description="申请编号")
    kind_name: str = Field(description="种类", examples=["移出名单"])
    title: str = Field(description="要修复的信息", examples=["经营异常名录：通过登记的住所（经营场所）无法联系"])
    department: str = Field(description="办理部门", examples=["SCJG"])
    state: RepairState = Field(description="状态代码", examples=["accepted"])
    state_name: str = Field(description="状态", examples=["已受理，办理中"])
    due_on: date | None = Field(description="本步骤最迟办结日")
    due_is_provisional: bool = Field(description="最迟日期是否为暂定", examples=[False])
    document_no: str | None = Field(description="决定文号", examples=["孟市监信修字〔2026〕8号"])
    ruled_on: date | None = Field(description="生效日期")
    steps: list[RepairStepOut] = Field(description="每一步的时间")

    @classmethod
    def of(cls, versions: Sequence[Repair]) -> RepairStatusOut:
        one = versions[-1]
        return cls(
            repair_id=one.id,
            kind_name=REPAIR_KIND_NAMES[one.target.kind],
            title=one.target.title,
            department=one.owner_department,
            state=one.state,
            state_name=REPAIR_STATE_NAMES[one.state],
            due_on=one.due_on,
            due_is_provisional=one.due_is_provisional,
            document_no=one.ruling and one.ruling.document_no,
            ruled_on=one.ruling and one.ruling.on,
            steps=[
                RepairStepOut(state_name=REPAIR_STATE_NAMES[step.state], at=step.acted_at)
                for before, step in zip((None, *versions), versions, strict=False)
                # A version that only moves the last day (R2) is no step of its own.
                if before is None or before.state is not step.state
            ],
        )
