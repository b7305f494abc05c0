"""Tickets (签号), section 5.4: each token's lot under the seed, and the sequence of a stratum.

A draw needs the first n of N tickets. Instead of sorting all, those below a bound that n of them fall under almost
surely are kept and sorted; if too few did, everything is sorted. The outcome is exact either way.
"""

from collections.abc import Callable
from math import isqrt
from typing import NamedTuple, TypeAlias

from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import HASH_SIZE, Bytes32, Suite, tagged


class Ticket(NamedTuple):
    """The ticket and, to break ties, the token that drew it."""

    ticket: Bytes32
    token: Bytes32


Ranker: TypeAlias = Callable[[Suite, Bytes32, TokenFile, bool, int], list[Ticket]]
"""(suite, A, tokens, descending, n) → at least the first n of the sequence, in order. Twins live in adapters."""


def ticket_prefix(suite: Suite, seed: Bytes32, group: str) -> Bytes32:
    """A = T("ssj1/ticket", seed, group)."""
    return tagged(suite, "ssj1/ticket", seed, group)


def ticket_of(suite: Suite, prefix: Bytes32, token: Bytes32) -> Bytes32:
    """ticket = H(A ‖ token)."""
    return suite.h(prefix + token)


Keep: TypeAlias = Callable[[Bytes32 | None], list[bytes]]
"""Edge → ticket ‖ token of the tickets inside it (below an ascending edge, from a descending one on); None: of all."""


def rank_tickets(suite: Suite, prefix: Bytes32, tokens: TokenFile, descending: bool, n: int) -> list[Ticket]:
    """At least the first n of the sequence by (ticket, token), lowest first or, descending, highest first."""
    return rank_by(lambda edge: _keep(suite, prefix, tokens, descending, edge), len(tokens), descending, n)


def rank_by(keep: Keep, size: int, descending: bool, n: int) -> list[Ticket]:
    """The same for any way of keeping the tickets of `size` tokens that are inside an edge."""
    n = min(n, size)
    pairs = keep(_edge(n, size, descending))
    if len(pairs) < n:
        pairs = keep(None)
    pairs.sort(reverse=descending)  # as bytes they sort by (ticket, token)
    return [Ticket(pair[:HASH_SIZE], pair[HASH_SIZE:]) for pair in pairs]


def _edge(n: int, size: int, descending: bool) -> Bytes32 | None:
    """The ticket that n + 6√n + 20 of `size` uniform ones are inside of, or None if that is all of them."""
    wanted = n + 6 * isqrt(n) + 20
    if wanted >= size:
        return None
    share = (wanted << 256) // size
    return (2**256 - share if descending else share).to_bytes(HASH_SIZE, "big")


def _keep(suite: Suite, prefix: Bytes32, tokens: TokenFile, descending: bool, edge: Bytes32 | None) -> list[bytes]:
    h = suite.h
    if edge is None:
        return [h(prefix + token) + token for token in tokens]
    if descending:
        return [ticket + token for token in tokens if (ticket := h(prefix + token)) >= edge]
    return [ticket + token for token in tokens if (ticket := h(prefix + token)) < edge]


class Sequence:
    """The sequence of one stratum in one (group, order), ranked as far as somebody asked."""

    def __init__(
        self, suite: Suite, prefix: Bytes32, tokens: TokenFile, descending: bool, rank: Ranker = rank_tickets
    ) -> None:
        self._rank_to: Callable[[int], list[Ticket]] = lambda n: rank(suite, prefix, tokens, descending, n)
        self._size = len(tokens)
        self._ranked: list[Ticket] = []

    def __len__(self) -> int:
        return self._size

    def first(self, n: int) -> list[Ticket]:
        """The first n tickets (all, if there are fewer)."""
        n = min(n, self._size)
        if len(self._ranked) < n:
            self._ranked = self._rank_to(n)
        return self._ranked[:n]

    def __getitem__(self, k: int) -> Ticket:
        if not 0 <= k < self._size:
            raise IndexError(k)
        if k >= len(self._ranked):
            self._ranked = self._rank_to(min(2 * k + 1, self._size))
        return self._ranked[k]
