"""Signed requests of machine clients (`conventions` 4.10): what is signed, how, and what is wrong with one.

Seven lines joined by a line feed: method, path, query with its pairs in byte order, content digest (empty without a
body), timestamp in seconds, nonce, client id. HMAC under the client's secret, in base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from shared.values.errors import Forbidden

WINDOW_SECONDS: Final = 300
ALGORITHMS: Final[Mapping[str, str]] = {"HMAC-SHA256": "sha256", "HMAC-SM3": "sm3"}
DIGESTS: Final[Mapping[str, str]] = {"sha-256": "sha256", "sm3": "sm3"}
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_DIGEST: Final = re.compile(r"(sha-256|sm3)=:([A-Za-z0-9+/]{43}=):")
_HEADERS: Final = ("x-client-id", "x-timestamp", "x-nonce", "x-signature", "x-sign-alg")


class SignatureIncomplete(Forbidden):
    status = 401
    message = "签名请求缺少请求头或格式不对：{header}"


class SignatureStale(Forbidden):
    status = 401
    message = "签名时间与服务器时间相差超过 5 分钟，请校准时钟后重新签名"


class SignatureWrong(Forbidden):
    """One answer for an unknown client, a disabled one and a wrong signature."""

    status = 401
    message = "签名不正确"


class NonceReused(Forbidden):
    status = 401
    message = "该随机数已经用过，请用新的随机数重新签名"


class BodyDigestWrong(Forbidden):
    status = 401
    message = "请求内容与 Content-Digest 不符"


@dataclass(frozen=True, slots=True)
class SignedParts:
    """The seven lines, in their order."""

    method: str
    path: str
    query: str
    content_digest: str
    timestamp: str
    nonce: str
    client_id: str

    @property
    def text(self) -> str:
        return "\n".join(getattr(self, part.name) for part in fields(self))


@dataclass(frozen=True, slots=True)
class Signature:
    """What the headers say: the parts, the algorithm, the signature as it came."""

    parts: SignedParts
    algorithm: str
    value: str


def sorted_query(query: str) -> str:
    """The pairs as they were sent, percent-encoding untouched, in byte order; empty pairs are left out."""
    return "&".join(sorted(pair for pair in query.split("&") if pair))


def read_signature(method: str, path: str, query: str, headers: Mapping[bytes, bytes]) -> Signature:
    """Raises SignatureIncomplete for a header that is absent or has no proper form."""
    found = {name: headers.get(name.encode(), b"").decode("latin-1") for name in _HEADERS}
    digest = headers.get(b"content-digest", b"").decode("latin-1")
    checks: tuple[tuple[str, bool], ...] = (
        ("x-client-id", bool(found["x-client-id"])),
        ("x-timestamp", found["x-timestamp"].isdecimal() and len(found["x-timestamp"]) <= 12),
        ("x-nonce", _NONCE.fullmatch(found["x-nonce"]) is not None),
        ("x-signature", bool(found["x-signature"])),
        ("x-sign-alg", found["x-sign-alg"] in ALGORITHMS),
        ("content-digest", not digest or _DIGEST.fullmatch(digest) is not None),
    )
    for name, is_good in checks:
        if not is_good:
            raise SignatureIncomplete(header=name)
    parts = SignedParts(
        method, path, sorted_query(query), digest, found["x-timestamp"], found["x-nonce"], found["x-client-id"]
    )
    return Signature(parts, found["x-sign-alg"], found["x-signature"])


def sign_parts(parts: SignedParts, algorithm: str, secret: bytes) -> str:
    return sign_text(parts.text, algorithm, secret)


def sign_text(text: str, algorithm: str, secret: bytes) -> str:
    """Base64 of the HMAC."""
    return base64.b64encode(hmac.digest(secret, text.encode(), ALGORITHMS[algorithm])).decode()


def assert_fresh(signature: Signature, now: float) -> None:
    """Raises SignatureStale: older or newer than five minutes."""
    if abs(now - int(signature.parts.timestamp)) > WINDOW_SECONDS:
        raise SignatureStale


def is_signed_by(signature: Signature, secret: bytes) -> bool:
    """Compared in constant time."""
    wanted = sign_parts(signature.parts, signature.algorithm, secret)
    return hmac.compare_digest(wanted.encode(), signature.value.encode())


class DigestCheck:
    """Holds a body against its `Content-Digest` while it passes."""

    def __init__(self, stated: str) -> None:
        found = _DIGEST.fullmatch(stated)
        name, value = found.groups() if found else ("sha-256", "")
        self._stated = base64.b64decode(value) if value else None
        self._hash: Any = hashlib.new(DIGESTS[name])
        self._seen = False

    def feed(self, chunk: bytes) -> None:
        self._seen = self._seen or bool(chunk)
        self._hash.update(chunk)

    def finish(self) -> None:
        """Raises BodyDigestWrong; a body without a stated digest is one too, no body needs none."""
        if self._stated is None:
            if self._seen:
                raise BodyDigestWrong
        elif not hmac.compare_digest(self._stated, self._hash.digest()):
            raise BodyDigestWrong


def content_digest(body: bytes, name: str = "sha-256") -> str:
    """The value of `Content-Digest` (RFC 9530)."""
    return f"{name}=:{base64.b64encode(hashlib.new(DIGESTS[name], body).digest()).decode()}:"


def is_base64(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except (binascii.Error, ValueError):
        return False
