"""When a service behind the door is left alone for a while, and how many tries a lost connection is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FAILURES_TO_OPEN: Final = 5
OPEN_SECONDS: Final = 2.0
"""Short: one probe every two seconds costs nothing, and a service that is back is back at once."""
RETRIES: Final = 2
RETRY_SHARE: Final = 0.1
"""Of the requests at most a tenth are tried again, so that a failing service does not get more of what it fails at."""
_SAVED_RETRIES: Final = 10.0


@dataclass(slots=True)
class Breaker:
    """One per service. Times are seconds of a clock that only goes on."""

    failures: int = 0
    opened_at: float | None = None
    is_probing: bool = False

    def may_call(self, now: float) -> bool:
        """Closed: yes. Open: no, until its time is over; then one caller is let through to see (half open)."""
        if self.opened_at is None:
            return True
        if self.is_probing or now - self.opened_at < OPEN_SECONDS:
            return False
        self.is_probing = True
        return True

    def succeeded(self) -> None:
        self.failures, self.opened_at, self.is_probing = 0, None, False

    def failed(self, now: float) -> None:
        """The fifth failure in a row opens; a failed probe opens anew."""
        self.failures += 1
        self.is_probing = False
        if self.failures >= FAILURES_TO_OPEN:
            self.opened_at = now

    def gave_up(self) -> None:
        """The caller left before there was an outcome: a probe is owed again."""
        self.is_probing = False


@dataclass(slots=True)
class RetryBudget:
    """Every request saves a tenth of a retry, ten at most."""

    saved: float = _SAVED_RETRIES

    def earn(self) -> None:
        self.saved = min(_SAVED_RETRIES, self.saved + RETRY_SHARE)

    def spend(self) -> bool:
        """Whether one more try is within the budget."""
        if self.saved < 1:
            return False
        self.saved -= 1
        return True
