"""Numbers given with a commit, where the relay's leader lives in the same process (decision 0011).

The leader counts in memory. An act that commits beside it may ask for the next numbers and write them with its outbox
rows: the log then needs no commit of its own for them. At most one act holds numbers at a time, and three things keep
the log what it is (REL9):

- gapless: numbers of an act that was rolled back are given again; of one whose outcome is unknown, the leader starts
  over and first waits for that transaction to end;
- in commit order: the act's statement takes the numbers only if no committed event waits for one;
- one leader: the statement locks the row in which every new leader counts itself, and takes the numbers only if no
  other has come since. A new leader waits for that lock before it reads how far the log is numbered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.runtime.outbox import LoggedEvent, LogState

_READY_AT_MOST = 1024
"""Events that wait here to be published; with more (the broker is away) acts leave theirs to the log."""

TAKES_NUMBERS = (
    "granted AS MATERIALIZED (SELECT FROM relay_states WHERE leads = {} AND NOT EXISTS ("
    "SELECT FROM outbox_waits) FOR SHARE)"
)
"""The step of an act's last statement that decides whether the numbers are taken."""
TAKEN = "EXISTS (SELECT FROM granted)"


class OutcomeUnknown(Exception):
    """A commit that held numbers did not answer: nobody knows how far the log is numbered until it is read again."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The numbers behind `after`, to be written with `log_epoch` while the leader is still the one of `leads`."""

    leads: int
    log_epoch: int
    after: int


@dataclass(slots=True)
class Numbering:
    """What the leader and the acts of its process share. Outside a leader's process it grants nothing."""

    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _state: LogState | None = None
    _numbered: int = 0
    _granted: Grant | None = None
    _settled: asyncio.Event = field(default_factory=asyncio.Event)
    _is_counting: bool = True
    _in_doubt: bool = False
    _ready: list[LoggedEvent] = field(default_factory=list)

    def open(self, state: LogState) -> None:
        """A leader begins; it counts alone until `counted`."""
        self._state, self._numbered = state, state.numbered
        self._granted, self._is_counting, self._in_doubt = None, True, False
        self._ready.clear()

    def close(self) -> None:
        """The leader is gone; what it had not published the next one reads from the log."""
        self._state = None

    def grant(self) -> Grant | None:
        """Numbers for an act that commits now, unless another holds some, the leader counts or there is none here."""
        if self._state is None or self._granted or self._is_counting or len(self._ready) > _READY_AT_MOST:
            return None
        self._granted = Grant(self._state.leads, self._state.log_epoch, self._numbered)
        return self._granted

    def settle(self, grant: Grant | None, events: Sequence[LoggedEvent]) -> None:
        """The act has ended: `events` are in the log with the numbers of the grant, or none is."""
        if grant is None or grant is not self._granted:
            return  # without numbers, or with those of a leader before this one
        self._granted = None
        self._settled.set()
        if events:
            self._numbered += len(events)
            self._ready += events
            self.wake.set()

    def doubt(self, grant: Grant | None) -> None:
        """The act's commit did not answer."""
        if grant is not None and grant is self._granted:
            self._in_doubt = True
            self._settled.set()
            self.wake.set()

    def ready(self) -> list[LoggedEvent]:
        """Takes what was numbered with commits and waits to be published. Raises OutcomeUnknown."""
        if self._in_doubt:
            raise OutcomeUnknown
        taken, self._ready = self._ready, []
        return taken

    async def count_alone(self) -> int:
        """Grants no more and waits for the act that holds numbers; returns how far the log is numbered. Raises
        OutcomeUnknown."""
        self._is_counting = True
        while self._granted and not self._in_doubt:
            self._settled.clear()
            await self._settled.wait()
        if self._in_doubt:
            raise OutcomeUnknown
        return self._numbered

    def counted(self, count: int, *, all_told: bool) -> None:
        """The leader has given `count` numbers itself; with `all_told` no event is known to wait for one."""
        self._numbered += count
        self._is_counting = not all_told
