"""Results over HTTP: reading them, and changing a draft."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import Field

from services.results.api.bodies import RecordIn
from services.results.api.cursors import after_due_and_id
from services.results.api.public import PublicVersionOut
from services.results.api.shown import ResultDetailOut, ResultOut, here
from services.results.usecases.reading import (
    ResultQuery,
    history_of,
    latest_version,
    one_result,
    page_of_results,
    versions_of,
)
from services.results.usecases.revise_record import ReviseRecord, revise_record
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import ExpectedVersion, Out, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/results", tags=["检查结果"])

ResultState = Literal[
    "draft", "submitted", "legal_review", "returned", "approved", "published", "withdrawn", "exempted"
]


class ListedResultOut(ResultOut):
    """列表中的检查结果。"""

    entity_name: str | None = Field(description="检查对象名称；不可见时为空", examples=["孟津示例食品有限公司"])
    uscc: str | None = Field(description="统一社会信用代码", examples=["91410308MA0000001U"])


class HistoryOut(Out):
    """一步办理经过。"""

    version: int = Field(description="办理后的版本", examples=[2])
    act: str = Field(
        description="assign 指派，record 录入，revise 修改，sign 签齐，submit 提交，approve 审核通过，return 退回，"
        "publish 公示，correct 更正，withdraw 撤回，refer 转法制审核，confirm 法制审核通过，exempt 免予公示，"
        "reschedule 重新计算期限",
        examples=["record"],
    )
    state: str = Field(description="办理后的状态", examples=["draft"])
    detail: str = Field(description="意见或理由；公示前其他部门和联席会议办公室看到的为空", examples=["同意公示"])
    actor: str = Field(description="办理人账号", examples=["officer:zhang"])
    acted_at: datetime = Field(description="办理时间")


@router.get(
    "",
    response_model=Page[ListedResultOut],
    summary="检查结果列表",
    description="本部门以及同次检查各部门的结果，公示期限近的在前；`overdue=true` 为逾期未公示清单。",
)
async def list_results(
    work: Reading,
    paging: Paging,
    state: Annotated[ResultState | None, Query(description="状态", examples=["approved"])] = None,
    department: Annotated[str | None, Query(description="检查部门代码", examples=["SCJG"])] = None,
    task: Annotated[UUID | None, Query(description="抽查任务编号")] = None,
    overdue: Annotated[bool, Query(description="只看超过公示期限仍未公示的")] = False,
    mine: Annotated[bool, Query(description="只看指派给本人的")] = False,
) -> Page[ListedResultOut]:
    query = ResultQuery(state, department, task, overdue, mine)
    found = await page_of_results(query, work, paging.size + 1, after_due_and_id(paging))
    shown = found[: paging.size]
    items = [
        ListedResultOut(**ResultOut.of(one.record).model_dump(), entity_name=one.entity_name, uscc=one.uscc)
        for one in shown
    ]
    return Page[ListedResultOut](
        items=items, next=next_cursor(shown[-1].sort_key) if len(found) > paging.size else None
    )


@router.get(
    "/{result_id}",
    response_model=ResultDetailOut,
    summary="查询检查结果",
    description="本部门可见；提交之后同次检查的其他部门可见内容。",
)
async def get_result(result_id: UUID, work: Reading, response: Response) -> ResultDetailOut:
    filled = await one_result(result_id, work)
    response.headers["ETag"] = etag(filled.record.version)
    return ResultDetailOut.detailed(filled.record, filled.recording)


@router.put(
    "/{result_id}",
    response_model=ResultDetailOut,
    summary="修改检查结果",
    description="录入中或被退回时，由指派的检查人员修改全部内容；以前的修订保留。",
)
async def revise_result(result_id: UUID, body: RecordIn, expected: ExpectedVersion, act: CurrentAct) -> Response:
    return await act.run(
        revise_record,
        ReviseRecord(result_id, expected, body.value()),
        shows=lambda filled: ResultDetailOut.detailed(filled.record, filled.recording),
        headers=lambda filled: {"ETag": etag(filled.record.version)},
    )


@router.get(
    "/{result_id}/history",
    response_model=list[HistoryOut],
    summary="办理经过",
    description="从指派到公示、更正、撤回的每一步。",
)
async def list_result_history(result_id: UUID, work: Reading) -> list[HistoryOut]:
    return [
        HistoryOut(
            version=one.version,
            act=one.act,
            state=one.state,
            detail=one.detail,
            actor=one.actor,
            acted_at=here(one.acted_at),
        )
        for one in await history_of(result_id, work)
    ]


@router.get(
    "/{result_id}/versions",
    response_model=list[PublicVersionOut],
    summary="公示版本",
    description="公示、更正、撤回的全部版本，新的在前；都是公开的。",
)
async def list_result_versions(result_id: UUID, work: Reading) -> list[PublicVersionOut]:
    return [PublicVersionOut.of(version) for version in await versions_of(result_id, work)]


@router.get(
    "/{result_id}/public",
    response_model=PublicVersionOut,
    summary="公示内容",
    description="最新的公示版本；带 If-None-Match 且没有变化时返回 304。",
)
async def get_public_result(
    result_id: UUID,
    work: Reading,
    response: Response,
    if_none_match: Annotated[str | None, Header(description="已有版本的 ETag")] = None,
) -> PublicVersionOut | Response:
    latest = await latest_version(result_id, work)
    tag = etag(latest.version)
    if if_none_match == tag:
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return PublicVersionOut.of(latest)
