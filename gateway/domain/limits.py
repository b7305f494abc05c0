"""How much a caller may ask: per minute and per day, counted over all replicas.

A replica takes allowance from the shared count in portions and spends them on its own, so that not every request costs
a round trip. What all replicas spend together never passes the limit; a replica that stops takes its unspent portion
with it, at most a twentieth of a limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.values.errors import Refused

PER_MINUTE: Final = 600
PER_DAY: Final = 200_000
"""What a client gets whose registration names no other limits."""
MINUTE: Final = 60
DAY: Final = 86_400
_PORTION_SHARE: Final = 20
_PORTION_MOST: Final = 1_000


class RateExceeded(Refused):
    status = 429
    message = "请求过于频繁，每分钟最多 {limit} 次，请 {retry_after} 秒后再试"


class QuotaExceeded(Refused):
    status = 429
    message = "今日调用次数已达上限 {limit} 次，请 {retry_after} 秒后再试"


@dataclass(frozen=True, slots=True)
class Window:
    """One counted stretch of time: `number` counts stretches of `seconds` since the epoch."""

    seconds: int
    number: int

    @classmethod
    def at(cls, seconds: int, now: float) -> Window:
        return cls(seconds, int(now // seconds))

    def left(self, now: float) -> int:
        """Whole seconds until it ends, at least one."""
        return max(1, int((self.number + 1) * self.seconds - now) + 1)


def portion_of(limit: int) -> int:
    """What is taken at once: a small limit is counted exactly, one by one."""
    return max(1, min(_PORTION_MOST, limit // _PORTION_SHARE))


@dataclass(slots=True)
class Purse:
    """What a replica still holds of one caller's allowance in one window."""

    window: Window
    held: int = 0
    taken: int = 0
    """Of the shared count, so far in this window: what is known when that cannot be asked."""
    is_exhausted: bool = False

    def spend(self) -> bool:
        if self.held <= 0:
            return False
        self.held -= 1
        return True

    def receive(self, granted: int) -> None:
        self.held += granted
        self.taken += granted
        self.is_exhausted = granted == 0


def refusal(window: Window, limit: int, now: float) -> Refused:
    """What the caller hears: which limit, and when to come again (`Retry-After`)."""
    kind = QuotaExceeded if window.seconds == DAY else RateExceeded
    return kind(limit=limit, retry_after=window.left(now))
