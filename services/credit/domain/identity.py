"""Ids that follow from what they name: the journal replayed anywhere gives the same rows byte for byte (B7, REL7)."""

from __future__ import annotations

from hashlib import sha1
from typing import Final
from uuid import UUID

_OURS: Final = UUID("6f1d2b9c-0c7e-5f4a-9d53-5b1f0a8c7e21").bytes


def named(*words: object) -> UUID:
    """UUIDv5 (RFC 9562, section 5.5) of the words, in our own name space."""
    digest = sha1(_OURS + "\x1f".join(map(str, words)).encode(), usedforsecurity=False).digest()
    return UUID(bytes=digest[:16], version=5)
