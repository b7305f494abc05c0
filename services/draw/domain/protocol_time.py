"""Times as documents write them: whole seconds of Beijing time, compared as text (draw-protocol section 4, TIME)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


def protocol_time(at: datetime) -> str:
    """`at`, which must know its zone, as TIME; fractions of a second are dropped."""
    return at.astimezone(BEIJING).replace(microsecond=0).isoformat()


def read_protocol_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def later(text: str, seconds: int) -> str:
    """The TIME so many seconds after `text`."""
    return protocol_time(read_protocol_time(text) + timedelta(seconds=seconds))
