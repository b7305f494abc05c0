"""Ids that follow from what they name: the journal replayed anywhere gives the same rows byte for byte (B7, REL7)."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

_OURS: Final = UUID("6f1d2b9c-0c7e-5f4a-9d53-5b1f0a8c7e21")


def named(*words: object) -> UUID:
    """UUIDv5 (RFC 9562, section 5.5) of the words, in our own name space."""
    return uuid5(_OURS, "\x1f".join(map(str, words)))
