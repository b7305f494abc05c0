"""Matching of one department (部门匹配), section 5.6: greedy, repair, balance. Departments do not interact."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from operator import or_

from services.draw.domain.board import OPEN, Board, bits, nth_bit
from services.draw.domain.eligibility import Mask
from services.draw.domain.primitives import Bytes32, Suite, uniform_int
from services.draw.domain.search import Searcher


@dataclass(frozen=True)
class Shortage:
    """U line (缺口): open slots after repair, slots its failed searches saw, inspectors eligible for these."""

    department: str
    open_slots: int
    slots_seen: int
    inspectors_seen: int


def greedy(suite: Suite, seed: Bytes32, board: Board, slot: int, label: str) -> int:
    """Fill one open slot with a random one of the least loaded who may take it. Returns the inspector or OPEN."""
    free = board.free_for(slot)
    if not free:
        return OPEN
    candidates = board.least_loaded(free)
    i = nth_bit(candidates, uniform_int(suite, seed, label, candidates.bit_count()))
    board.take(slot, i)
    return i


def repair(board: Board, searcher: Searcher) -> None:
    """Fill each slot still open by a chain of moves, where there is one."""
    for slot, holder in enumerate(list(board.holder)):
        if holder == OPEN:
            moves = searcher.from_slot(slot, board.room)
            if moves:
                board.move(moves)


def shortage(department: str, board: Board, searcher: Searcher) -> Shortage | None:
    """What repair had to leave open, or None; to be asked before balance."""
    open_slots = board.holder.count(OPEN)
    if not open_slots:
        return None
    able: Mask = 0
    for slot in searcher.closed_slots:
        able |= board.eligible[slot]
    return Shortage(department, open_slots, len(searcher.closed_slots), able.bit_count())


def balance(board: Board, searcher: Searcher) -> None:
    """Move single slots from more to less loaded inspectors until no chain lowers a difference of two."""
    while _move_one(board, searcher):
        pass


def _move_one(board: Board, searcher: Searcher) -> bool:
    """One pass: inspectors by falling load, then rank; starts in a closed set cannot succeed."""
    loads = board.loads[:]
    up_to = list(accumulate((board.levels[load] for load in loads), or_))
    for load in reversed(loads):
        most = bisect_right(loads, load - 2)
        goal = up_to[most - 1] & board.room & ~searcher.closed if most else 0
        if not goal:
            return False
        for a in bits(board.levels[load] & ~searcher.closed):
            moves = searcher.from_inspector(a, goal)
            if moves:
                board.move(moves)
                return True
    return False
