"""Recusals over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.draw.api.bodies import RecusalIn
from services.draw.api.cursors import after_id
from services.draw.domain.recusal import DeclaredRecusal
from services.draw.usecases.declare_recusal import DeclareRecusal, declare_recusal
from services.draw.usecases.reading import page_of_recusals
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Out, Page, Paging, next_cursor
from shared.values.text import clean

router = APIRouter(prefix="/v1/recusals", tags=["回避"])


class RecusalOut(Out):
    """一项回避。"""

    id: UUID = Field(description="编号")
    inspector_id: UUID = Field(description="执法检查人员编号")
    entity_id: UUID = Field(description="检查对象编号")
    ground: str = Field(description="事由（登记部门和联席会议办公室可见，不公开）", examples=["近亲属任职"])
    department: str = Field(description="登记部门代码", examples=["scjg"])
    declared_by: str = Field(description="登记账号", examples=["officer:zhang"])
    declared_at: datetime = Field(description="登记时间")

    @classmethod
    def of(cls, recusal: DeclaredRecusal) -> RecusalOut:
        return cls(
            id=recusal.id,
            inspector_id=recusal.inspector_id,
            entity_id=recusal.entity_id,
            ground=recusal.ground,
            department=recusal.owner_department,
            declared_by=recusal.declared_by,
            declared_at=recusal.declared_at,
        )


@router.post(
    "",
    status_code=201,
    response_model=RecusalOut,
    summary="登记回避",
    description="本人、本部门或联席会议办公室登记；此后冻结的名册一律适用，在配备检查组之前生效。",
)
async def create_recusal(body: RecusalIn, act: CurrentAct) -> Response:
    command = DeclareRecusal(body.inspector_id, body.entity_id, clean(body.ground))
    return await act.run(declare_recusal, command, shows=RecusalOut.of, status=201)


@router.get(
    "", response_model=Page[RecusalOut], summary="回避列表", description="本部门登记的；联席会议办公室可见全部。"
)
async def list_recusals(work: Reading, paging: Paging) -> Page[RecusalOut]:
    found = await page_of_recusals(work, paging.size + 1, after_id(paging))
    shown = [RecusalOut.of(recusal) for recusal in found[: paging.size]]
    more = next_cursor([shown[-1].id]) if len(found) > paging.size else None
    return Page[RecusalOut](items=shown, next=more)
