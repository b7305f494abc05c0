"""Evidence over HTTP: send a file, attach it to a record, list, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.results.api.inspection_bodies import EvidenceIn
from services.results.api.inspection_shown import EvidenceFileOut, EvidenceOut
from services.results.domain.evidence import EvidenceKind
from services.results.usecases.attach_evidence import (
    attach_evidence,
    evidence_content,
    evidence_of,
    take_in_evidence,
)
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Page

router = APIRouter(prefix="/v1", tags=["证据"])
FileDigest = Annotated[str, Path(description="文件的 SHA-256 摘要", max_length=64)]


@router.post(
    "/evidence-files",
    status_code=201,
    response_model=EvidenceFileOut,
    summary="上传证据文件",
    description="请求体就是文件本身；类型按内容识别，照片至多 20 MB、文书 50 MB、录音 100 MB、录像 200 MB。"
    "加密保存，以内容的 SHA-256 摘要为名，重复上传得到同一摘要。",
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {}}}}},
)
async def create_evidence_file(request: Request, work: Reading) -> EvidenceFileOut:
    file = await take_in_evidence(request.stream(), work)
    return EvidenceFileOut(digest=file.digest, size=file.size, media_type=file.media_type)


@router.post(
    "/results/{result_id}/evidence",
    status_code=201,
    response_model=EvidenceOut,
    summary="附证据",
    description="由指派的检查人员在录入中附上；附上的证据不能删除。文件与摘要逐字节核对。",
)
async def create_evidence(result_id: UUID, body: EvidenceIn, act: CurrentAct) -> Response:
    return await act.run(attach_evidence, body.command(result_id), shows=EvidenceOut.of, status=201)


@router.get(
    "/results/{result_id}/evidence",
    response_model=Page[EvidenceOut],
    summary="证据清单",
    description="按取证时间排列；提交之后同次检查的其他部门可见。",
)
async def list_evidence(
    result_id: UUID,
    work: Reading,
    kind: Annotated[EvidenceKind | None, Query(description="证据种类")] = None,
    item: Annotated[UUID | None, Query(description="所证明的抽查事项")] = None,
) -> Page[EvidenceOut]:
    found = await evidence_of(result_id, work, None if kind is None else kind.value, item)
    return Page[EvidenceOut](items=[EvidenceOut.of(one) for one in found], next=None)


@router.get(
    "/results/{result_id}/evidence/{digest}/content",
    response_class=StreamingResponse,
    summary="证据文件",
    description="文件原文；与登记的摘要不一致的不予提供。",
    responses={200: {"content": {"application/octet-stream": {}}, "description": "文件原文"}},
)
async def get_evidence_content(result_id: UUID, digest: FileDigest, work: Reading) -> Response:
    found, chunks = await evidence_content(result_id, digest, work)
    headers = {"Content-Length": str(found.file.size), "Content-Disposition": "attachment", "ETag": f'"{digest}"'}
    return StreamingResponse(chunks, media_type=found.file.media_type, headers=headers)
