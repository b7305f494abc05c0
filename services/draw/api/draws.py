"""Draws over HTTP: lists, one draw, its public record, its open places."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.draw.api.cursors import after_id
from services.draw.api.shown import DrawDetailOut, DrawOut
from services.draw.usecases.public_record import OpenNow, public_openings, public_record
from services.draw.usecases.reading import DrawQuery, explanation_of, one_draw, page_of_draws
from shared.runtime.app import Reading
from shared.runtime.http import Out, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/draws", tags=["抽取"])
_RECORD: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "抽取记录（协议第10节）",
        "content": {
            "application/json": {
                "example": {
                    "commitment": "{…承诺书全文…}",
                    "reveal": {"shares": [{"party": "公证处", "value": "cd" * 32}], "beacons": []},
                    "public": {"strata": {"S1": ["ab" * 32]}, "roster": [], "recusals": [], "openings": []},
                    "substitutions": [],
                    "log": ["{…}"],
                    "expected": {"commit_hash": "00" * 32, "seed": "11" * 32, "result_text": "S\t…\n"},
                }
            }
        },
    }
}


class OpenPlaceOut(Out):
    """一个未能配备人员的席位。"""

    idx: int = Field(description="席位序号，从 0 起", examples=[1])
    tags: list[str] = Field(description="所需专业标签", examples=[["食品安全"]])
    reasons: dict[str, int] = Field(description="该部门人员各因何不能担任", examples=[{"full": 3, "region": 2}])


class GapOut(Out):
    """一个对象、一个部门的缺口。"""

    object_token: str = Field(description="对象标识，十六进制", examples=["3f2a9c01d47b8e65"])
    department: str = Field(description="部门代码", examples=["scjg"])
    officers: int = Field(description="已配备的执法人员数", examples=[1])
    may_begin: bool = Field(description="是否可以开始检查（至少两名执法人员）")
    places: list[OpenPlaceOut] = Field(description="未配备的席位")
    text: str = Field(description="说明", examples=["缺 1 名食品安全执法人员，须先递补"])


class ShortageOut(Out):
    """一个部门的总缺口。"""

    department: str = Field(description="部门代码", examples=["scjg"])
    open_slots: int = Field(description="调整后仍缺的席位数", examples=[4])
    slots_seen: int = Field(description="与之相互竞争的席位数", examples=[10])
    inspectors_seen: int = Field(description="具备资格的人员数", examples=[3])
    text: str = Field(description="说明", examples=["食品安全执法人员不足，缺 2 名"])


class OpeningsOut(Out):
    """至今公开的登记内容（揭示）。"""

    draw_id: UUID = Field(description="抽取编号")
    is_complete: bool = Field(description="抽中和递补的对象是否已全部公开；全部公开后抽取记录带有揭示，可核验检查组")
    openings_hash: str | None = Field(
        description="全部行的摘要，与公开日志中最近一份披露所载一致；空表示还没有披露", examples=["ab" * 32]
    )
    rows: list[str] = Field(
        description="逐行：种类、标识、随机数、登记内容，以制表符分隔；标识可由随机数和登记内容重算",
        examples=[["object\t" + "5c" * 32 + "\t" + "07" * 32 + "\t0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90\t宏远餐饮"]],
    )

    @classmethod
    def of(cls, found: OpenNow) -> OpeningsOut:
        return cls(draw_id=found.draw.id, is_complete=found.is_complete, openings_hash=found.hash, rows=found.rows)


class ExplanationOut(Out):
    """缺口说明。"""

    draw_id: UUID = Field(description="抽取编号")
    shortages: list[ShortageOut] = Field(description="各部门总缺口")
    gaps: list[GapOut] = Field(description="逐个对象、部门的缺口")


@router.get(
    "",
    response_model=Page[DrawOut],
    summary="抽取列表",
    description="本地区的抽取，包括已撤回和已作废的，按冻结先后排列。",
)
async def list_draws(
    work: Reading,
    paging: Paging,
    task: Annotated[UUID | None, Query(description="抽查任务编号")] = None,
    stage: Annotated[
        Literal["FROZEN", "WITHDRAWN", "COMMITTED", "SEALED", "REVEALED", "PUBLISHED", "VOID"] | None,
        Query(description="阶段"),
    ] = None,
    department: Annotated[str | None, Query(description="发起或参加部门代码", examples=["scjg"])] = None,
) -> Page[DrawOut]:
    found = await page_of_draws(DrawQuery(task, stage, department), work, paging.size + 1, after_id(paging))
    shown = [DrawOut.of(draw) for draw in found[: paging.size]]
    more = next_cursor([shown[-1].draw_id]) if len(found) > paging.size else None
    return Page[DrawOut](items=shown, next=more)


@router.get(
    "/{draw_id}",
    response_model=DrawDetailOut,
    summary="查询抽取",
    description="阶段、时间、经办账号、文档摘要、见证方进度和全部步骤。",
)
async def get_draw(draw_id: UUID, work: Reading, response: Response) -> DrawDetailOut:
    view = await one_draw(draw_id, work)
    response.headers["ETag"] = etag(view.draw.version)
    return DrawDetailOut.detailed(view)


@router.get(
    "/{draw_id}/record",
    response_class=Response,
    responses=_RECORD,
    summary="抽取记录",
    description="供任何人独立核验的记录，公开到当前阶段为止；可直接交给独立核验程序。",
)
async def get_record(draw_id: UUID, work: Reading) -> Response:
    return Response(await public_record(draw_id, work), media_type="application/json")


@router.get(
    "/{draw_id}/openings",
    response_model=OpeningsOut,
    summary="至今公开的登记内容",
    description="抽中和递补的对象，按任务约定的公开时点逐户公开；任何人可以逐行核对其标识在名册之中，"
    "并与公开日志的披露核对。",
)
async def get_openings(draw_id: UUID, work: Reading) -> OpeningsOut:
    return OpeningsOut.of(await public_openings(draw_id, work))


@router.get(
    "/{draw_id}/explanation",
    response_model=ExplanationOut,
    summary="缺口说明",
    description="结果中未能配备人员的席位及原因；不点名。",
)
async def get_explanation(draw_id: UUID, work: Reading) -> ExplanationOut:
    draw, found = await explanation_of(draw_id, work)
    return ExplanationOut.model_validate({"draw_id": draw.id, **found})
