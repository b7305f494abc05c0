"""What a new version of a result changes in the visits (检查分派): given up, new, or with another team."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.draw.domain.substitution import Exchange
from services.draw.domain.visit_plan import PlannedVisit, Seat, VisitState


@dataclass(frozen=True, slots=True)
class VisitChanges:
    """`added`: tokens of objects that now get a visit; visits that stay as they are do not appear."""

    given_up: tuple[PlannedVisit, ...]
    added: tuple[bytes, ...]
    regrouped: tuple[PlannedVisit, ...]


def changes(before: Iterable[PlannedVisit], seats: Mapping[bytes, tuple[Seat, ...]]) -> VisitChanges:
    """`before`: the draw's visits; `seats`: object token → team of every object drawn at present."""
    standing = {visit.object_token: visit for visit in before if visit.state is VisitState.ASSIGNED}
    kept = [visit for token, visit in standing.items() if token in seats]
    return VisitChanges(
        given_up=tuple(visit.given_up() for token, visit in standing.items() if token not in seats),
        added=tuple(token for token in seats if token not in standing),
        regrouped=tuple(
            visit.with_seats(seats[visit.object_token]) for visit in kept if visit.seats != seats[visit.object_token]
        ),
    )


def successor_of(token: bytes, exchanges: Iterable[Exchange]) -> bytes | None:
    """Whoever first takes the place of a dropped object; None if every sequence was at its end."""
    return next((one.substitute for one in exchanges if one.dropped == token and one.substitute is not None), None)
