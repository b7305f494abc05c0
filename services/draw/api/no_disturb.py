"""The no-disturb list over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.draw.api.bodies import NoDisturbIn
from services.draw.api.cursors import after_id
from services.draw.domain.exclusions import NoDisturbEntry
from services.draw.usecases.list_no_disturb import EndNoDisturb, end_no_disturb, enter_no_disturb
from services.draw.usecases.reading_after import page_of_no_disturb
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Out, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/no-disturb-entries", tags=["不打扰名单"])


class NoDisturbOut(Out):
    """不打扰名单上的一个对象。"""

    id: UUID = Field(description="编号")
    entity_id: UUID = Field(description="检查对象编号")
    ground: str = Field(description="依据", examples=["重大项目建设期，区政府〔2026〕3号"])
    department: str = Field(description="列入部门代码", examples=["scjg"])
    from_on: date = Field(description="起始之日", examples=["2026-12-01"])
    until_on: date = Field(description="最后一日，期满自动退出", examples=["2027-05-31"])
    entered_by: str = Field(description="列入账号", examples=["officer:scjg-admin"])
    entered_at: datetime = Field(description="列入时间")
    ended_by: str | None = Field(description="提前移出的账号", examples=["officer:scjg-admin"])
    ended_at: datetime | None = Field(description="提前移出的时间")
    version: int = Field(description="版本", examples=[1])

    @classmethod
    def of(cls, entry: NoDisturbEntry) -> NoDisturbOut:
        return cls(
            id=entry.id,
            entity_id=entry.entity_id,
            ground=entry.ground,
            department=entry.owner_department,
            from_on=entry.from_on,
            until_on=entry.until_on,
            entered_by=entry.entered_by,
            entered_at=entry.entered_at,
            ended_by=entry.ended_by,
            ended_at=entry.ended_at,
            version=entry.version,
        )


@router.post(
    "",
    status_code=201,
    response_model=NoDisturbOut,
    summary="列入不打扰名单",
    description="由部门管理员或联席会议办公室列入，写明依据和期限；此后冻结的名册把该对象列入不抽取的分层，原因可查。",
)
async def create_no_disturb_entry(body: NoDisturbIn, act: CurrentAct) -> Response:
    return await act.run(
        enter_no_disturb, body.command(), shows=NoDisturbOut.of, status=201, headers=lambda e: {"ETag": etag(e.version)}
    )


@router.post(
    "/{entry_id}/ending",
    response_model=NoDisturbOut,
    summary="提前移出不打扰名单",
    description="由列入的部门或联席会议办公室办理。",
)
async def create_no_disturb_ending(entry_id: UUID, act: CurrentAct) -> Response:
    return await act.run(
        end_no_disturb, EndNoDisturb(entry_id), shows=NoDisturbOut.of, headers=lambda e: {"ETag": etag(e.version)}
    )


@router.get(
    "",
    response_model=Page[NoDisturbOut],
    summary="不打扰名单",
    description="本地区全部记录，包括期满和移出的，按列入先后排列。",
)
async def list_no_disturb_entries(work: Reading, paging: Paging) -> Page[NoDisturbOut]:
    found = await page_of_no_disturb(work, paging.size + 1, after_id(paging))
    shown = [NoDisturbOut.of(entry) for entry in found[: paging.size]]
    more = next_cursor([shown[-1].id]) if len(found) > paging.size else None
    return Page[NoDisturbOut](items=shown, next=more)
