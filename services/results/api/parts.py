"""Who had part in a result, for other services."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.results.usecases.tell_part import took_part
from shared.runtime.app import Reading, peers_only
from shared.runtime.http import Out

internal = APIRouter(prefix="/internal/v1/results", tags=["内部"], dependencies=[Depends(peers_only)])


class PartOut(Out):
    """是否参与办理。"""

    took_part: bool = Field(description="是否录入、参加检查或审核了这条结果", examples=[False])


@internal.get(
    "/{result_id}/part",
    response_model=PartOut,
    summary="是否参与办理",
    description="供其他服务确定须由他人办理的事项。",
)
async def get_part(
    result_id: UUID,
    work: Reading,
    subject: Annotated[str, Query(description="账号", max_length=200, examples=["officer:zhang"])],
    inspector: Annotated[UUID | None, Query(description="执法人员编号")] = None,
) -> PartOut:
    return PartOut(took_part=await took_part(result_id, subject, inspector, work))
