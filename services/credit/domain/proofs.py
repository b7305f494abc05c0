"""How an answer is signed so that it can be proved without us (C5): RFC 9421 over the digest of its bytes (RFC 9530).

Whoever keeps the bytes, `Signature-Input` and `Signature` of an answer can show years later what was said: he takes the
SHA-256 of the bytes, puts `signature_base` together and verifies it under the published key that `keyid` names.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Final

LABEL: Final = "answer"
"""Name of the signature in both headers."""
ALGORITHM: Final = "ed25519"
TAG: Final = "restriction-answer"
"""RFC 9421, section 2.3: what the signature is for, so that no other document passes for an answer."""


@dataclass(frozen=True, slots=True)
class Proof:
    """`parameters` as `Signature-Input` carries them (without label), `signature` 64 bytes."""

    parameters: str
    signature: bytes

    @property
    def input_header(self) -> str:
        return f"{LABEL}={self.parameters}"

    @property
    def signature_header(self) -> str:
        return f"{LABEL}=:{base64.b64encode(self.signature).decode()}:"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key answers are or were signed with: 32 bytes. The current one signs, the others still prove."""

    key_id: str
    key: bytes
    is_current: bool


def digest_header(sha256: bytes) -> str:
    """The value of `Repr-Digest` (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(sha256).decode()}:"


def parameters_of(key_id: str, at: datetime) -> str:
    """The signature's parameters: what it covers, when, under which key, for what (RFC 9421, section 2.3)."""
    return f'("repr-digest");created={int(at.timestamp())};keyid="{key_id}";alg="{ALGORITHM}";tag="{TAG}"'


def signature_base(sha256: bytes, parameters: str) -> bytes:
    """The bytes that are signed (RFC 9421, section 2.5)."""
    return f'"repr-digest": {digest_header(sha256)}\n"@signature-params": {parameters}'.encode()
