"""What is refused before anything is looked up: requests that two servers could read in two ways (RFC 9112, 11.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from shared.values.errors import Invalid

_ONCE: Final = (
    b"host",
    b"content-length",
    b"transfer-encoding",
    b"authorization",
    b"content-type",
    b"idempotency-key",
    b"if-match",
    b"content-digest",
    b"x-client-id",
    b"x-timestamp",
    b"x-nonce",
    b"x-signature",
    b"x-sign-alg",
)
_KNOWN: Final = frozenset(_ONCE)
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ODD_IN_PATH: Final = re.compile(r"\.\.|//|\\|%2f|%5c|%2e%2e|%00|[\x00-\x20\x7f]", re.IGNORECASE)


class RequestAmbiguous(Invalid):
    status = 400
    message = "请求头含义不明确，已拒绝：{header}"


def read_headers(raw: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers by name in lower case. Raises RequestAmbiguous for a repeated one that must stand alone, for a length
    beside a transfer coding, and for a coding other than chunked."""
    found: dict[bytes, bytes] = {}
    for name, value in raw:
        if name in found and name in _KNOWN:
            raise RequestAmbiguous(header=name.decode("latin-1"))
        found[name] = value
    coding = found.get(b"transfer-encoding")
    if coding is not None and (b"content-length" in found or coding.lower() != b"chunked"):
        raise RequestAmbiguous(header="transfer-encoding")
    return found


def is_plain_path(path: str) -> bool:
    """Whether a path means the same to everybody: no dots that climb, no hidden slashes, no control characters."""
    return _ODD_IN_PATH.search(path) is None


def is_request_id(text: str) -> bool:
    """A caller's own request id is taken up only if it is a plain word: it stands in logs and audit rows."""
    return _REQUEST_ID.fullmatch(text) is not None


def caller_address(peer: str, forwarded: Sequence[bytes], trusted: int) -> str:
    """Whose request it is, with `trusted` proxies of our own before the door. Each of them adds the address it heard
    from at the end of `X-Forwarded-For`; what stands further left the caller may have invented, and is not looked at.
    """
    if not trusted:
        return peer
    heard = [part.strip() for line in forwarded for part in line.decode("latin-1").split(",") if part.strip()]
    return heard[-trusted] if len(heard) >= trusted else peer
