"""What can be taken away of a draw: its record, frozen token files, the log's documents; all byte for byte."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Annotated, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.disclosure.api.headers import REVALIDATED, guard_headers, is_known
from services.disclosure.api.rooms import CurrentRooms
from services.disclosure.domain.draw_page_record import RecordSources, record_pieces
from services.disclosure.domain.draw_page_tokens import read_token
from services.disclosure.usecases.read_draws import document_of, record_of, token_file, where_stands

router = APIRouter(include_in_schema=False)
_AT_A_TIME: Final = asyncio.Semaphore(4)
"""Large records in memory; more wait for their turn."""


def _headers(name: str, etag: str) -> dict[str, str]:
    return guard_headers() | {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": REVALIDATED,
        "ETag": f'"{etag}"',
    }


@router.get("/d/{draw_id}/record.json")
async def get_draw_record(request: Request, draw_id: UUID, rooms: CurrentRooms) -> Response:
    """The record of draw-protocol section 10, as far as public: `verifier/` takes it as it is."""
    async with _AT_A_TIME:
        sources = await record_of(draw_id, rooms.nobody())
    headers = _headers(f"record-{draw_id}.json", _etag(sources))
    if is_known(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return StreamingResponse(_pieces(sources), media_type="application/json", headers=headers)


def _etag(sources: RecordSources) -> str:
    """All that can change of a record is what the log says, and which lists are open."""
    seen = hashlib.sha256()
    for part in (*sources.log, *(sources.lists.openings or ()), str(sources.is_complete)):
        seen.update(hashlib.sha256(part.encode()).digest())
    return seen.hexdigest()[:32]


async def _pieces(sources: RecordSources) -> AsyncIterator[bytes]:
    for piece in record_pieces(sources):
        yield piece
        await asyncio.sleep(0)


@router.get("/d/{draw_id}/tokens/{stratum}")
async def get_token_file(
    request: Request, draw_id: UUID, stratum: Annotated[str, Path(max_length=64)], rooms: CurrentRooms
) -> Response:
    """The frozen tokens of a stratum: 32 bytes each, increasing (draw-protocol section 4)."""
    raw = await token_file(draw_id, stratum, rooms.nobody())
    headers = _headers(f"tokens-{draw_id}.bin", hashlib.sha256(raw).hexdigest()[:32])
    if is_known(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(raw, media_type="application/octet-stream", headers=headers)


@router.get("/d/{draw_id}/documents/{log_seq}")
async def get_log_document(
    draw_id: UUID, log_seq: Annotated[int, Path(ge=1, le=2**31 - 1)], rooms: CurrentRooms
) -> Response:
    """A document's text as published: its digest is computed over these bytes."""
    found = await document_of(draw_id, log_seq, rooms.nobody())
    return Response(
        found.text.encode(), media_type="application/json", headers=_headers(f"{log_seq:06}.json", found.digest[:32])
    )


@router.get("/d/{draw_id}/proofs.json")
async def get_inclusion_proofs(
    draw_id: UUID, rooms: CurrentRooms, token: Annotated[str, Query(max_length=200)]
) -> Response:
    """Inclusion proofs of a token, after the window."""
    found = await where_stands(draw_id, read_token(token), rooms.nobody())
    proofs = [
        {"stratum": one.stratum, "token": one.token, "chunk_index": one.chunk_index, "chunk": one.chunk}
        | {"path": list(one.path)}
        for one in found.proofs
    ]
    return Response(
        orjson.dumps(proofs), media_type="application/json", headers=_headers("proofs.json", token[:32].strip())
    )
