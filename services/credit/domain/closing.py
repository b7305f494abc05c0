"""A list entry closed by an input of its own: its flags end with it, its points are taken back, the archive says so."""

from __future__ import annotations

from dataclasses import replace

from services.credit.domain.facts import Fact, FactName
from services.credit.domain.indicators import IndicatorSystem
from services.credit.domain.listings import FlagState, Listing, ListingState
from services.credit.domain.posting import unlisted
from services.credit.domain.record import Held
from services.credit.domain.step import Made


def closed(
    name: FactName, held: Held, listing: Listing, system: IndicatorSystem, origin: str = "credit"
) -> tuple[Held, Made]:
    """What the record holds of fact `name` after `listing`, the next version of its entry, removed or annulled; and the
    rows that makes. Flags lifted before stay as they are, unless the entry is annulled."""
    was_entered = held.listing is not None and held.listing.state is ListingState.ENTERED
    annulled = listing.state is ListingState.ANNULLED
    flags = tuple(
        flag.following(listing) if annulled or flag.state is FlagState.RAISED else flag for flag in held.flags
    )
    made = tuple(flag for flag, before in zip(flags, held.flags, strict=True) if flag is not before)
    cause = Fact(*name, held.version, listing.entity_id, listing.recorded_at, origin, reason=listing.reason)
    back = (unlisted(cause, listing, held.listing_entered, system),) if was_entered else ()
    return replace(held, listing=listing, flags=flags), Made(back, (listing,), made)
