"""Shapes that several routes of the exchange show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from pydantic import AfterValidator, Field

from services.exchange.domain.batches import BATCH_STATE_NAMES, Batch
from services.exchange.domain.rows import STATE_NAMES, OutboundRow
from shared.runtime.http import Out
from shared.runtime.unit_of_work import SHANGHAI

Instant = Annotated[datetime, AfterValidator(lambda at: at.astimezone(SHANGHAI))]
"""A time as it is shown: RFC 3339 with +08:00."""


class ProblemOut(Out):
    """一条不能报送或被退回的原因。"""

    code: str = Field(description="原因代码", examples=["unmapped_code"])
    field: str | None = Field(description="我方字段，整条数据的原因为空", examples=["main_outcome"])
    text: str = Field(description="原因", examples=["“检查结果”的代码 13 在代码表“公示系统检查结果用语”中没有对应值"])


class RowOut(Out):
    """一条报送数据（某一数据集、某一键值的一个版本）。"""

    row_id: UUID = Field(description="数据编号", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])
    department: str = Field(description="所属部门", examples=["scjg"])
    peer: str = Field(description="对方系统代码", examples=["province"])
    dataset: str = Field(description="数据集代码", examples=["province.results"])
    row_key: str = Field(description="键值", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f91"])
    version: int = Field(description="报送版本，每次更正加一", examples=[1])
    source_version: int = Field(description="所依据事实的版本", examples=[1])
    op: str = Field(description="操作：I 新增，U 变更，D 撤销", examples=["I"])
    state: str = Field(description="状态代码", examples=["rejected"])
    state_name: str = Field(description="状态", examples=["被退回"])
    problems: Sequence[ProblemOut] = Field(description="不能报送或被退回的原因")
    receipt_no: str | None = Field(description="对方回执号", examples=["SJ-000001"])
    batch_id: UUID | None = Field(description="批次编号")
    occurred_at: Instant = Field(description="事实发生时间")
    staged_at: Instant = Field(description="进入待报送的时间")
    settled_at: Instant | None = Field(description="办结时间")

    @classmethod
    def of(cls, row: OutboundRow) -> RowOut:
        return cls(**row_facts(row))


def row_facts(row: OutboundRow) -> dict[str, Any]:
    return {
        "row_id": row.id,
        "department": row.owner_department,
        "peer": row.peer,
        "dataset": row.dataset,
        "row_key": row.row_key,
        "version": row.version,
        "source_version": row.source_version,
        "op": row.op,
        "state": row.state.value,
        "state_name": STATE_NAMES[row.state],
        "problems": [ProblemOut(code=one.code, field=one.field, text=one.text) for one in row.problems],
        "receipt_no": row.receipt_no,
        "batch_id": row.batch_id,
        "occurred_at": row.occurred_at,
        "staged_at": row.staged_at,
        "settled_at": row.settled_at,
    }


class RowDetailOut(RowOut):
    """一条报送数据的全部内容与历次版本。"""

    record: dict[str, Any] = Field(
        description="我方记录", examples=[{"entity_name": "孟津区丰穗霖保安服务有限公司", "main_outcome": "1"}]
    )
    overrides: dict[str, Any] = Field(description="部门更正的字段", examples=[{"uscc": "91410308MXYT81MC3Y"}])
    body: dict[str, Any] | None = Field(
        description="按对方格式转换后的内容，无法转换时为空", examples=[{"result_code": "01"}]
    )
    versions: Sequence[RowOut] = Field(description="同一键值的全部版本，旧的在前")

    @classmethod
    def of_all(cls, rows: Sequence[OutboundRow]) -> RowDetailOut:
        """The row first, then its versions."""
        row = rows[0]
        return cls(
            **row_facts(row),
            record=dict(row.record),
            overrides=dict(row.overrides),
            body=None if row.body is None else orjson.loads(row.body),
            versions=[RowOut.of(one) for one in rows[1:]],
        )


class BatchOut(Out):
    """一个报送批次。"""

    batch_id: UUID = Field(description="批次编号")
    number: str = Field(description="批次号：发送方、日期与当日五位序号", examples=["mengjin-2026112400001"])
    peer: str = Field(description="对方系统代码", examples=["province"])
    dataset: str = Field(description="数据集代码", examples=["province.results"])
    schema_version: str = Field(description="对方格式版本", examples=["2026.1"])
    state: str = Field(description="状态代码", examples=["settled"])
    state_name: str = Field(description="状态", examples=["已办结"])
    row_count: int = Field(description="条数", examples=[36])
    digest: str = Field(description="批次内容的 SHA-256", examples=["9f2b…"])
    attempts: int = Field(description="尝试次数", examples=[1])
    last_error: str | None = Field(description="最近一次失败的原因", examples=["答复 503"])
    made_at: Instant = Field(description="组批时间")
    due_at: Instant = Field(description="下次尝试时间")
    settled_at: Instant | None = Field(description="办结时间")

    @classmethod
    def of(cls, batch: Batch, error: str | None = None, settled_at: datetime | None = None) -> BatchOut:
        return cls(
            batch_id=batch.id,
            number=batch.number,
            peer=batch.peer,
            dataset=batch.dataset,
            schema_version=batch.schema,
            state=batch.state.value,
            state_name=BATCH_STATE_NAMES[batch.state],
            row_count=batch.row_count,
            digest=batch.digest,
            attempts=batch.attempts,
            last_error=error,
            made_at=batch.made_at,
            due_at=batch.due_at,
            settled_at=settled_at,
        )
