"""As of when a register is read (以何时为准): now, or as it was known at an instant of the past (L7, `?as_of=`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from shared.values.errors import Invalid

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_INSTANT: Final = timedelta(microseconds=1)


class MomentMalformed(Invalid):
    message = "时点“{written}”应写作 2026-11-24 或 2026-11-24T09:30:00+08:00"


@dataclass(frozen=True, slots=True)
class Moment:
    """`on`: the day on which terms of validity are judged. `known_at`: what was recorded by then; None: by now."""

    on: date
    known_at: datetime | None = None


def read_moment(written: str | None, today: date) -> Moment:
    """A day means as known at its end; an instant without offset is Beijing time. Raises MomentMalformed."""
    if written is None:
        return Moment(today)
    try:
        if len(written) == len("2026-11-24"):
            day = date.fromisoformat(written)
            return Moment(day, datetime.combine(day + timedelta(days=1), time(), _SHANGHAI) - _INSTANT)
        # A plus sign that was not escaped in the address arrives as a blank.
        instant = datetime.fromisoformat(written.replace(" ", "+"))
    except ValueError as error:
        raise MomentMalformed(written=written[:40]) from error
    known_at = instant if instant.tzinfo else instant.replace(tzinfo=_SHANGHAI)
    return Moment(known_at.astimezone(_SHANGHAI).date(), known_at)
