"""Job 9: 40,000 slots matched with 800 inspectors, the worst of five mixes.

Floor: 40,000 `uniform_int` written as the definition says, by hashlib. Product: the whole matching, from visits, roster
and recusals to the assignments. Left out: reading and checking the record.
"""

from __future__ import annotations

import hashlib

from tests.bench.frame import Bench, Figures, Report, seconds
from tests.bench.mixes import MIXES, WIDE_YEAR, Mix, Problem, Size, a_problem

BENCH = Bench("match", target=40, aim=20)
TWO_64 = 2**64
FULL = Size()


def uniform_int(seed: bytes, label: bytes, m: int) -> int:
    """Section 5.2 word by word, SHA-256."""
    limit = TWO_64 - TWO_64 % m
    j = 0
    while True:
        parts = (b"ssj1/int", seed, label, j.to_bytes(8, "big"))
        message = b"".join([len(part).to_bytes(4, "big") + part for part in parts])
        x = int.from_bytes(hashlib.sha256(message).digest()[:8], "big")
        if x < limit:
            return x % m
        j += 1


def floor(slots: int) -> None:
    seed = bytes(range(32))
    for slot in range(slots):
        uniform_int(seed, b"match/%064x/D/%d" % (slot, slot & 1), 1 + slot % 200)


def ours(problem: Problem) -> None:
    problem.solve().assignments()


def measure(mix: Mix, size: Size) -> Figures:
    problem = a_problem(mix, size)
    return BENCH.measure(seconds(lambda: floor(size.slots)), seconds(lambda: ours(problem)))


def run(size: Size = FULL) -> Report:
    figures = {mix.name: measure(mix, size) for mix in MIXES}
    worst = max(figures, key=lambda name: BENCH.ratio(figures[name]))
    wide = measure(WIDE_YEAR, size)
    remarks = [f"{name}: {BENCH.ratio(found):.1f} × floor" for name, found in figures.items()]
    remarks.append(f"(besides) {WIDE_YEAR.name}: {BENCH.ratio(wide):.1f} × floor")
    return BENCH.report(figures[worst], (*remarks, f"worst: {worst}"))
