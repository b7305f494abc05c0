"""What a fact does to the lists (C3, C4): enters, keeps, removes or annuls the entry its decision stands for.

Only a decision lists, never a finding. When a correction keeps the decision, the entry and its flags stay untouched.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.credit.domain.days import day_of
from services.credit.domain.entries import Entry
from services.credit.domain.facts import Decision, Fact
from services.credit.domain.identity import named
from services.credit.domain.indicators import IndicatorSystem
from services.credit.domain.listings import Flag, FlagState, Listing, ListingState, raised_by
from services.credit.domain.posting import list_mark, listed, unlisted
from services.credit.domain.record import Held, Rules


@dataclass(frozen=True, slots=True)
class ListMoves:
    """The entry after the fact, its points as entered, its flags; and every row made on the way."""

    listing: Listing | None = None
    entered: int = 0
    flags: tuple[Flag, ...] = ()
    listings_made: tuple[Listing, ...] = ()
    flags_made: tuple[Flag, ...] = ()
    entries: tuple[Entry, ...] = ()


NO_MOVES = ListMoves()


def list_moves(known: Held | None, fact: Fact, rules: Rules) -> ListMoves:
    """The moves from what is known of the fact to its new version."""
    wanted = fact.decision if fact.standing else None
    moves = NO_MOVES
    if known is not None and known.listing is not None:
        moves = ListMoves(known.listing, known.listing_entered, known.flags)
        if wanted is None or not known.listing.decision.is_same_entry(wanted):
            moves = _annulled(moves, known.listing, fact, rules.indicators)
    if wanted is None:
        return moves
    if moves.listing is None:
        moves = _entered(moves, fact, wanted, rules)
    return _removed_if_said(moves, fact, wanted, rules.indicators)


def _entered(moves: ListMoves, fact: Fact, decision: Decision, rules: Rules) -> ListMoves:
    listing_id = named("listing", fact.entity_id, fact.source, fact.key, fact.version)
    listing = Listing(listing_id, fact.entity_id, decision.as_entered(), fact.told_at)
    flags = tuple(raised_by(listing, measure) for measure in rules.measures.triggered_by(decision.list_code))
    mark = list_mark(decision)
    indicator = rules.indicators.find(mark.code)
    points = 0 if indicator is None else indicator.points_of(mark)
    entry = listed(fact, listing, points, rules.indicators, rules.measures.list_name(decision.list_code))
    return ListMoves(
        listing,
        points,
        flags,
        (*moves.listings_made, listing),
        (*moves.flags_made, *flags),
        (*moves.entries, entry),
    )


def _annulled(moves: ListMoves, listing: Listing, fact: Fact, system: IndicatorSystem) -> ListMoves:
    """The decision is gone: the entry and its flags are as if they had never been. The record forgets them."""
    annulled = listing.annulled(day_of(fact.told_at), fact.reason or "列入决定已不存在", fact.told_at)
    closed = _closed(moves, annulled, fact, system)
    return ListMoves(listings_made=closed.listings_made, flags_made=closed.flags_made, entries=closed.entries)


def _removed_if_said(moves: ListMoves, fact: Fact, decision: Decision, system: IndicatorSystem) -> ListMoves:
    listing = moves.listing
    if decision.removed_on is None or listing is None or listing.state is not ListingState.ENTERED:
        return moves
    removed = listing.removed(decision.removed_on, decision.removal_reason or "移出名单", fact.told_at)
    return _closed(moves, removed, fact, system)


def _closed(moves: ListMoves, closed: Listing, fact: Fact, system: IndicatorSystem) -> ListMoves:
    """Flags follow, those lifted before only an annulment; points are taken back, unless a removal did that."""
    was_entered = moves.listing is not None and moves.listing.state is ListingState.ENTERED
    annulled = closed.state is ListingState.ANNULLED
    flags = tuple(
        flag.following(closed) if annulled or flag.state is FlagState.RAISED else flag for flag in moves.flags
    )
    made = tuple(flag for flag, before in zip(flags, moves.flags, strict=True) if flag is not before)
    back = (unlisted(fact, closed, moves.entered, system),) if was_entered else ()
    return ListMoves(
        closed,
        moves.entered,
        flags,
        (*moves.listings_made, closed),
        (*moves.flags_made, *made),
        (*moves.entries, *back),
    )
