"""Search (调整搜索), section 5.6: breadth first from an open slot or an overloaded inspector to one with room.

Equal to the literal definition, faster in four ways: a failed search leaves a closed set that later ones skip; the
slots of an inspector are queued as one row and looked at only when their turn comes; what a slot adds to the seen
inspectors is one mask operation; and slots and swaps that lead to nobody unseen are not looked at: `reach` has, for
each inspector, all who are eligible for any slot of his teams. Where all these were seen, no chain of moves can begin.
"""

from collections import deque
from collections.abc import Iterable
from functools import reduce
from operator import or_

from services.draw.domain.board import OPEN, Board, bits
from services.draw.domain.eligibility import Mask

Moves = list[tuple[int, int]]


class Searcher:
    """Searches one board. `closed` inspectors and slots were seen by failed searches: no goal can be reached there."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.closed: Mask = 0
        self.closed_slots: set[int] = set()
        self.reach: list[Mask] = [0] * len(board.inspectors)
        board.touched = board.everyone

    def from_slot(self, slot: int, goal: Mask) -> Moves | None:
        """Moves that fill an open slot, the last mover being in `goal`; None if there are none."""
        self._refresh()
        return _Search(self, goal, slot, None).run()

    def from_inspector(self, i: int, goal: Mask) -> Moves | None:
        """Moves that take one slot from i and add one to an inspector in `goal`; None if there are none."""
        self._refresh()
        return _Search(self, goal, None, i).run()

    def _refresh(self) -> None:
        """Bring `reach` up to date for those whose slots changed."""
        board = self.board
        for i in bits(board.touched):
            self.reach[i] = reduce(or_, [board.team_able[board.team[slot]] for slot in board.held[i]], 0)
        board.touched = 0

    def swaps(self, slot: int) -> list[int]:
        """The slot, and those of its team from which team-mates could move to it, one after the other."""
        board = self.board
        found = [slot]
        for place in found:
            mates = board.eligible[place] & board.on_team[board.team[place]]
            found += [
                other
                for other in board.slots_of[board.team[slot]]
                if board.holder[other] != OPEN and mates >> board.holder[other] & 1 and other not in found
            ]
        return found

    def close(self, popped: Mask, slots: Iterable[int]) -> None:
        """Remember all that a failed search saw: these inspectors, these slots, and what swaps lead to from both."""
        self.closed |= popped
        released = (slot for i in bits(popped) for slot in self.board.held[i])
        for slot in (*slots, *released):
            if slot not in self.closed_slots:
                self.closed_slots.update(self.swaps(slot))


class _Search:
    """One breadth-first search. Queued: ~i (the slots of inspector i), or a row of ~i (inspector) and slots (swap)."""

    def __init__(self, searcher: Searcher, goal: Mask, slot: int | None, inspector: int | None) -> None:
        self.searcher = searcher
        self.board = searcher.board
        self.goal = goal
        self.start_slot = slot
        self.start_inspector = inspector
        self.unseen: Mask = self.board.everyone & ~searcher.closed
        self.popped: Mask = 0
        self.via_slot: dict[int, int] = {}
        self.swapped: dict[int, int] = {}
        self.queue: deque[int | list[int]] = deque()

    def run(self) -> Moves | None:
        if self.start_slot is not None:
            self.queue.append([self.start_slot])
        if self.start_inspector is not None:
            self.unseen &= ~(1 << self.start_inspector)
            self.queue.append([~self.start_inspector])
        while self.queue:
            entry = self.queue.popleft()
            found = self._look_along(entry) if isinstance(entry, list) else self._release(~entry)
            if found is not None:
                return self._moves(found)
        starts = [] if self.start_slot is None else [self.start_slot]
        self.searcher.close(self.popped, [*starts, *self.swapped])
        return None

    def _look_along(self, row: list[int]) -> int | None:
        """Expand the nodes of one row in order; the inspector found, if any."""
        for node in row:
            if node < 0:
                self.popped |= 1 << ~node
                if self.searcher.reach[~node] & self.unseen:
                    self.queue.append(node)
            elif (found := self._look_at(node)) is not None:
                return found
        return None

    def _release(self, i: int) -> int | None:
        """Expand the slots of inspector i, ascending, as long as they can lead to anybody unseen."""
        reach = self.searcher.reach[i]
        for slot in self.board.held[i]:
            if not reach & self.unseen:
                return None
            if slot in self.swapped or slot in self.searcher.closed_slots:
                continue
            if (found := self._look_at(slot)) is not None:
                return found
        return None

    def _look_at(self, slot: int) -> int | None:
        """Expand one slot. Its team-mates matter only if one of their slots leads to somebody whom this does not."""
        board = self.board
        able, team = board.eligible[slot], board.team[slot]
        on_team = board.on_team[team]
        within = board.team_able[team] & self.unseen & ~on_team
        if not within:
            return None
        new = able & within
        if new & self.goal:
            found = next(bits(new & self.goal))
            self.via_slot[found] = slot
            return found
        mates = able & on_team if new != within else 0
        if mates and board.holder[slot] != OPEN:
            mates &= ~(1 << board.holder[slot])
        if new or mates:
            self._see(slot, new, mates)
        return None

    def _see(self, slot: int, new: Mask, mates: Mask) -> None:
        """Queue, by rank, the inspectors seen first from this slot and the slots its team-mates could swap away."""
        row: list[int] = []
        for i in bits(new | mates):
            if new >> i & 1:
                self.via_slot[i] = slot
                row.append(~i)
            elif (swap := self._swap(slot, i)) is not None:
                row.append(swap)
        self.unseen &= ~new
        if row:
            self.queue.append(row)

    def _swap(self, slot: int, i: int) -> int | None:
        """The slot of team-mate i, if it is unseen: i could leave it for this one."""
        held = self.board.slot_held(self.board.team[slot], i)
        if held is None or self.popped >> i & 1 or held in self.swapped or held in self.searcher.closed_slots:
            return None
        self.swapped[held] = slot
        return held

    def _moves(self, found: int) -> Moves:
        slot, i = self.via_slot[found], found
        moves: Moves = []
        while True:
            moves.append((slot, i))
            if slot == self.start_slot:
                return moves
            i = self.board.holder[slot]
            if slot in self.swapped:
                slot = self.swapped[slot]
            elif i == self.start_inspector:
                return moves
            else:
                slot = self.via_slot[i]
