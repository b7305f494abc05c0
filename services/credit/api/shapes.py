"""Shapes that several routes of credit show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from pydantic import AfterValidator, Field

from services.credit.domain.days import SHANGHAI
from services.credit.domain.history import ListingLine
from services.credit.domain.listings import FLAG_STATE_NAMES, LISTING_STATE_NAMES, Flag
from services.credit.domain.measures import MeasureCatalogue
from shared.runtime.http import Out, PageQuery
from shared.runtime.problems import BadCursor

Instant = Annotated[datetime, AfterValidator(lambda at: at.astimezone(SHANGHAI))]
"""A time as it is shown: RFC 3339 with +08:00."""

EntityKey = Annotated[
    str,
    Path(description="统一社会信用代码（18 位），也可填检查对象编号", examples=["91410308MXYT81MC3Y"], max_length=64),
]


def after_of(paging: PageQuery, *readers: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    """The sort key a cursor holds, each part by its reader. Raises BadCursor."""
    if paging.after is None:
        return None
    try:
        return tuple(read(part) for read, part in zip(readers, paging.after, strict=True))
    except (ValueError, TypeError) as error:
        raise BadCursor from error


class EntityOut(Out):
    """检查对象。"""

    entity_id: UUID = Field(description="检查对象编号", examples=["01920f3e-8c1a-7b52-9d61-3f0a5c7e2b11"])
    uscc: str | None = Field(description="统一社会信用代码，可能为空", examples=["91410308MXYT81MC3Y"])
    name: str = Field(description="名称", examples=["孟津区丰穗霖保安服务有限公司"])


class ListingOut(Out):
    """一条名单列入记录（最新版本）。"""

    listing_id: UUID = Field(description="列入记录编号")
    version: int = Field(description="版本：1 列入，之后为移出或撤销", examples=[1])
    entity_id: UUID = Field(description="检查对象编号")
    entity_name: str | None = Field(description="名称", examples=["孟津区丰穗霖保安服务有限公司"])
    uscc: str | None = Field(description="统一社会信用代码", examples=["91410308MXYT81MC3Y"])
    list_code: str = Field(description="名单代码", examples=["abnormal_operations"])
    list_name: str = Field(description="名单名称", examples=["经营异常名录"])
    ground: str = Field(description="列入事由", examples=["通过登记的住所（经营场所）无法联系"])
    document_no: str = Field(description="决定文号", examples=["孟市监异列字〔2026〕12号"])
    authority: str = Field(description="作出决定的机关", examples=["洛阳市孟津区市场监督管理局"])
    decided_on: date = Field(description="决定日期", examples=["2026-11-20"])
    ends_on: date | None = Field(description="届满日（含当日），为空表示至移出为止")
    state: str = Field(description="状态：entered 已列入，removed 已移出，annulled 已撤销", examples=["entered"])
    state_name: str = Field(description="状态名称", examples=["已列入"])
    closed_on: date | None = Field(description="移出或撤销日期")
    reason: str | None = Field(description="移出或撤销原因", examples=["已履行义务，移出名单"])
    recorded_at: Instant = Field(description="本版本的事实时间")

    @classmethod
    def of(cls, line: ListingLine, measures: MeasureCatalogue) -> ListingOut:
        listing, decision = line.listing, line.listing.decision
        return cls(
            listing_id=listing.id,
            version=listing.version,
            entity_id=listing.entity_id,
            entity_name=line.entity_name,
            uscc=line.uscc,
            list_code=decision.list_code,
            list_name=measures.list_name(decision.list_code),
            ground=decision.ground,
            document_no=decision.document_no,
            authority=decision.authority,
            decided_on=decision.decided_on,
            ends_on=decision.ends_on,
            state=listing.state,
            state_name=LISTING_STATE_NAMES[listing.state],
            closed_on=listing.closed_on,
            reason=listing.reason,
            recorded_at=listing.recorded_at,
        )


class FlagOut(Out):
    """一个联合惩戒标记（最新版本）。"""

    flag_id: UUID = Field(description="标记编号")
    version: int = Field(description="版本：1 触发，之后为解除或撤销", examples=[1])
    listing_id: UUID = Field(description="触发它的列入记录编号")
    area: str = Field(description="惩戒领域代码", examples=["government_procurement"])
    area_name: str = Field(description="惩戒领域", examples=["政府采购"])
    measure_code: str = Field(description="措施代码", examples=["CJ-ZFCG-01"])
    measure_name: str = Field(description="措施", examples=["限制参加政府采购活动"])
    list_code: str = Field(description="名单代码", examples=["abnormal_operations"])
    list_name: str = Field(description="名单名称", examples=["经营异常名录"])
    ground: str = Field(description="事由", examples=["通过登记的住所（经营场所）无法联系"])
    document_no: str = Field(description="决定文号", examples=["孟市监异列字〔2026〕12号"])
    authority: str = Field(description="作出决定的机关", examples=["洛阳市孟津区市场监督管理局"])
    legal_basis: str = Field(description="措施依据", examples=["《全国失信惩戒措施基础清单》"])
    starts_on: date = Field(description="起始日", examples=["2026-11-20"])
    ends_on: date | None = Field(description="届满日（含当日），为空表示至移出名单为止")
    state: str = Field(description="状态：raised 有效，lifted 已解除，annulled 已撤销", examples=["raised"])
    state_name: str = Field(description="状态名称", examples=["有效"])
    lifted_on: date | None = Field(description="解除或撤销日期")
    reason: str | None = Field(description="解除或撤销原因", examples=["已移出严重违法失信名单"])

    @classmethod
    def of(cls, flag: Flag, measures: MeasureCatalogue) -> FlagOut:
        return cls(
            flag_id=flag.id,
            version=flag.version,
            listing_id=flag.listing_id,
            area=flag.area,
            area_name=measures.area(flag.area).name,
            measure_code=flag.measure_code,
            measure_name=measures.measure_name(flag.measure_code),
            list_code=flag.list_code,
            list_name=measures.list_name(flag.list_code),
            ground=flag.ground,
            document_no=flag.document_no,
            authority=flag.authority,
            legal_basis=flag.legal_basis,
            starts_on=flag.starts_on,
            ends_on=flag.ends_on,
            state=flag.state,
            state_name=FLAG_STATE_NAMES[flag.state],
            lifted_on=flag.lifted_on,
            reason=flag.reason,
        )
