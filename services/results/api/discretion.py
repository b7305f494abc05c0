"""Leniency and discretion at a finding over HTTP (轻微免罚、首违不罚、裁量情节)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.results.api.discretion_shown import ConsideredOut, PossibleOut
from services.results.usecases.discretion import discretion_at_visit, discretion_of_result
from shared.runtime.app import Reading

router = APIRouter(prefix="/v1", tags=["裁量情节"])


@router.get(
    "/visits/{visit_id}/discretions",
    response_model=PossibleOut,
    summary="发现问题时可选的裁量情节",
    description="录入问题之前，按检查结果代码和严重程度列出轻微免罚、首违不罚等裁量情节、条款，以及能否选择；本部门的检查。",
)
async def list_visit_discretions(
    visit_id: UUID,
    work: Reading,
    outcome_code: Annotated[
        str, Query(description="检查结果代码（发现问题一类）", min_length=1, max_length=200, examples=["B"])
    ],
    severity: Annotated[int, Query(description="严重程度 1–5", ge=1, le=5, examples=[2])],
) -> PossibleOut:
    return PossibleOut.of(await discretion_at_visit(visit_id, outcome_code, severity, work))


@router.get(
    "/results/{result_id}/discretions",
    response_model=ConsideredOut,
    summary="检查结果的裁量情节",
    description="每个问题选择了什么裁量情节、为什么，还可以选择什么；审核时一并审查。",
)
async def list_result_discretions(result_id: UUID, work: Reading) -> ConsideredOut:
    return ConsideredOut.of(await discretion_of_result(result_id, work))
