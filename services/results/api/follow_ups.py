"""Follow-ups over HTTP (后续处置)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.results.api.cursors import after_due_and_id
from services.results.api.follow_up_bodies import (
    ClosureIn,
    FollowUpDetailOut,
    FollowUpIn,
    FollowUpOut,
    ReinspectionIn,
)
from services.results.domain.follow_ups import FollowUp
from services.results.usecases.code_tables import wordings
from services.results.usecases.follow_up import (
    CloseFollowUp,
    FollowUpFilter,
    FollowUpQuery,
    OpenFollowUp,
    close_follow_up,
    follow_ups_of,
    one_follow_up,
    open_follow_up,
    page_of_follow_ups,
)
from services.results.usecases.reinspect import Reinspect, reinspect
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.exports import EXPORTED, Column, ExportForm, ExportFormat, Sheet, export, paged
from shared.runtime.http import Page, Paging, etag, next_cursor
from shared.values.text import clean

router = APIRouter(prefix="/v1", tags=["后续处置"])


def follow_up_query(
    state: Annotated[Literal["open", "closed"] | None, Query(description="open 办理中，closed 已办结")] = None,
    kind: Annotated[str | None, Query(description="处置种类代码", examples=["rectification"])] = None,
    department: Annotated[str | None, Query(description="负责部门代码", examples=["SCJG"])] = None,
    opener: Annotated[str | None, Query(description="发现问题的部门代码", examples=["SCJG"])] = None,
    entity: Annotated[UUID | None, Query(description="检查对象编号")] = None,
    result: Annotated[UUID | None, Query(description="检查结果编号")] = None,
    q: Annotated[
        str | None, Query(description="检查对象名称的一部分，或统一社会信用代码的开头", max_length=100)
    ] = None,
    due: Annotated[
        Literal["soon", "overdue"] | None,
        Query(description="soon 五个工作日内到期，overdue 已逾期", examples=["overdue"]),
    ] = None,
) -> FollowUpQuery:
    return FollowUpQuery(FollowUpFilter(state, kind, department, opener, entity, result, q or None), due)


Asked = Annotated[FollowUpQuery, Depends(follow_up_query)]


def sheet(kinds: Mapping[str, str], outcomes: Mapping[str, str]) -> Sheet[FollowUp]:
    """Codes in the table's words; one of an older version of a table stands as it is."""
    return Sheet(
        "后续处置清单",
        (
            Column("检查对象", lambda one: one.entity_name),
            Column("统一社会信用代码", lambda one: one.uscc),
            Column("处置种类", lambda one: kinds.get(one.kind, one.kind)),
            Column("负责部门", lambda one: one.department),
            Column("发现部门", lambda one: one.opener),
            Column("接收机关", lambda one: one.receiver),
            Column("要求", lambda one: one.demand),
            Column("开始日期", lambda one: one.opened_on),
            Column("到期日", lambda one: one.due_on),
            Column("是否暂定", lambda one: one.due_is_provisional),
            Column("状态", lambda one: "办理中" if one.state == "open" else "已办结"),
            Column("处置结果", lambda one: outcomes.get(one.outcome or "", one.outcome)),
            Column("办结日期", lambda one: one.closed_on),
            Column("编号", lambda one: str(one.id)),
        ),
    )


@router.post(
    "/results/{result_id}/follow-ups",
    status_code=201,
    response_model=FollowUpOut,
    summary="开展后续处置",
    description="发现问题的部门对已提交的结果开展后续处置；移送其他部门的由该部门办理，期限按本区规定的工作日计算。",
)
async def create_follow_up(result_id: UUID, body: FollowUpIn, act: CurrentAct) -> Response:
    return await act.run(
        open_follow_up,
        OpenFollowUp(result_id, body.demand_value()),
        shows=FollowUpOut.of,
        status=201,
        headers=lambda opened: {"ETag": etag(opened.version), "Location": f"/v1/follow-ups/{opened.id}"},
    )


@router.get(
    "/follow-ups",
    response_model=Page[FollowUpOut],
    summary="后续处置清单",
    description="本部门负责的和本部门发现的，到期近的在前；`due=overdue` 为逾期清单。",
)
async def list_follow_ups(work: Reading, paging: Paging, asked: Asked) -> Page[FollowUpOut]:
    found = await page_of_follow_ups(asked, work, paging.size + 1, after_due_and_id(paging))
    shown = found[: paging.size]
    more = next_cursor([shown[-1].due_on, shown[-1].id]) if len(found) > paging.size else None
    return Page[FollowUpOut](items=[FollowUpOut.of(one) for one in shown], next=more)


@router.get(
    "/follow-ups/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出后续处置清单",
    description="按相同条件导出 CSV 或 XLSX，最多 10 万行。",
)
async def export_follow_ups(work: Reading, asked: Asked, form: ExportForm = ExportFormat.XLSX) -> Response:
    async with work:
        pages = paged(lambda size, after: follow_ups_of(asked, work, size, after), lambda one: (one.due_on, one.id))
        words = await wordings(work, "follow_up", "follow_up_outcome")
        return await export(work, sheet(*words), pages, form, asked)


@router.get(
    "/follow-ups/{follow_up_id}",
    response_model=FollowUpDetailOut,
    summary="查询后续处置",
    description="负责部门和发现问题的部门可见，含办理经过。",
)
async def get_follow_up(follow_up_id: UUID, work: Reading, response: Response) -> FollowUpDetailOut:
    found = await one_follow_up(follow_up_id, work)
    response.headers["ETag"] = etag(found.follow_up.version)
    return FollowUpDetailOut.detailed(found)


@router.post(
    "/follow-ups/{follow_up_id}/closure",
    response_model=FollowUpOut,
    summary="办结后续处置",
    description="由负责处置的部门写明处置结果；结果没有解决问题的，应另行开展处置。",
)
async def create_follow_up_closure(follow_up_id: UUID, body: ClosureIn, act: CurrentAct) -> Response:
    command = CloseFollowUp(follow_up_id, body.outcome, clean(body.document_no), clean(body.note))
    return await act.run(
        close_follow_up, command, shows=FollowUpOut.of, headers=lambda closed: {"ETag": etag(closed.version)}
    )


@router.post(
    "/follow-ups/{follow_up_id}/reinspection",
    status_code=201,
    response_model=FollowUpOut,
    summary="安排复查",
    description="责令改正的，由负责部门的管理员指派复查；复查与抽取的检查一样记录、审核和公示。",
)
async def create_reinspection(follow_up_id: UUID, body: ReinspectionIn, act: CurrentAct) -> Response:
    return await act.run(
        reinspect,
        Reinspect(follow_up_id, body.plan()),
        shows=FollowUpOut.of,
        status=201,
        headers=lambda changed: {
            "ETag": etag(changed.version),
            "Location": f"/v1/visits/{changed.reinspection_visit_id}",
        },
    )
