"""Tickets (签号) of a big pool: a twin of `domain.tickets.rank_tickets`, held equal by a property test.

The definition hashes A ‖ token, one message a token. Here a state that has read A is copied and reads the token, so
that no message is ever put together; the same for both suites. Messages laid out in blocks by numpy were measured too
and took longer (1.30 of a bare hash loop against 1.19, SHA-256), so nothing here needs it. Besides the pool only the
tickets inside the edge are held.

The loop is pure computation under the interpreter's lock (hashlib lets go of it from 2,048 bytes on only): a few tenths
of a second for a million objects. Never call it on the event loop. From a worker thread requests are still answered,
but each wait of theirs then costs up to one switch interval (5 ms); a worker process leaves them alone.
"""

from __future__ import annotations

from struct import iter_unpack

from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import HASH_SIZE, Bytes32, HashState, Suite
from services.draw.domain.tickets import Ticket, rank_by

TOKEN = f"{HASH_SIZE}s"
ABOVE_ALL = b"\xff" * (HASH_SIZE + 1)
BELOW_ALL = b""


def rank_tickets_fast(suite: Suite, prefix: Bytes32, tokens: TokenFile, descending: bool, n: int) -> list[Ticket]:
    """At least the first n of the sequence by (ticket, token), lowest first or, descending, highest first."""
    start = suite.begin(prefix)

    def keep(edge: Bytes32 | None) -> list[bytes]:
        if descending:
            return _from(start, tokens, BELOW_ALL if edge is None else edge)
        return _below(start, tokens, ABOVE_ALL if edge is None else edge)

    return rank_by(keep, len(tokens), descending, n)


def _below(start: HashState, tokens: TokenFile, edge: bytes) -> list[bytes]:
    """ticket ‖ token of the tickets below the edge. Written out, like `_from`: a call a token would cost a third."""
    kept: list[bytes] = []
    copy = start.copy
    for (token,) in iter_unpack(TOKEN, tokens.raw):
        state = copy()
        state.update(token)
        ticket = state.digest()
        if ticket < edge:
            kept.append(ticket + token)
    return kept


def _from(start: HashState, tokens: TokenFile, edge: bytes) -> list[bytes]:
    """ticket ‖ token of the tickets from the edge on."""
    kept: list[bytes] = []
    copy = start.copy
    for (token,) in iter_unpack(TOKEN, tokens.raw):
        state = copy()
        state.update(token)
        ticket = state.digest()
        if ticket >= edge:
            kept.append(ticket + token)
    return kept
