"""Outbound rows over HTTP: what was reported, the work list (待办清单), corrections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.exchange.api.shapes import BatchOut, RowDetailOut, RowOut
from services.exchange.domain.outbound_views import RowFilter
from services.exchange.domain.rows import WORK_LIST, OutboundRow, RowState
from services.exchange.usecases.correct_row import AskAgain, CorrectRow, ask_again, correct_row
from services.exchange.usecases.read_outbound import read_row, read_rows
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["报送数据"])
Peer = Annotated[str | None, Query(description="对方系统代码", examples=["province"])]
Dataset = Annotated[str | None, Query(description="数据集代码", examples=["province.results"])]
Department = Annotated[str | None, Query(description="所属部门", examples=["scjg"])]
Words = Annotated[str | None, Query(description="键值，或记录中的文字", max_length=100, examples=["丰穗霖"])]


class CorrectionIn(In):
    """对待办清单上一条数据的更正。"""

    values: dict[str, str | None] = Field(
        description="更正的字段与新值；为空表示按现行映射重新转换并报送",
        max_length=50,
        examples=[{"uscc": "91410308MXYT81MC3Y"}],
    )
    note: str = Field(description="更正说明", min_length=1, max_length=500, examples=["补录统一社会信用代码"])


def page_of(rows: Sequence[OutboundRow], size: int) -> Page[RowOut]:
    shown = rows[:size]
    more = next_cursor([shown[-1].id]) if len(rows) > size else None
    return Page[RowOut](items=[RowOut.of(row) for row in shown], next=more)


@router.get(
    "/outbound-rows",
    response_model=Page[RowOut],
    summary="报送数据",
    description=(
        "新的在前；各部门看本部门的，联席会议办公室看全部。可按对方系统、数据集、状态、部门筛选，q 搜索键值或文字。"
    ),
)
async def list_outbound_rows(
    work: Reading,
    paging: Paging,
    peer: Peer = None,
    dataset: Dataset = None,
    state: Annotated[RowState | None, Query(description="状态代码", examples=["accepted"])] = None,
    department: Department = None,
    q: Words = None,
) -> Page[RowOut]:
    wanted = RowFilter(peer, dataset, None if state is None else [state], department, q)
    return page_of(await read_rows(wanted, paging.size + 1, paging.after_id, work), paging.size)


@router.get(
    "/work-items",
    response_model=Page[RowOut],
    summary="待办清单",
    description="本部门无法转换、被对方退回、逾期未答复的数据及原因，新的在前；更正后以更高版本重新报送。",
)
async def list_work_items(
    work: Reading,
    paging: Paging,
    peer: Peer = None,
    dataset: Dataset = None,
    department: Department = None,
    q: Words = None,
) -> Page[RowOut]:
    wanted = RowFilter(peer, dataset, sorted(WORK_LIST), department, q)
    return page_of(await read_rows(wanted, paging.size + 1, paging.after_id, work), paging.size)


@router.get(
    "/outbound-rows/{row_id}",
    response_model=RowDetailOut,
    summary="一条报送数据",
    description="我方记录、部门的更正、转换后的内容和同一键值的全部版本。",
)
async def read_outbound_row(row_id: UUID, work: Reading) -> RowDetailOut:
    return RowDetailOut.of_all(await read_row(row_id, work))


@router.post(
    "/outbound-rows/{row_id}/corrections",
    response_model=RowOut,
    status_code=201,
    summary="更正并重新报送",
    description="由所属部门或联席会议办公室更正待办清单上的一条数据；原版本保留，新版本版本号加一。",
)
async def create_correction(row_id: UUID, body: CorrectionIn, act: CurrentAct) -> Response:
    return await act.run(correct_row, CorrectRow(row_id, body.values, body.note), shows=RowOut.of, status=201)


@router.post(
    "/outbound-rows/{row_id}/outcome-queries",
    response_model=BatchOut,
    summary="重新查询结果",
    description="逾期未答复的数据可能已经送达，不能改版本重送；这里就其所在批次再次向对方查询，对方没有的再送一次。",
)
async def create_outcome_query(row_id: UUID, act: CurrentAct) -> Response:
    return await act.run(ask_again, AskAgain(row_id), shows=BatchOut.of)
