"""Power and duty lists over HTTP, and the items whose basis does not stand (I1)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.planning.api.cursors import pair_cursor
from services.planning.api.item_models import ItemOut
from services.planning.api.words import Code, Line
from services.planning.domain.duty_bases import DUTY_NAMES, FLAG_NAMES, DutyBasis, DutyKind, Flagged, flag_of
from services.planning.domain.filters import DutyFilter, ItemFilter
from services.planning.usecases.load_duty_list import DutyListLoaded, LoadDutyList, load_duty_list
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["权责清单"])
_EXAMPLE: JsonDict = {
    "department": "scjg",
    "paper": "孟政〔2026〕5号",
    "entries": [
        {
            "code": "scjg-q-031",
            "kind": "power",
            "name": "对食品生产经营者的监督检查",
            "law": "中华人民共和国食品安全法",
            "article": "第一百一十条",
            "starts_on": "2026-01-01",
        }
    ],
}


class DutyBasisIn(In):
    """权责清单的一项。"""

    code: Code = Field(description="权责事项编码，部门内唯一", examples=["scjg-q-031"])
    kind: DutyKind = Field(description="power 权力清单，duty 责任清单")
    name: Line = Field(description="权责事项名称", examples=["对食品生产经营者的监督检查"])
    law: Line = Field(description="法律、法规、规章名称", examples=["中华人民共和国食品安全法"])
    article: Line = Field(description="条款", examples=["第一百一十条"])
    starts_on: date = Field(description="生效日期", examples=["2026-01-01"])
    ends_on: date | None = Field(None, description="失效日期（最后有效之日）；废止的填写")

    def basis(self, department: str) -> DutyBasis:
        return DutyBasis(
            department, self.code, 0, self.kind, self.name, self.law, self.article, self.starts_on, self.ends_on, ""
        )


class DutyListIn(In):
    """一个部门的权责清单，或其中变动的各项。"""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    department: Code = Field(description="部门代码", examples=["scjg"])
    paper: Line = Field(description="来文的文号", examples=["孟政〔2026〕5号"])
    entries: list[DutyBasisIn] = Field(description="各项；同一编码的以此次为准，其余不变", max_length=2000)


class DutyListOut(Out):
    """载入的结果。"""

    department: str = Field(description="部门代码", examples=["scjg"])
    version: int = Field(description="第几次载入", examples=[1])
    entries: int = Field(description="载入的项数", examples=[31])

    @classmethod
    def of(cls, loaded: DutyListLoaded) -> DutyListOut:
        return cls(department=loaded.department, version=loaded.version, entries=loaded.entries)


class DutyBasisOut(Out):
    """权责清单的一项。"""

    department: str = Field(description="部门代码", examples=["scjg"])
    code: str = Field(description="权责事项编码", examples=["scjg-q-031"])
    version: int = Field(description="第几次载入时的内容", examples=[1])
    kind: str = Field(description="power 权力清单，duty 责任清单", examples=["power"])
    kind_name: str = Field(description="类别名称", examples=["权力清单"])
    name: str = Field(description="权责事项名称", examples=["对食品生产经营者的监督检查"])
    law: str = Field(description="法律、法规、规章名称", examples=["中华人民共和国食品安全法"])
    article: str = Field(description="条款", examples=["第一百一十条"])
    starts_on: date = Field(description="生效日期")
    ends_on: date | None = Field(description="失效日期；现行有效的为空")
    paper: str = Field(description="来文的文号", examples=["孟政〔2026〕5号"])

    @classmethod
    def of(cls, one: DutyBasis) -> DutyBasisOut:
        return cls(
            department=one.department,
            code=one.code,
            version=one.version,
            kind=one.kind.value,
            kind_name=DUTY_NAMES[one.kind],
            name=one.name,
            law=one.law,
            article=one.article,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            paper=one.paper,
        )


class FlaggedItemOut(Out):
    """一个权责依据有问题的现行事项。"""

    reason: str = Field(description="问题：missing、unknown、not_yet、repealed", examples=["repealed"])
    reason_name: str = Field(description="问题的说明", examples=["所依据的权责事项已经废止"])
    item: ItemOut = Field(description="事项")
    basis: DutyBasisOut | None = Field(description="所写的权责事项；权责清单中没有的为空")

    @classmethod
    def on(cls, one: Flagged, day: date) -> FlaggedItemOut:
        reason = flag_of(one.listed.item.duty_code, one.basis, day)
        return cls(
            reason=reason.value if reason else "",
            reason_name=FLAG_NAMES[reason] if reason else "",
            item=ItemOut.of(one.listed),
            basis=DutyBasisOut.of(one.basis) if one.basis else None,
        )


@router.post(
    "/duty-bases",
    status_code=201,
    response_model=DutyListOut,
    summary="载入权责清单",
    description="部门管理员为本部门，或联席会议办公室为部门，载入权责清单或其中变动的各项（含废止的失效日期）。"
    "载入后，该部门的抽查事项须逐项写明所依据的权责事项。",
)
async def create_duty_bases(body: DutyListIn, act: CurrentAct) -> Response:
    entries = tuple(one.basis(body.department) for one in body.entries)
    return await act.run(
        load_duty_list, LoadDutyList(body.department, body.paper, entries), shows=DutyListOut.of, status=201
    )


@router.get(
    "/duty-bases",
    response_model=Page[DutyBasisOut],
    summary="权责清单",
    description="各部门权责清单的最近内容，按部门和编码排列。",
)
async def list_duty_bases(
    work: Reading,
    paging: Paging,
    department: Annotated[str | None, Query(description="部门代码")] = None,
    q: Annotated[str | None, Query(description="在名称和编码中查找的文字", min_length=1, max_length=100)] = None,
    standing_on: Annotated[date | None, Query(description="只看此日有效的")] = None,
) -> Page[DutyBasisOut]:
    async with work:
        wanted = DutyFilter(department, q, standing_on)
        rows = await work.duty_bases.page(wanted, paging.size + 1, pair_cursor(paging.after))
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].department, shown[-1].code]) if len(rows) > paging.size else None
    return Page[DutyBasisOut](items=[DutyBasisOut.of(row) for row in shown], next=more)


@router.get(
    "/flagged-items",
    response_model=Page[FlaggedItemOut],
    summary="权责依据有问题的抽查事项",
    description="现行抽查事项中没有写明权责事项，或所依据的权责事项已经废止、尚未生效、不在清单中的；"
    "只查已载入权责清单的部门。",
)
async def list_flagged_items(
    work: Reading,
    paging: Paging,
    department: Annotated[str | None, Query(description="部门代码")] = None,
    year: Annotated[int | None, Query(description="年度，默认本年", ge=2000, le=2100)] = None,
) -> Page[FlaggedItemOut]:
    async with work:
        wanted, today = ItemFilter(year or work.today.year, department), work.today
        rows = await work.flags.page(wanted, today, paging.size + 1, pair_cursor(paging.after))
    shown = rows[: paging.size]
    last = shown[-1].listed if len(rows) > paging.size else None
    more = next_cursor([last.department, last.item.code]) if last else None
    return Page[FlaggedItemOut](items=[FlaggedItemOut.on(row, today) for row in shown], next=more)
