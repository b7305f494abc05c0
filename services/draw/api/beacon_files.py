"""Beacon files over HTTP: what was seen in the watched folder, good and bad."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from services.draw.api.cursors import after_id
from services.draw.domain.beacon_files import BeaconFile
from services.draw.usecases.watch_beacons import page_of_beacon_files
from shared.runtime.app import Reading
from shared.runtime.http import Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1/beacon-files", tags=["抽取仪式"])


class BeaconFileOut(Out):
    """随机源文件夹中见到的一个文件。内容变了的同名文件另作一个。"""

    id: UUID = Field(description="编号")
    name: str = Field(description="文件名", examples=["kl8-2026310.json"])
    sha256: str = Field(description="内容的 SHA-256，十六进制", examples=["ab" * 32])
    seen_at: datetime = Field(description="第一次见到的时刻")
    ref: str | None = Field(description="来源与期号", examples=["中国福利彩票快乐8 第2026310期"])
    value: str | None = Field(description="取值", examples=["03,07,11,20"])
    source: str | None = Field(description="文件所写的出处", examples=["中国福彩网 2026-11-20 21:35"])
    problem_code: str | None = Field(description="不能使用的原因代码", examples=["draw.beacon_file_members"])
    problem: str | None = Field(description="不能使用的原因", examples=["随机源文件的 format 应为 ssj-beacon/1"])

    @classmethod
    def of(cls, file: BeaconFile) -> BeaconFileOut:
        reading = file.reading
        return cls(
            id=file.id,
            name=file.name,
            sha256=file.sha256,
            seen_at=file.seen_at,
            ref=reading.ref if reading else None,
            value=reading.value if reading else None,
            source=reading.source if reading else None,
            problem_code=file.problem_code,
            problem=file.problem,
        )


@router.get(
    "",
    response_model=Page[BeaconFileOut],
    summary="随机源文件",
    description="随机源文件夹中见到的全部文件，最近见到的在前；不能使用的写明原因，文件原样留在文件夹中。",
)
async def list_beacon_files(
    work: Reading,
    paging: Paging,
    bad: Annotated[bool | None, Query(description="只看不能使用的（true）或能使用的（false）")] = None,
) -> Page[BeaconFileOut]:
    found = await page_of_beacon_files(bad, work, paging.size + 1, after_id(paging))
    shown = [BeaconFileOut.of(file) for file in found[: paging.size]]
    more = next_cursor([shown[-1].id]) if len(found) > paging.size else None
    return Page[BeaconFileOut](items=shown, next=more)
