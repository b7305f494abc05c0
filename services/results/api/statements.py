"""Statements of enterprises over HTTP (陈述申辩)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.results.api.cursors import after_id
from services.results.api.shown import here
from services.results.api.visit_codes import Code
from services.results.domain.statements import Statement
from services.results.usecases.state_objection import (
    ModerateStatement,
    StateByCode,
    StatementFilter,
    SubmitStatement,
    enter_statement,
    moderate_statement,
    one_statement,
    page_of_statements,
    receive_statement,
    state_by_code,
    statements_beside,
    statements_by_code,
)
from shared.runtime.app import CurrentAct, Reading, peers_only
from shared.runtime.http import In, Out, Page, Paging, etag, next_cursor
from shared.values.text import clean

router = APIRouter(prefix="/v1", tags=["陈述申辩"])
internal = APIRouter(prefix="/internal/v1", tags=["内部"], dependencies=[Depends(peers_only)])
_TEXT = "我公司已于检查次日补办并公示，请求一并公开整改情况。"


class StatementIn(In):
    """经营主体的陈述申辩。"""

    text: str = Field(
        description="陈述申辩内容；不要写个人姓名、电话和证件号码", min_length=1, max_length=3000, examples=[_TEXT]
    )


class FirmStatementIn(StatementIn):
    """经营主体自己提出的陈述申辩。"""

    entity_id: UUID = Field(description="提出的经营主体编号（由其一次性凭证确定）")


class CodeStatementIn(StatementIn):
    """经营主体凭检查码提出的陈述申辩。"""

    result_id: UUID = Field(description="针对的检查结果编号")


class ModerationIn(In):
    """审核陈述申辩。"""

    decision: Literal["published", "rejected"] = Field(
        description="published 公开，rejected 不予公开", examples=["published"]
    )
    reason: str = Field("", description="理由；不予公开时必填，会告知经营主体", max_length=1000, examples=[""])


class PublicStatementOut(Out):
    """与检查结果一并公开的陈述申辩。"""

    statement_id: UUID = Field(description="陈述申辩编号")
    result_version: int = Field(description="所针对的公示版本", examples=[1])
    text: str = Field(description="内容", examples=[_TEXT])
    published_at: datetime | None = Field(description="公开时间")

    @classmethod
    def public(cls, one: Statement) -> PublicStatementOut:
        at = None if one.moderated_at is None else here(one.moderated_at)
        return cls(statement_id=one.id, result_version=one.result_version, text=one.text, published_at=at)


class PublicStatementsOut(Out):
    """检查结果旁的陈述申辩。"""

    items: list[PublicStatementOut] = Field(description="先提出的在前")


class StatementOut(Out):
    """一份陈述申辩的办理情况。"""

    statement_id: UUID = Field(description="陈述申辩编号")
    version: int = Field(description="版本（ETag）", examples=[1])
    result_id: UUID = Field(description="检查结果编号")
    result_version: int = Field(description="所针对的公示版本", examples=[1])
    department: str = Field(description="作出结果的部门代码", examples=["SCJG"])
    entity_id: UUID = Field(description="经营主体编号")
    entity_name: str = Field(description="经营主体名称", examples=["孟津示例食品有限公司"])
    channel: str = Field(description="enterprise 自行提出，officer 工作人员代为录入", examples=["officer"])
    text: str = Field(description="内容", examples=[_TEXT])
    submitted_at: datetime = Field(description="提出时间")
    state: str = Field(description="submitted 待审核，published 已公开，rejected 不予公开", examples=["submitted"])
    reason: str = Field(description="审核理由", examples=[""])
    moderated_at: datetime | None = Field(description="审核时间")

    @classmethod
    def of(cls, one: Statement) -> StatementOut:
        return cls(
            statement_id=one.id,
            version=one.version,
            result_id=one.result_id,
            result_version=one.result_version,
            department=one.department,
            entity_id=one.entity_id,
            entity_name=one.entity_name,
            channel=one.channel.value,
            text=one.text,
            submitted_at=here(one.submitted_at),
            state=one.state.value,
            reason=one.reason,
            moderated_at=None if one.moderated_at is None else here(one.moderated_at),
        )


class StatementStatusOut(Out):
    """经营主体看到的陈述申辩办理情况。"""

    statement_id: UUID = Field(description="陈述申辩编号")
    result_id: UUID = Field(description="检查结果编号")
    submitted_at: datetime = Field(description="提出时间")
    state: str = Field(description="submitted 待审核，published 已公开，rejected 不予公开", examples=["submitted"])
    reason: str = Field(description="不予公开的理由", examples=[""])
    moderated_at: datetime | None = Field(description="审核时间")

    @classmethod
    def status_of(cls, one: Statement) -> StatementStatusOut:
        return cls(
            statement_id=one.id,
            result_id=one.result_id,
            submitted_at=here(one.submitted_at),
            state=one.state.value,
            reason=one.reason,
            moderated_at=None if one.moderated_at is None else here(one.moderated_at),
        )


class StatementStatusesOut(Out):
    """一次检查的陈述申辩。"""

    items: list[StatementStatusOut] = Field(description="先提出的在前")


@router.post(
    "/results/{result_id}/statements",
    status_code=201,
    response_model=StatementOut,
    summary="录入陈述申辩",
    description="本部门工作人员代经营主体录入对已公示结果的陈述申辩；审核之前不公开。",
)
async def create_statement(result_id: UUID, body: StatementIn, act: CurrentAct) -> Response:
    command = SubmitStatement(result_id, clean(body.text))
    return await act.run(
        enter_statement,
        command,
        shows=StatementOut.of,
        status=201,
        headers=lambda made: {"ETag": etag(made.version), "Location": f"/v1/statements/{made.id}"},
    )


@router.get(
    "/results/{result_id}/statements",
    response_model=PublicStatementsOut,
    summary="结果旁的陈述申辩",
    description="经审核公开的陈述申辩，与检查结果一并展示。",
)
async def list_result_statements(result_id: UUID, work: Reading) -> PublicStatementsOut:
    found = await statements_beside(result_id, work)
    return PublicStatementsOut(items=[PublicStatementOut.public(one) for one in found])


@router.get(
    "/statements",
    response_model=Page[StatementOut],
    summary="陈述申辩清单",
    description="针对本部门结果的陈述申辩，以及各部门已公开的；`state=submitted` 为待审核清单。",
)
async def list_statements(
    work: Reading,
    paging: Paging,
    state: Annotated[
        Literal["submitted", "published", "rejected"] | None, Query(description="状态", examples=["submitted"])
    ] = None,
    department: Annotated[str | None, Query(description="部门代码", examples=["SCJG"])] = None,
    entity: Annotated[UUID | None, Query(description="经营主体编号")] = None,
    result: Annotated[UUID | None, Query(description="检查结果编号")] = None,
) -> Page[StatementOut]:
    wanted = StatementFilter(state, department, entity, result)
    found = await page_of_statements(wanted, work, paging.size + 1, after_id(paging))
    shown = [StatementOut.of(one) for one in found[: paging.size]]
    more = next_cursor([shown[-1].statement_id]) if len(found) > paging.size else None
    return Page[StatementOut](items=shown, next=more)


@router.get(
    "/statements/{statement_id}",
    response_model=StatementOut,
    summary="查询陈述申辩",
    description="办理情况；公开前只有作出结果的部门可见。",
)
async def get_statement(statement_id: UUID, work: Reading, response: Response) -> StatementOut:
    found = await one_statement(statement_id, work)
    response.headers["ETag"] = etag(found.version)
    return StatementOut.of(found)


@router.post(
    "/visit-codes/{code}/statements",
    status_code=201,
    response_model=StatementStatusOut,
    summary="凭检查码陈述申辩",
    description="无需登录，持检查码的经营主体对本次检查已公示的结果陈述申辩；审核之前不公开。",
)
async def create_firm_statement(code: Code, body: CodeStatementIn, act: CurrentAct) -> Response:
    command = StateByCode(code, body.result_id, clean(body.text))
    return await act.run(state_by_code, command, shows=StatementStatusOut.status_of, status=201)


@router.get(
    "/visit-codes/{code}/statements",
    response_model=StatementStatusesOut,
    summary="凭检查码查询陈述申辩",
    description="无需登录，查询本次检查的陈述申辩办理情况。",
)
async def list_firm_statements(code: Code, work: Reading) -> StatementStatusesOut:
    return StatementStatusesOut(
        items=[StatementStatusOut.status_of(one) for one in await statements_by_code(code, work)]
    )


@router.post(
    "/statements/{statement_id}/moderation",
    response_model=StatementOut,
    summary="审核陈述申辩",
    description="没有参加检查的审核人员审核；公开后与检查结果一并展示，不予公开的告知理由。",
)
async def create_statement_moderation(statement_id: UUID, body: ModerationIn, act: CurrentAct) -> Response:
    command = ModerateStatement(statement_id, body.decision == "published", clean(body.reason))
    return await act.run(
        moderate_statement, command, shows=StatementOut.of, headers=lambda made: {"ETag": etag(made.version)}
    )


@internal.post(
    "/results/{result_id}/statements",
    status_code=201,
    response_model=StatementOut,
    summary="接收经营主体的陈述申辩",
    description="由验证过经营主体凭证的服务转交。",
)
async def receive_firm_statement(result_id: UUID, body: FirmStatementIn, act: CurrentAct) -> Response:
    command = SubmitStatement(result_id, clean(body.text), body.entity_id)
    return await act.run(receive_statement, command, shows=StatementOut.of, status=201)
