"""Job 2: tickets for 1,000,000 objects, exactly the 30,000 smallest.

Floor: a bare hashlib loop over messages that already lie in memory. Product: the service's ranking of a pool, from the
raw token file to the tickets in order. Left out: reading the pool from the database, allocation, batches, matching.
"""

from __future__ import annotations

import hashlib
import heapq
import tracemalloc
from collections.abc import Callable

from services.draw.adapters.fast_tickets import rank_tickets_fast
from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import SHA256, SM3, Suite
from services.draw.domain.tickets import Ranker, Ticket, rank_tickets
from tests.bench.frame import Bench, Report, seconds

BENCH = Bench("draw", target=2.0, aim=1.5)
OBJECTS, DRAWN = 1_000_000, 30_000
MOST_EXTRA_MB = 20.0
"""What a draw may hold besides the pool."""
PREFIX = hashlib.sha256(b"A").digest()


class Wrong(AssertionError):
    """The ranking is not the exact one: its speed means nothing."""


def a_pool(size: int) -> TokenFile:
    return TokenFile.of([hashlib.sha256(b"%d" % n).digest() for n in range(size)])


def floor_of(pool: TokenFile, suite: Suite) -> Callable[[], object]:
    """One digest a message and nothing else, the quicker way of the suite."""
    messages = [PREFIX + token for token in pool]
    blank = suite.begin(b"")

    def by_constructor() -> None:
        sha256 = hashlib.sha256
        for message in messages:
            sha256(message).digest()

    def by_copy() -> None:
        for message in messages:
            state = blank.copy()
            state.update(message)
            state.digest()

    return by_constructor if suite == SHA256 else by_copy


def ours_of(pool: TokenFile, suite: Suite, drawn: int) -> Callable[[], list[Ticket]]:
    return lambda: rank_tickets_fast(suite, PREFIX, pool, False, drawn)


def check(pool: TokenFile, suite: Suite, drawn: int, rank: Ranker = rank_tickets_fast) -> None:
    """Raises Wrong unless the ranking begins with the smallest by definition."""
    exact = heapq.nsmallest(drawn, ((suite.h(PREFIX + token), token) for token in pool))
    if rank(suite, PREFIX, pool, False, drawn)[:drawn] != exact:
        raise Wrong


def extra_mb(pool: TokenFile, drawn: int) -> float:
    """The most that the product holds besides the pool."""
    tracemalloc.start()
    ours_of(pool, SHA256, drawn)()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def run(objects: int = OBJECTS, drawn: int = DRAWN) -> Report:
    pool = a_pool(objects)
    extra = extra_mb(pool, drawn)
    check(pool, SHA256, drawn)
    figures = BENCH.measure(seconds(floor_of(pool, SHA256)), seconds(ours_of(pool, SHA256, drawn)))
    sm3 = BENCH.measure(seconds(floor_of(pool, SM3)), seconds(ours_of(pool, SM3, drawn)))
    plain = seconds(lambda: rank_tickets(SHA256, PREFIX, pool, False, drawn))()
    remarks = (
        f"pool {len(pool.raw) / 1e6:.0f} MB, besides it at most {extra:.1f} MB (must ≤ {MOST_EXTRA_MB:.0f});"
        " the messages of the floor, about 100 MB, are in the peak below",
        f"SM3: {BENCH.ratio(sm3):.2f} × its floor of {sm3.floor:.3f} s",
        f"the domain's plain ranking: {plain / figures.floor:.2f} × floor",
    )
    missed = (f"{extra:.1f} MB besides the pool",) if extra > MOST_EXTRA_MB else ()
    return BENCH.report(figures, remarks, missed)
