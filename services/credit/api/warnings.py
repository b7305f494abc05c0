"""Early warnings over HTTP (K3)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from services.credit.api.shapes import Instant, after_of
from services.credit.domain.warnings import WarningFilter, WarningLine
from services.credit.usecases.raise_warnings import read_warnings
from shared.runtime.app import Reading
from shared.runtime.http import Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["信用预警"])
_KINDS = {"jump": "等级骤升", "industry": "行业聚集", "town": "镇街聚集"}


class WarningOut(Out):
    """一条预警。"""

    warning_id: UUID = Field(description="预警编号", examples=["0192f3a4-7c1d-5b2e-9f00-3a5d6c7e8f90"])
    kind: str = Field(description="类别：jump、industry、town", examples=["jump"])
    kind_name: str = Field(description="类别名称", examples=["等级骤升"])
    scope: str = Field(description="检查对象编号、行业大类代码或镇街代码", examples=["410308100"])
    entity_id: UUID | None = Field(description="检查对象编号，聚集预警为空")
    entity_name: str | None = Field(description="名称", examples=["孟津区丰穗霖保安服务有限公司"])
    uscc: str | None = Field(description="统一社会信用代码", examples=["91410308MXYT81MC3Y"])
    count: int = Field(description="户数", examples=[1])
    before: str | None = Field(description="原等级", examples=["A"])
    after: str | None = Field(description="现等级", examples=["D"])
    text: str = Field(description="内容", examples=["孟津区丰穗霖保安服务有限公司信用风险等级由A骤升至D，得分 860"])
    entity_ids: list[UUID] = Field(description="涉及的检查对象", examples=[["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"]])
    from_on: date = Field(description="最早的变动日期", examples=["2026-11-20"])
    to_on: date = Field(description="最晚的变动日期", examples=["2026-11-20"])
    indicator_version: int = Field(description="所依据的指标体系版本", examples=[1])
    raised_at: Instant = Field(description="预警时间")

    @classmethod
    def of(cls, line: WarningLine) -> WarningOut:
        one = line.warning
        return cls(
            warning_id=one.id,
            kind=one.kind,
            kind_name=_KINDS[one.kind],
            scope=one.scope,
            entity_id=one.entity_id,
            entity_name=line.entity_name,
            uscc=line.uscc,
            count=one.count,
            before=one.before,
            after=one.after,
            text=one.text,
            entity_ids=list(one.entity_ids),
            from_on=one.from_on,
            to_on=one.to_on,
            indicator_version=line.indicator_version,
            raised_at=line.raised_at,
        )


@router.get(
    "/warnings",
    response_model=Page[WarningOut],
    summary="信用风险预警",
    description=(
        "等级骤升和行业、镇街聚集的预警，新的在前；可按类别、范围、检查对象、日期筛选，q 搜索内容或统一社会信用代码。"
    ),
)
async def list_warnings(
    work: Reading,
    paging: Paging,
    kind: Annotated[str | None, Query(description="类别：jump、industry、town", examples=["town"])] = None,
    scope: Annotated[str | None, Query(description="行业大类代码或镇街代码", examples=["410308100"])] = None,
    entity_id: Annotated[UUID | None, Query(description="涉及的检查对象编号")] = None,
    q: Annotated[str | None, Query(description="内容中的字词，或统一社会信用代码", max_length=100)] = None,
    from_on: Annotated[date | None, Query(description="变动日期不早于")] = None,
    to_on: Annotated[date | None, Query(description="变动日期不晚于")] = None,
) -> Page[WarningOut]:
    wanted = WarningFilter(kind, scope, entity_id, q, from_on, to_on)
    after: Any = after_of(paging, datetime.fromisoformat, UUID)
    rows = await read_warnings(wanted, paging.size + 1, after, work)
    shown = rows[: paging.size]
    last = shown[-1] if len(rows) > paging.size else None
    more = None if last is None else next_cursor([last.raised_at, last.warning.id])
    return Page[WarningOut](items=[WarningOut.of(row) for row in shown], next=more)
