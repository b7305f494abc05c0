"""The public log over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from services.draw.api.cursors import after_number
from services.draw.domain.published import LogEntry
from services.draw.usecases.reading import page_of_log
from shared.runtime.app import Reading
from shared.runtime.http import Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1/log", tags=["公开日志"])


class DocumentOut(Out):
    """公开日志的一份文档；`text` 是公布的原文，摘要按原文计算。"""

    log_seq: int = Field(description="日志序号", examples=[1])
    draw_id: UUID = Field(description="抽取编号")
    kind: str = Field(description="种类", examples=["commitment"])
    text: str = Field(description="原文", examples=['{"spec":"ssj-draw/1"}'])
    digest: str = Field(
        description="原文摘要，十六进制", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    )
    published_at: str = Field(description="公布时间", examples=["2026-11-24T09:00:00+08:00"])

    @classmethod
    def of(cls, entry: LogEntry) -> DocumentOut:
        return cls(
            log_seq=entry.log_seq,
            draw_id=entry.draw_id,
            kind=entry.kind,
            text=entry.text,
            digest=entry.digest.hex(),
            published_at=entry.published_at,
        )


@router.get(
    "",
    response_model=Page[DocumentOut],
    summary="公开日志",
    description="本地区抽取的全部文档，逐份相连，只增不改。",
)
async def list_documents(
    work: Reading,
    paging: Paging,
    draw: Annotated[UUID | None, Query(description="只看某次抽取")] = None,
) -> Page[DocumentOut]:
    found = await page_of_log(work, paging.size + 1, after_number(paging), draw)
    shown = [DocumentOut.of(entry) for entry in found[: paging.size]]
    more = next_cursor([shown[-1].log_seq]) if len(found) > paging.size else None
    return Page[DocumentOut](items=shown, next=more)
