"""The public side of a draw for the service that shows it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.draw.usecases.public_side import public_side
from shared.runtime.app import Reading, peers_only

internal = APIRouter(prefix="/internal/v1/draws", tags=["内部"], dependencies=[Depends(peers_only)])
_SIDE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "公开日志文档之外可以公开的内容",
        "content": {
            "application/json": {
                "example": {
                    "last_seq": 4,
                    "title": "食品生产企业联合抽查",
                    "window_start": "2026-12-01",
                    "ceremony": {"task_no": "410308202611241001", "steps": [], "substitutions": [], "parties": []},
                    "lists": {"result_text": "S\t…\n", "is_complete": False, "roster": []},
                    "tokens": {"S1": "ab" * 32},
                }
            }
        },
    }
}


@internal.get(
    "/{draw_id}/public-side",
    response_class=Response,
    responses=_SIDE,
    summary="抽取的公开内容",
    description="供公示服务保存：名册标识、人员名录标识、结果文本、已公开的登记内容，以及按身份列出的仪式步骤。",
)
async def get_public_side(
    draw_id: UUID, work: Reading, tokens: Annotated[bool, Query(description="是否带上名册标识")] = True
) -> Response:
    return Response(await public_side(draw_id, tokens, work), media_type="application/json")
