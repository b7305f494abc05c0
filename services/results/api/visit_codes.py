"""Visit codes over HTTP: what officers print, what the enterprise opens and says (B3, B18)."""

from __future__ import annotations

import base64
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field

from services.results.api.inspection_shown import SheetLineOut
from services.results.api.shown import here
from services.results.domain.visit_codes import Rating, answer_for, printed
from services.results.usecases.sign_receipt import Receipt, sign_receipt
from services.results.usecases.visit_codes import (
    CodeHolder,
    OpenedCode,
    OpenedPart,
    RateVisit,
    code_for_notice,
    holder_of_code,
    open_code,
    rate_visit,
)
from shared.runtime.app import CurrentAct, CurrentProcess, Reading, peers_only
from shared.runtime.http import In, Out
from shared.values.text import clean

router = APIRouter(prefix="/v1", tags=["检查码"])
internal = APIRouter(prefix="/internal/v1", tags=["内部"], dependencies=[Depends(peers_only)])
A_CODE = "7KQ2M-X9BDR-4TNPC-8VWHA"
Code = Annotated[str, Path(description="检查码，大小写、空格和连字符不限", max_length=60, examples=[A_CODE])]


class NoticeCodeOut(Out):
    """印在检查通知书上的检查码。"""

    visit_id: UUID = Field(description="检查编号")
    code: str = Field(description="检查码，五位一组", examples=[A_CODE])
    issued_at: datetime = Field(description="签发时间")
    first_opened_at: datetime | None = Field(description="企业首次查看的时间")
    stars: int | None = Field(description="企业评价，1 至 5；为空表示没有评价", examples=[5])
    asked_outside: bool | None = Field(description="企业是否反映检查超出通知的事项", examples=[False])
    showed_certificates: bool | None = Field(description="企业是否反映检查人员出示了证件", examples=[True])
    comment: str | None = Field(description="企业的意见", examples=["检查人员态度好"])


class CodeOfficerOut(Out):
    """上门的一名检查人员。"""

    name: str = Field(description="姓名", examples=["张示例"])
    certificate_no: str = Field(description="执法证号", examples=["16030800001"])
    valid: bool = Field(description="执法证今天是否有效", examples=[True])


class CodePartOut(Out):
    """一个部门为何而来。"""

    department: str = Field(description="部门代码", examples=["SCJG"])
    department_name: str | None = Field(description="部门名称；名录库中没有则为空", examples=["孟津区市场监督管理局"])
    officers: list[CodeOfficerOut] = Field(description="指派的检查人员；其他人不能实施检查")
    items: list[SheetLineOut] = Field(description="检查的事项及依据；超出的可以拒绝")
    is_recorded: bool = Field(description="是否已经录入检查结果", examples=[False])

    @classmethod
    def of(cls, part: OpenedPart) -> CodePartOut:
        officers = [
            CodeOfficerOut(name=card.name, certificate_no=card.certificate_no, valid=card.valid)
            for card in part.officers
        ]
        items = [SheetLineOut.of(line) for line in part.items]
        return cls(
            department=part.department,
            department_name=part.department_name,
            officers=officers,
            items=items,
            is_recorded=part.is_recorded,
        )


class ReceiptOut(Out):
    """无效检查码的答复凭据，由平台签名，可以离线核验。"""

    text: str = Field(description="凭据正文，签名覆盖其全部字节（UTF-8）", examples=["检查码答复凭据（ssj-receipt/1）"])
    algorithm: str = Field(description="签名算法（RFC 8032）", examples=["Ed25519"])
    signature: str = Field(
        description="签名，64 字节，Base64",
        examples=["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw=="],
    )
    public_key: str = Field(
        description="签发服务的公钥，32 字节，Base64；请与平台公布的公钥核对",
        examples=["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="],
    )

    @classmethod
    def of(cls, receipt: Receipt) -> ReceiptOut:
        return cls(
            text=receipt.text,
            algorithm="Ed25519",
            signature=base64.b64encode(receipt.signature).decode(),
            public_key=base64.b64encode(receipt.public_key).decode(),
        )


class OpenedCodeOut(Out):
    """检查码的答复。"""

    valid: bool = Field(description="今天能否据此检查", examples=[True])
    verdict: str = Field(
        description="valid 有效，not_yet 未到检查时段，past 已过检查时段，called_off 检查已取消，"
        "unknown 不是本平台签发，mistyped 校验位不符",
        examples=["valid"],
    )
    answer: str = Field(description="给企业的答复", examples=["检查码有效。检查人员应当主动出示执法证件。"])
    answered_at: datetime = Field(description="答复时间")
    entity_name: str | None = Field(description="检查对象名称", examples=["孟津区某某商贸有限公司"])
    origin: str | None = Field(
        description="draw 抽取，lead 线索核查，reinspection 复查；为空表示没有这次检查", examples=["draw"]
    )
    basis: str | None = Field(description="非抽取检查的事由", examples=["投诉举报核查"])
    task_no: str | None = Field(description="抽查任务编号或线索编号", examples=["410308202603091001"])
    draw_id: UUID | None = Field(description="抽取编号，可据以核验抽取；非抽取检查为空")
    window_start: date | None = Field(description="检查时段的第一天")
    window_end: date | None = Field(description="检查时段的最后一天")
    parts: list[CodePartOut] = Field(description="各部门及其人员、事项")
    is_rated: bool = Field(description="是否已经评价", examples=[False])
    receipt: ReceiptOut | None = Field(description="检查码无效时给企业的凭据，可以据以拒绝检查；有效的为空")

    @classmethod
    def of(cls, opened: OpenedCode, receipt: Receipt | None) -> OpenedCodeOut:
        visit = opened.visit
        return cls(
            valid=opened.is_valid,
            verdict=opened.verdict.value,
            answer=opened.answer,
            answered_at=here(opened.answered_at),
            entity_name=opened.entity_name,
            origin=None if visit is None else visit.origin,
            basis=None if visit is None or not visit.basis else visit.basis,
            task_no=None if visit is None else visit.task_no,
            draw_id=None if visit is None or visit.origin != "draw" else visit.draw_id,
            window_start=None if visit is None else visit.window_start,
            window_end=None if visit is None else visit.window_end,
            parts=[CodePartOut.of(part) for part in opened.parts],
            is_rated=opened.is_rated,
            receipt=None if receipt is None else ReceiptOut.of(receipt),
        )


class CodeHolderOut(Out):
    """检查码代表的经营主体。"""

    verdict: str = Field(description="检查码的情况，与 GET /v1/visit-codes/{code} 相同", examples=["past"])
    answer: str = Field(description="给企业的答复", examples=["检查码是本平台签发的，但检查时段已过。"])
    visit_id: UUID | None = Field(description="检查编号；不是本平台签发的为空")
    entity_id: UUID | None = Field(description="经营主体编号；不是本平台签发的为空")

    @classmethod
    def of(cls, found: CodeHolder) -> CodeHolderOut:
        visit = found.visit
        return cls(
            verdict=found.verdict.value,
            answer=answer_for(found.verdict),
            visit_id=None if visit is None else visit.id,
            entity_id=None if visit is None else visit.entity_id,
        )


class RatingIn(In):
    """企业对一次检查的评价。"""

    stars: int = Field(description="评价，1（很差）至 5（很好）", ge=1, le=5, examples=[5])
    showed_certificates: bool = Field(description="检查人员是否主动出示执法证件", examples=[True])
    asked_outside: bool = Field(description="是否检查了通知以外的事项", examples=[False])
    comment: str | None = Field(None, description="意见，只供监督部门使用", max_length=1000, examples=["检查很规范"])

    def value(self) -> Rating:
        comment = clean(self.comment) if self.comment else None
        return Rating(self.stars, self.showed_certificates, self.asked_outside, comment or None)


class RatingOut(Out):
    """收到的评价。"""

    stars: int = Field(description="评价，1 至 5", examples=[5])


@router.get(
    "/visits/{visit_id}/code",
    response_model=NoticeCodeOut,
    summary="检查码（供通知书）",
    description="参加部门可见。检查码随指派签发，先有码、后上门；没有检查码的检查在检查任务列表中以 code_state 标明。",
)
async def get_visit_code(visit_id: UUID, work: Reading) -> NoticeCodeOut:
    code, rated = await code_for_notice(visit_id, work)
    rating = None if rated is None else rated[0]
    return NoticeCodeOut(
        visit_id=code.visit_id,
        code=printed(code.code),
        issued_at=here(code.issued_at),
        first_opened_at=None if code.first_opened_at is None else here(code.first_opened_at),
        stars=None if rating is None else rating.stars,
        asked_outside=None if rating is None else rating.asked_outside,
        showed_certificates=None if rating is None else rating.showed_certificates,
        comment=None if rating is None else rating.comment,
    )


@router.get(
    "/visit-codes/{code}",
    response_model=OpenedCodeOut,
    summary="扫检查码",
    description="无需登录。谁来检查、查什么、依据哪次抽取；无效的检查码也有明确答复和平台签名的凭据，企业可以据以拒绝。",
)
async def open_visit_code(code: Code, work: Reading, process: CurrentProcess) -> OpenedCodeOut:
    is_public = work.principal.officer_id is None and not work.principal.roles
    opened = await open_code(code, work, by_enterprise=is_public)
    receipt = None if opened.is_valid else sign_receipt(code, opened, work.principal.district, process.key)
    return OpenedCodeOut.of(opened, receipt)


@router.post(
    "/visit-codes/{code}/ratings",
    status_code=201,
    response_model=RatingOut,
    summary="评价检查",
    description="无需登录，凭检查码评价一次；检查时段开始之后可以评价。",
)
async def create_visit_rating(code: Code, body: RatingIn, act: CurrentAct) -> Response:
    command = RateVisit(code, body.value())
    return await act.run(rate_visit, command, shows=lambda rating: RatingOut(stars=rating.stars), status=201)


@internal.get(
    "/visit-codes/{code}",
    response_model=CodeHolderOut,
    summary="检查码代表谁",
    description="供为经营主体办理事务的服务核对其检查码；不记为企业查看。",
)
async def get_code_holder(code: Code, work: Reading) -> CodeHolderOut:
    return CodeHolderOut.of(await holder_of_code(code, work))
