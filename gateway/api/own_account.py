"""What officers do with their own password, and administrators with a lost second factor."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field

from gateway.api.accounts import AccountOut
from gateway.domain.accounts import PasswordWrong
from gateway.domain.clients import ChangeState
from gateway.domain.resets import SecondFactorReset
from gateway.usecases.change_password import ChangePassword, change_password, count_wrong_password
from gateway.usecases.reset_second_factor import (
    DecideReset,
    ProposeReset,
    decide_reset,
    list_resets_page,
    propose_reset,
)
from shared.runtime.app import CurrentAct, CurrentProcess, Reading
from shared.runtime.http import Caller, In, Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["账号"])
ResetId = Annotated[UUID, Path(description="重置编号")]


class PasswordIn(In):
    """修改本人密码。"""

    present: str = Field(description="当前密码", max_length=200, examples=["shuang-sui-ji-2026"])
    wanted: str = Field(
        description="新密码：至少 12 位，或 10 位且含三类字符",
        min_length=10,
        max_length=200,
        examples=["gong-zheng-jian-guan-2027"],
    )


class SecondFactorResetIn(In):
    """提出重置一个账号的动态验证码。"""

    login: str = Field(description="账号名", max_length=60, examples=["scjg.admin"])
    reason: str = Field(
        description="原因，以及怎样核实是本人申请", min_length=2, max_length=200, examples=["手机遗失，已当面核验证件"]
    )


class SecondFactorResetOut(Out):
    """一项动态验证码重置。"""

    id: UUID = Field(description="重置编号")
    login: str = Field(description="账号名", examples=["scjg.admin"])
    reason: str = Field(description="原因", examples=["手机遗失，已当面核验证件"])
    state: ChangeState = Field(description="状态：proposed 待审批、approved 已批准、refused 已退回")
    proposed_by: str = Field(description="提出人", examples=["officer:admin"])
    proposed_at: datetime = Field(description="提出时间")
    decided_by: str | None = Field(description="审批人", examples=["officer:security"])
    decided_at: datetime | None = Field(description="审批时间")

    @classmethod
    def of(cls, reset: SecondFactorReset) -> SecondFactorResetOut:
        return cls.model_validate({name: getattr(reset, name) for name in cls.model_fields})


@router.post(
    "/passwords",
    status_code=201,
    response_model=AccountOut,
    summary="修改密码",
    description="修改本人密码，须提供当前密码；修改后已有的令牌在一分钟内全部失效，请重新登录。当前密码错误计入登录失败次数。",
)
async def create_password(body: PasswordIn, act: CurrentAct, caller: Caller, process: CurrentProcess) -> Response:
    command = ChangePassword(body.present, body.wanted)
    try:
        return await act.run(change_password, command, shows=AccountOut.of, status=201)
    except PasswordWrong:
        await count_wrong_password(process.open(caller))
        raise


@router.post(
    "/second-factor-resets",
    status_code=201,
    response_model=SecondFactorResetOut,
    summary="提出重置动态验证码",
    description="验证器丢失时，由系统管理员或安全管理员提出，另一人审批后生效。",
)
async def create_second_factor_reset(body: SecondFactorResetIn, act: CurrentAct) -> Response:
    command = ProposeReset(body.login, body.reason)
    return await act.run(propose_reset, command, shows=SecondFactorResetOut.of, status=201)


@router.get(
    "/second-factor-resets",
    response_model=Page[SecondFactorResetOut],
    summary="动态验证码重置列表",
    description="新的在前。",
)
async def list_second_factor_resets(work: Reading, paging: Paging) -> Page[SecondFactorResetOut]:
    rows = await list_resets_page(work, paging.size + 1, paging.after_id)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[SecondFactorResetOut](items=[SecondFactorResetOut.of(row) for row in shown], next=more)


@router.post(
    "/second-factor-resets/{reset_id}/approval",
    response_model=SecondFactorResetOut,
    summary="批准重置动态验证码",
    description="由提出人和账号本人以外的系统管理员或安全管理员批准；账号的动态验证码取消，已有令牌失效。",
)
async def create_second_factor_reset_approval(reset_id: ResetId, act: CurrentAct) -> Response:
    return await act.run(decide_reset, DecideReset(reset_id, ChangeState.APPROVED), shows=SecondFactorResetOut.of)


@router.post(
    "/second-factor-resets/{reset_id}/refusal",
    response_model=SecondFactorResetOut,
    summary="退回重置动态验证码",
    description="由提出人以外的管理员退回，不作任何改变。",
)
async def create_second_factor_reset_refusal(reset_id: ResetId, act: CurrentAct) -> Response:
    return await act.run(decide_reset, DecideReset(reset_id, ChangeState.REFUSED), shows=SecondFactorResetOut.of)
