"""Draws that cheat, for the fairness tests to catch: each looks like a draw and favours or spares somebody."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import Bytes32, Suite
from services.draw.domain.tickets import Ranker, Ticket, rank_tickets
from tests.builders.many_draws import Held, a_beacon_value


def _last(ranked: list[Ticket], spared: set[bytes]) -> list[Ticket]:
    return [t for t in ranked if t.token not in spared] + [t for t in ranked if t.token in spared]


def skip_sampling(suite: Suite, prefix: Bytes32, tokens: TokenFile, descending: bool, n: int) -> list[Ticket]:
    """Steps of three with a start of 0 or 1 only: one object in three can never be drawn."""
    spared = {token for place, token in enumerate(tokens) if place % 3 == 2}
    return _last(rank_tickets(suite, prefix, tokens, descending, len(tokens)), spared)


def dropped_tail(suite: Suite, prefix: Bytes32, tokens: TokenFile, descending: bool, n: int) -> list[Ticket]:
    """The last page of the list is forgotten: one object in twenty, at least one."""
    spared = set(list(tokens)[-max(1, len(tokens) // 20) :])
    return _last(rank_tickets(suite, prefix, tokens, descending, len(tokens)), spared)


def always_together(suite: Suite, prefix: Bytes32, tokens: TokenFile, descending: bool, n: int) -> list[Ticket]:
    """The second object comes exactly when the first does: each is drawn as often as anybody else."""
    ranked = rank_tickets(suite, prefix, tokens, descending, len(tokens))
    places = [next(place for place, ticket in enumerate(ranked) if ticket.token == tokens[k]) for k in (0, 1)]
    leader, follower = places
    if (leader < n) != (follower < n):
        inside = [place for place in range(n) if place != leader]
        other = inside[-1] if leader < n else n + (leader == n)
        ranked[follower], ranked[other] = ranked[other], ranked[follower]
    return ranked


def a_rotation() -> Ranker:
    """Everybody's turn comes, as on a rota: too even to be chance, and known beforehand."""
    turns = count()

    def rank(suite: Suite, prefix: Bytes32, tokens: TokenFile, descending: bool, n: int) -> list[Ticket]:
        start = 7 * next(turns) % len(tokens)
        ranked = sorted(rank_tickets(suite, prefix, tokens, descending, len(tokens)), key=lambda t: t.token)
        return ranked[start:] + ranked[:start]

    return rank


def a_loaded_beacon(number: int) -> str:
    """A source that knows only twelve values."""
    return a_beacon_value(number % 12)


def _swapped(held: Held, one: tuple[bytes, int], other: tuple[bytes, int]) -> Held:
    """The two places change hands."""
    at = {(seat.token, seat.idx): seat for seat in held}
    at[one], at[other] = (
        replace(at[one], inspector=at[other].inspector),
        replace(at[other], inspector=at[one].inspector),
    )
    return tuple(at[seat.token, seat.idx] for seat in held)


def _seats(held: Held, inspector: bytes) -> list[tuple[bytes, int]]:
    return [(seat.token, seat.idx) for seat in held if seat.inspector == inspector]


def _team(held: Held, token: bytes) -> list[bytes | None]:
    return [seat.inspector for seat in held if seat.token == token]


def a_friend_of_the_house(held: Held, inspector: bytes, token: bytes) -> Held:
    """This inspector always sees to this object, and otherwise has as much work as the rest."""
    team = _team(held, token)
    if inspector in team:
        return held
    for seat in _seats(held, inspector):
        for idx, holder in enumerate(team):
            if holder not in _team(held, seat[0]):
                return _swapped(held, (token, idx), seat)
    return held


def inseparable(held: Held, pair: tuple[bytes, bytes]) -> Held:
    """The second takes a place beside the first at every object where that can be had by a swap."""
    first, second = pair
    for token, idx in _seats(held, first):
        if second in _team(held, token):
            continue
        mate = _team(held, token)[1 - idx]
        for seat in _seats(held, second):
            team = _team(held, seat[0])
            if first not in team and mate not in team:
                held = _swapped(held, (token, 1 - idx), seat)
                break
    return held


def spared(held: Held, inspector: bytes, others: Sequence[bytes]) -> Held:
    """One place of this inspector goes to a colleague each time: a favour in working hours."""
    for token, idx in _seats(held, inspector):
        free = [other for other in others if other not in _team(held, token)]
        if free:
            return tuple(
                replace(seat, inspector=free[0]) if (seat.token, seat.idx) == (token, idx) else seat for seat in held
            )
    return held
