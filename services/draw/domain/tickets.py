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


def rank_tickets(suite: Suite, prefix: Bytes32, tokens: TokenFile, descending: bool, n: int) -> list[Ticket]:
    """At least the first n of the sequence by (ticket, token), lowest first or, descending, highest first."""
    n = min(n, len(tokens))
    bound = _bound(n, len(tokens))
    pairs = _keep(suite, prefix, tokens, descending, bound)
    if len(pairs) < n:
        pairs = _keep(suite, prefix, tokens, descending, None)
    pairs.sort(reverse=descending)
    return [Ticket(pair[:HASH_SIZE], pair[HASH_SIZE:]) for pair in pairs]


def _bound(n: int, size: int) -> int | None:
    """The share of 2²⁵⁶ that n + 6√n + 20 of `size` uniform tickets fall under, or None for all of them."""
    wanted = n + 6 * isqrt(n) + 20
    return None if wanted >= size else (wanted << 256) // size


def _keep(suite: Suite, prefix: Bytes32, tokens: TokenFile, descending: bool, bound: int | None) -> list[bytes]:
    """ticket ‖ token of those inside the bound: as bytes they sort by (ticket, token)."""
    h = suite.h
    if bound is None:
        return [h(prefix + token) + token for token in tokens]
    if descending:
        floor = (2**256 - bound).to_bytes(HASH_SIZE, "big")
        return [ticket + token for token in tokens if (ticket := h(prefix + token)) >= floor]
    ceiling = bound.to_bytes(HASH_SIZE, "big")
    return [ticket + token for token in tokens if (ticket := h(prefix + token)) < ceiling]


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
