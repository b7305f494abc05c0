"""Handing in over HTTP, and what was handed in (接入)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.exchange.api.shapes import Instant, ProblemOut
from services.exchange.domain.inbound import INBOUND_STATE_NAMES, Handed, InboundKind, InboundState
from services.exchange.domain.inbound_views import InboundFilter, InboundRow
from services.exchange.usecases.receive_rows import ReceiveRows, pull_inbound, read_inbound, receive_rows
from shared.runtime.app import CurrentAct, Reading, peers_only
from shared.runtime.http import In, Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["数据接入"])
internal = APIRouter(prefix="/internal/v1", tags=["内部"], dependencies=[Depends(peers_only)])
MAX_ROWS = 500
_PENALTY: Mapping[str, str | int | None] = {
    "uscc": "91410308MXYT81MC3Y",
    "entity_name": "孟津区丰穗霖保安服务有限公司",
    "document_no": "孟市监罚〔2026〕12号",
    "authority": "洛阳市孟津区市场监督管理局",
    "decided_on": "2026-11-20",
    "violation": "价格违法",
    "penalty_kinds": "罚款",
    "text": "罚款贰仟元",
    "fine": "0.200000",
}


class HandedIn(In):
    """一条接入数据。"""

    kind: InboundKind = Field(
        description=(
            "类别：entity 登记信息，certificate 执法证，penalty 行政处罚，listing 名单，fact 信用信息，lead 案件线索"
        ),
        examples=["penalty"],
    )
    source_key: str = Field(description="来源系统的主键", min_length=1, max_length=200, examples=["CF-2026-000012"])
    source_version: int = Field(description="来源系统的版本，更正时提高", ge=1, le=2**31 - 1, examples=[1])
    op: Literal["I", "U", "D"] = Field(description="操作：I 新增，U 变更，D 撤销", examples=["I"])
    content: dict[str, str | int | None] = Field(
        description="内容，字段随类别而定", max_length=50, examples=[dict(_PENALTY)]
    )


class InboundBatchIn(In):
    """一批接入数据。"""

    source: str = Field(description="来源系统代码", min_length=1, max_length=50, examples=["credit_platform"])
    rows: list[HandedIn] = Field(description="最多 500 条", min_length=1, max_length=MAX_ROWS)


class InboundOut(Out):
    """一条接入数据的办理结果。"""

    row_id: UUID = Field(description="我方编号")
    source: str = Field(description="来源系统代码", examples=["credit_platform"])
    kind: str = Field(description="类别", examples=["penalty"])
    source_key: str = Field(description="来源系统的主键", examples=["CF-2026-000012"])
    source_version: int = Field(description="来源系统的版本", examples=[1])
    op: str = Field(description="操作", examples=["I"])
    state: str = Field(description="结果代码", examples=["taken"])
    state_name: str = Field(description="结果", examples=["已接入"])
    problems: Sequence[ProblemOut] = Field(description="被隔离的原因")
    received_at: Instant = Field(description="接收时间")

    @classmethod
    def of(cls, row: InboundRow) -> InboundOut:
        return cls(
            row_id=row.id,
            source=row.source,
            kind=row.handed.kind.value,
            source_key=row.handed.source_key,
            source_version=row.handed.source_version,
            op=row.handed.op,
            state=row.state.value,
            state_name=INBOUND_STATE_NAMES[row.state],
            problems=[ProblemOut(code=one.code, field=one.field, text=one.text) for one in row.problems],
            received_at=row.received_at,
        )


class InboundBatchOut(Out):
    """一批接入数据的办理结果，次序与送来的相同。"""

    items: Sequence[InboundOut] = Field(description="逐条结果")

    @classmethod
    def of(cls, rows: Sequence[InboundRow]) -> InboundBatchOut:
        return cls(items=[InboundOut.of(row) for row in rows])


class InboundContentOut(InboundOut):
    """一条接入数据及其内容。"""

    content: dict[str, str | int | None] = Field(description="内容", examples=[dict(_PENALTY)])


@router.post(
    "/inbound-batches",
    response_model=InboundBatchOut,
    status_code=201,
    summary="送入数据",
    description=(
        "由取得 exchange.write 授权的系统或联席会议办公室送入。按来源、类别、主键和版本去重；"
        "不合格的逐条隔离并说明原因，不影响其他数据；同一文书号和机关的处罚不论经何渠道只算一个事实。"
    ),
)
async def create_inbound_batch(body: InboundBatchIn, act: CurrentAct) -> Response:
    rows = [Handed(one.kind, one.source_key, one.source_version, one.op, one.content) for one in body.rows]
    return await act.run(receive_rows, ReceiveRows(body.source, rows), shows=InboundBatchOut.of, status=201)


@router.get(
    "/inbound-rows",
    response_model=Page[InboundOut],
    summary="接入数据",
    description="新的在前，可按来源、类别、结果、主键筛选；不显示内容。",
)
async def list_inbound_rows(
    work: Reading,
    paging: Paging,
    source: Annotated[str | None, Query(description="来源系统代码", examples=["credit_platform"])] = None,
    kind: Annotated[InboundKind | None, Query(description="类别", examples=["penalty"])] = None,
    state: Annotated[InboundState | None, Query(description="结果代码", examples=["quarantined"])] = None,
    source_key: Annotated[str | None, Query(description="来源系统的主键", max_length=200)] = None,
) -> Page[InboundOut]:
    wanted = InboundFilter(source, kind, state, source_key)
    rows = await read_inbound(wanted, paging.size + 1, paging.after_id, work)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[InboundOut](items=[InboundOut.of(row) for row in shown], next=more)


@internal.get(
    "/inbound-rows/{row_id}",
    response_model=InboundContentOut,
    summary="接入数据的内容",
    description="供掌管此类事实的服务收到事件后读取。",
)
async def pull_inbound_row(row_id: UUID, work: Reading) -> InboundContentOut:
    row = await pull_inbound(row_id, work)
    return InboundContentOut(**InboundOut.of(row).model_dump(), content=dict(row.handed.content))
