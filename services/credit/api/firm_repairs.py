"""Enterprises apply for credit repair themselves, over HTTP (C6): without account, by the code on their notice."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from services.credit.api.repair_shapes import (
    FirmRepairIn,
    RepairFileOut,
    RepairStatusOut,
    RepairWithdrawalIn,
)
from services.credit.api.repairs import RepairId
from services.credit.api.shapes import Instant
from services.credit.domain.repair_tokens import FILE_LIMIT, MOST_BYTES, MOST_FILES
from services.credit.domain.repairs import REPAIR_KIND_NAMES, RepairKind
from services.credit.usecases.repair_by_enterprise import (
    ApplyByToken,
    FirmPage,
    Repairable,
    TakenToken,
    TakeToken,
    WithdrawByToken,
    apply_by_token,
    read_firm_page,
    receive_file,
    take_token,
    withdraw_by_token,
)
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out

router = APIRouter(prefix="/v1/repair-tokens", tags=["企业自行申请信用修复"])
AN_EXAMPLE = "Vh2yZk0mS8b1xq7JtN4wPcR6uLdG9eAoYiF3sKzTQ5M"
Token = Annotated[
    str, Path(description="办理凭证", min_length=43, max_length=43, pattern="^[A-Za-z0-9_-]+$", examples=[AN_EXAMPLE])
]


class CodeIn(In):
    """凭检查码取得办理凭证。"""

    code: str = Field(
        description="检查通知书上的检查码，大小写、空格和连字符不限",
        max_length=60,
        examples=["7KQ2M-X9BDR-4TNPC-8VWHA"],
    )


class TokenOut(Out):
    """办理凭证。"""

    token: str = Field(description="办理凭证，只显示一次，请妥善保管", examples=[AN_EXAMPLE])
    entity_id: UUID = Field(description="凭证代表的经营主体编号")
    entity_name: str | None = Field(description="经营主体名称", examples=["孟津区丰穗霖保安服务有限公司"])
    expires_at: Instant = Field(description="有效期至")
    most_files: int = Field(description="至多上传的材料份数", examples=[MOST_FILES])
    most_bytes: int = Field(description="材料合计的上限，字节", examples=[MOST_BYTES])
    file_limit: int = Field(description="一份材料的上限，字节", examples=[FILE_LIMIT])

    @classmethod
    def of(cls, taken: TakenToken) -> TokenOut:
        return cls(
            token=taken.secret,
            entity_id=taken.token.entity_id,
            entity_name=taken.entity_name,
            expires_at=taken.token.expires_at,
            most_files=MOST_FILES,
            most_bytes=MOST_BYTES,
            file_limit=FILE_LIMIT,
        )


class RepairableOut(Out):
    """一条可以申请修复的信息，以及现在能否在本平台申请。"""

    kind: RepairKind = Field(description="listing 列入记录，fact 其他信用信息", examples=["listing"])
    kind_name: str = Field(description="修复的效果", examples=[REPAIR_KIND_NAMES[RepairKind.LISTING]])
    listing_id: UUID | None = Field(description="列入记录编号")
    source: str | None = Field(description="信用信息来源", examples=["results"])
    key: str | None = Field(description="来源中的记录", examples=["01920f3e-8c1a-7b52-9d61-3f0a5c7e2b11"])
    title: str = Field(description="信息", examples=["经营异常名录：通过登记的住所（经营场所）无法联系"])
    department: str = Field(description="作出原决定的部门或提供信息的机关", examples=["SCJG"])
    can_apply: bool = Field(description="现在能否申请", examples=[True])
    why_not: str = Field(description="不能申请的原因", examples=[""])

    @classmethod
    def of(cls, one: Repairable) -> RepairableOut:
        return cls(
            kind=one.aim.kind,
            kind_name=REPAIR_KIND_NAMES[one.aim.kind],
            listing_id=one.aim.listing_id,
            source=one.aim.source,
            key=one.aim.key,
            title=one.title,
            department=one.department,
            can_apply=not one.why_not,
            why_not=one.why_not,
        )


class FirmPageOut(Out):
    """经营主体的信用修复事项。"""

    entity_id: UUID = Field(description="经营主体编号")
    entity_name: str | None = Field(description="经营主体名称", examples=["孟津区丰穗霖保安服务有限公司"])
    expires_at: datetime = Field(description="办理凭证有效期至")
    files: int = Field(description="已上传的材料份数", examples=[1])
    bytes: int = Field(description="已上传的材料合计，字节", examples=[204800])
    repairables: list[RepairableOut] = Field(description="可以修复的信息")
    repairs: list[RepairStatusOut] = Field(description="已提出的申请，新的在前")

    @classmethod
    def of(cls, page: FirmPage) -> FirmPageOut:
        return cls(
            entity_id=page.token.entity_id,
            entity_name=page.entity_name,
            expires_at=page.token.expires_at,
            files=page.token.files,
            bytes=page.token.bytes,
            repairables=[RepairableOut.of(one) for one in page.repairables],
            repairs=[RepairStatusOut.of([one]) for one in page.repairs],
        )


@router.post(
    "",
    status_code=201,
    response_model=TokenOut,
    summary="凭检查码取得办理凭证",
    description="无需登录。检查通知书上的检查码代表被检查的经营主体；凭证半小时内有效，可以自行申请信用修复。",
)
async def create_repair_token(body: CodeIn, act: CurrentAct) -> Response:
    return await act.run(take_token, TakeToken(body.code), shows=TokenOut.of, status=201)


@router.get(
    "/{token}",
    response_model=FirmPageOut,
    summary="可以修复的信息和已提出的申请",
    description="无需登录，凭办理凭证查询本经营主体哪些信息可以申请修复、申请办到哪一步。",
)
async def get_firm_page(token: Token, work: Reading) -> FirmPageOut:
    return FirmPageOut.of(await read_firm_page(token, work))


@router.post(
    "/{token}/files",
    status_code=201,
    response_model=RepairFileOut,
    summary="上传证明材料",
    description="请求体就是文件本身：PDF、JPEG 或 PNG，不超过 20 MB；一个凭证至多 20 份、合计 60 MB。"
    "申请时填写返回的摘要。",
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {}}}}},
)
async def add_firm_repair_file(token: Token, request: Request, work: Reading) -> RepairFileOut:
    stored = await receive_file(token, request.stream(), work)
    return RepairFileOut(digest=stored.digest, size=stored.size)


@router.post(
    "/{token}/repairs",
    status_code=201,
    response_model=RepairStatusOut,
    summary="自行申请信用修复",
    description="无需登录，凭办理凭证提出；由作出原决定的部门受理，凭申请编号查询进度。",
)
async def create_firm_repair(token: Token, body: FirmRepairIn, act: CurrentAct) -> Response:
    command = ApplyByToken(token, body.aim(), body.grounds, body.files())
    return await act.run(apply_by_token, command, shows=lambda made: RepairStatusOut.of([made]), status=201)


@router.post(
    "/{token}/repairs/{repair_id}/withdrawal",
    response_model=RepairStatusOut,
    summary="自行撤回申请",
    description="作出决定之前，经营主体凭办理凭证撤回自己的申请。",
)
async def create_firm_repair_withdrawal(
    token: Token, repair_id: RepairId, body: RepairWithdrawalIn, act: CurrentAct
) -> Response:
    command = WithdrawByToken(token, repair_id, body.reason)
    return await act.run(withdraw_by_token, command, shows=lambda made: RepairStatusOut.of([made]))
