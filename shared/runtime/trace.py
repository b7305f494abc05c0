"""W3C trace context (traceparent) of the act at hand: through HTTP, into the outbox, out of events, into the log."""

from __future__ import annotations

import os
import re
from contextvars import ContextVar

_SHAPE = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def continue_trace(traceparent: str | None) -> str:
    """Takes up the caller's trace with a new span, or begins one when there is none or it is malformed."""
    known = traceparent if traceparent and _SHAPE.match(traceparent) else None
    trace_id = known[3:35] if known else os.urandom(16).hex()
    current = f"00-{trace_id}-{os.urandom(8).hex()}-01"
    _current.set(current)
    return current


def current_traceparent() -> str | None:
    return _current.get()
