"""W3C trace context (traceparent) of the act at hand: through HTTP, into the outbox, out of events, into the log."""

from __future__ import annotations

import os
import re
from collections import deque
from contextvars import ContextVar

_SHAPE = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


_fresh: deque[str] = deque()


def random_hex() -> str:
    """Sixteen digits that nobody had before, for names of traces and requests; taken from the system by the hundred,
    because each taking is a system call. No secret."""
    while not _fresh:
        noise = os.urandom(2_048).hex()
        _fresh.extend(noise[at : at + 16] for at in range(0, len(noise), 16))
    return _fresh.pop()


def continue_trace(traceparent: str | None) -> str:
    """Takes up the caller's trace with a new span, or begins one when there is none or it is malformed."""
    known = traceparent if traceparent and _SHAPE.match(traceparent) else None
    current = f"00-{known[3:35] if known else random_hex() + random_hex()}-{random_hex()}-01"
    _current.set(current)
    return current


def current_traceparent() -> str | None:
    return _current.get()
