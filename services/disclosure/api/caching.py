"""Public answers are kept by caches and told once when unchanged: their ETag is the digest of their bytes, so an event
that changes a page changes its tag with the commit, and `max-age` bounds how long anybody keeps the old one."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.disclosure.api.headers import REVALIDATED, etag_of, is_known

PUBLIC = {"Cache-Control": REVALIDATED, "Vary": "Accept-Encoding"}


def public_json(request: Request, body: BaseModel) -> Response:
    """200 with an ETag, or 304."""
    return public_bytes(request, body.model_dump_json().encode(), "application/json")


def public_bytes(request: Request, content: bytes, media_type: str, **headers: str) -> Response:
    """Bytes of the public side, with the same manners. `headers` in snake case."""
    tag = etag_of(content)
    more = {name.replace("_", "-").title(): value for name, value in headers.items()}
    every = PUBLIC | {"ETag": tag} | more
    if is_known(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=every)
    return Response(content, media_type=media_type, headers=every)
