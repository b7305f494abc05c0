"""The board (排班板) of one department: slots, who holds them, and loads by level. Section 5.6 moves pieces on it.

Slots and inspectors are integers; sets of inspectors are bit masks by rank. `room` has those with cnt < cap, `levels`
everybody by load, so that "the least loaded of these" is one step per level. `team_able` has those eligible for any
slot of a team; `touched` collects those whose slots changed, for the search to look at anew.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_

from services.draw.domain.eligibility import Mask
from services.draw.domain.lists import Inspector

OPEN = -1


def bits(mask: Mask) -> Iterator[int]:
    """Positions of the set bits, lowest first: inspectors by rank."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def nth_bit(mask: Mask, n: int) -> int:
    """The position of the n-th set bit (from 0), by halving."""
    base, width = 0, mask.bit_length()
    while width > 1:
        half = width >> 1
        low = mask & ((1 << half) - 1)
        below = low.bit_count()
        if n < below:
            mask, width = low, half
        else:
            n, mask, base, width = n - below, mask >> half, base + half, width - half
    return base


class Board:
    """State of one department's matching. `inspectors` come by rank; loads start at 0 or at the yearly load."""

    def __init__(self, inspectors: Sequence[Inspector], yearly: bool) -> None:
        self.inspectors = inspectors
        self.everyone: Mask = (1 << len(inspectors)) - 1
        self.room: Mask = sum(1 << i for i, inspector in enumerate(inspectors) if inspector.cap > 0)
        self.load = [inspector.yearly_load if yearly else 0 for inspector in inspectors]
        self.levels: dict[int, Mask] = {}
        for i, load in enumerate(self.load):
            self.levels[load] = self.levels.get(load, 0) | 1 << i
        self.loads = sorted(self.levels)
        self.held: list[list[int]] = [[] for _ in inspectors]
        self.holder: list[int] = []
        self.eligible: list[Mask] = []
        self.team: list[int] = []
        self.slots_of: list[range] = []
        self.on_team: list[Mask] = []
        self.team_able: list[Mask] = []
        self.touched: Mask = 0

    def add_team(self, masks: Sequence[Mask]) -> int:
        """Open slots for one more team, in order of idx. Returns the team's number."""
        first, number = len(self.holder), len(self.slots_of)
        self.slots_of.append(range(first, first + len(masks)))
        self.on_team.append(0)
        self.team_able.append(reduce(or_, masks, 0))
        self.holder += [OPEN] * len(masks)
        self.eligible += masks
        self.team += [number] * len(masks)
        return number

    def free_for(self, slot: int) -> Mask:
        """Eligible, not on this team, cnt < cap."""
        return self.eligible[slot] & self.room & ~self.on_team[self.team[slot]]

    def least_loaded(self, mask: Mask) -> Mask:
        """Those of a non-empty mask whose load is least."""
        for load in self.loads:
            if found := self.levels[load] & mask:
                return found
        raise ValueError("no inspector in the mask")

    def take(self, slot: int, i: int) -> None:
        """Inspector i takes an open slot."""
        self.holder[slot] = i
        insort(self.held[i], slot)
        self.on_team[self.team[slot]] |= 1 << i
        self.touched |= 1 << i
        self._shift(i, 1)

    def leave(self, slot: int) -> int:
        """The holder leaves the slot, which is open then. Returns the inspector."""
        i = self.holder[slot]
        self.holder[slot] = OPEN
        self.held[i].remove(slot)
        self.touched |= 1 << i
        self.on_team[self.team[slot]] &= ~(1 << i)
        self._shift(i, -1)
        return i

    def move(self, moves: Sequence[tuple[int, int]]) -> None:
        """Make all moves (slot ← inspector) at once: every slot is left before any is taken."""
        for slot, _ in moves:
            if self.holder[slot] != OPEN:
                self.leave(slot)
        for slot, i in moves:
            self.take(slot, i)

    def slot_held(self, team: int, i: int) -> int | None:
        """The slot that i holds in the team."""
        return next((slot for slot in self.slots_of[team] if self.holder[slot] == i), None)

    def _shift(self, i: int, step: int) -> None:
        bit, load = 1 << i, self.load[i]
        self.levels[load] ^= bit
        if not self.levels[load]:
            del self.levels[load]
            del self.loads[bisect_left(self.loads, load)]
        self.load[i] = load = load + step
        if load not in self.levels:
            self.levels[load] = 0
            insort(self.loads, load)
        self.levels[load] |= bit
        if len(self.held[i]) < self.inspectors[i].cap:
            self.room |= bit
        else:
            self.room &= ~bit
