"""The way of a service's answer to the caller: which headers, under which address, how much of the body."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import orjson

Headers = list[tuple[bytes, bytes]]
_KEPT_IN: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"transfer-encoding",
        b"te",
        b"trailer",
        b"upgrade",
        b"server",
        b"date",
        b"x-request-id",
    }
)
"""Of the hop (RFC 9110, 7.6.1), or said by the door itself."""
_PASSED_IN: Final = frozenset(
    {
        b"accept",
        b"accept-language",
        b"content-type",
        b"content-digest",
        b"idempotency-key",
        b"if-match",
        b"if-none-match",
        b"if-modified-since",
        b"last-event-id",
        b"range",
        b"user-agent",
    }
)
"""Everything else, identity headers above all, stays outside."""


def passed_headers(raw: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The caller's headers that may reach a service. Names come in lower case (ASGI)."""
    return [header for header in raw if header[0] in _PASSED_IN]


def outside_headers(raw: Iterable[tuple[bytes, bytes]], service: str) -> Headers:
    """A service says `/v1/…`; outside it is `/api/<service>/v1/…`. Names are in lower case."""
    kept = [header for header in raw if header[0] not in _KEPT_IN]
    for at, (name, value) in enumerate(kept):
        if name == b"location" and value.startswith(b"/v1/"):
            kept[at] = (name, b"/api/" + service.encode() + value)
    return kept


def narrowed(body: bytes, shown: frozenset[str]) -> bytes:
    """A JSON object, or each item of a page, with the members in `shown` alone; the page's own members stay."""
    found = orjson.loads(body)
    if isinstance(found, dict) and isinstance(found.get("items"), list):
        return orjson.dumps({**found, "items": [_only(item, shown) for item in found["items"]]})
    return orjson.dumps(_only(found, shown))


def _only(part: Any, shown: frozenset[str]) -> Any:
    return {name: value for name, value in part.items() if name in shown} if isinstance(part, dict) else None
