"""Personal fields of the registry: sealed at rest, and a keyed mark beside them by which equal values are found equal.

The mark is a MAC, not a digest: a telephone number is guessed in a second from a plain hash.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from shared.runtime.sealed import SealKeys, seal_keys

_SIZE = 16
_PERSON = b"ssj.mark"


def sealed(value: str | None) -> bytes | None:
    return None if value is None else seal_keys().seal(value)


def opened(value: bytes | None) -> str | None:
    return None if value is None else seal_keys().open(bytes(value))


def mark(value: str | None) -> bytes | None:
    return None if value is None else keyed_digest(value)


def keyed_digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=_SIZE, key=_mark_key(seal_keys()), person=_PERSON).digest()


def _mark_key(keys: SealKeys) -> bytes:
    # The oldest key: rotation puts new keys in front, and marks must outlive it.
    return _derived(next(reversed(keys.keys.values())))


@lru_cache(maxsize=8)
def _derived(key: bytes) -> bytes:
    return hashlib.blake2b(b"registry marks", key=key, digest_size=32).digest()
