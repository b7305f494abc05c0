"""Identifiers: UUIDv7 (RFC 9562, section 5.7). The one home of new ids; nothing else in the project makes them.

Ids sort by the time they were made, so rows arrive at the right edge of an index. An id is not a secret.
"""

import os
import threading
import time
from typing import Final
from uuid import RFC_4122, UUID

_TICKS_PER_MS: Final = 1 << 12
_RAND_B_BITS: Final = 62
_RAND_B_BYTES: Final = 8


class _Ticks:
    """The last time stamp given out: milliseconds << 12 | fraction, strictly rising within the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self, nanoseconds: int) -> int:
        milliseconds, rest = divmod(nanoseconds, 1_000_000)
        tick = milliseconds * _TICKS_PER_MS + rest * _TICKS_PER_MS // 1_000_000
        with self._lock:
            # A clock that stands still or steps back must not give an id that sorts before an older one.
            self._last = max(tick, self._last + 1)
            return self._last


_ticks = _Ticks()


def new_id() -> UUID:
    """A new UUIDv7: 48 bits of Unix milliseconds, 12 bits of sub-millisecond order, 62 bits from the system's CSPRNG.

    Rises strictly within a process, across threads too; between processes it rises with the clock.
    """
    milliseconds, fraction = divmod(_ticks.next(time.time_ns()), _TICKS_PER_MS)
    rand_b = int.from_bytes(os.urandom(_RAND_B_BYTES), "big") >> (_RAND_B_BYTES * 8 - _RAND_B_BITS)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | rand_b)


def is_id(value: object) -> bool:
    """Whether `value` is one of our ids: a UUIDv7, or its canonical text (36 characters, lower case, hyphens)."""
    if isinstance(value, UUID):
        return value.version == 7 and value.variant == RFC_4122
    if not isinstance(value, str) or len(value) != 36:
        return False
    try:
        parsed = UUID(value)
    except ValueError:
        return False
    return str(parsed) == value and is_id(parsed)
