"""How a fact is posted to the archive: its own entries, and reversals that take earlier ones back exactly (REL39)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from services.credit.domain.entries import Entry, EntryKind
from services.credit.domain.facts import BARE, Decision, Fact, Mark
from services.credit.domain.identity import named
from services.credit.domain.indicators import IndicatorSystem
from services.credit.domain.listings import Listing
from services.credit.domain.rating import list_code
from services.credit.domain.record import Held


def observed(fact: Fact, points: tuple[int, ...], system: IndicatorSystem) -> Iterator[Entry]:
    """An entry for every observation of a standing fact, those that weigh nothing too."""
    if not fact.standing:
        return
    for place, (observation, weight) in enumerate(zip(fact.observations, points, strict=True)):
        entry_id = _observation_id(fact, fact.version, place)
        yield _entry(fact, system, EntryKind.FACT, entry_id, (observation.mark, weight, observation.title))


def taken_back(known: Held | None, fact: Fact, system: IndicatorSystem) -> Iterator[Entry]:
    """Reversals of the entries of the version known."""
    if known is None or not known.standing:
        return
    for place, (mark, points) in enumerate(zip(known.marks, known.entered, strict=True)):
        yield _reversal(fact, system, _observation_id(fact, known.version, place), mark, points)


def listed(fact: Fact, listing: Listing, points: int, system: IndicatorSystem, list_name: str) -> Entry:
    """The entry that an entry of a list makes in the archive."""
    decision = listing.decision
    title = f"列入{list_name}：{decision.ground}（{decision.document_no}）"
    return _entry(fact, system, EntryKind.LISTING, entry_of_listing(listing.id), (list_mark(decision), points, title))


def unlisted(fact: Fact, listing: Listing, points: int, system: IndicatorSystem) -> Entry:
    """The reversal of `listed`, whether the entity was removed or the entry annulled."""
    return _reversal(fact, system, entry_of_listing(listing.id), list_mark(listing.decision), points, listing.reason)


def list_mark(decision: Decision) -> Mark:
    return Mark(list_code(decision.list_code), BARE, None, decision.decided_on)


def _observation_id(fact: Fact, version: int, place: int) -> UUID:
    return named("entry", fact.entity_id, fact.source, fact.key, version, place)


def entry_of_listing(listing_id: UUID) -> UUID:
    """The id of the line that an entry of a list makes in the archive."""
    return named("entry-of-listing", listing_id)


def _entry(fact: Fact, system: IndicatorSystem, kind: EntryKind, entry_id: UUID, what: tuple[Mark, int, str]) -> Entry:
    mark, points, title = what
    indicator = system.find(mark.code)
    return Entry(
        id=entry_id,
        entity_id=fact.entity_id,
        source=fact.source,
        fact_key=fact.key,
        fact_version=fact.version,
        kind=kind,
        code=mark.code,
        indicator_code=None if indicator is None else indicator.code,
        level=mark.level,
        points=points,
        occurred_on=mark.occurred_on,
        recorded_at=fact.told_at,
        title=title,
        origin=fact.origin,
        indicator_version=system.version,
        reason=fact.reason,
    )


def _reversal(
    fact: Fact, system: IndicatorSystem, reverses: UUID, mark: Mark, points: int, reason: str | None = None
) -> Entry:
    indicator = system.find(mark.code)
    return Entry(
        id=named("reversal", reverses),
        entity_id=fact.entity_id,
        source=fact.source,
        fact_key=fact.key,
        fact_version=fact.version,
        kind=EntryKind.REVERSAL,
        code=mark.code,
        indicator_code=None if indicator is None else indicator.code,
        level=mark.level,
        points=-points,
        occurred_on=mark.occurred_on,
        recorded_at=fact.told_at,
        title="冲销",
        origin=fact.origin,
        indicator_version=system.version,
        reverses=reverses,
        reason=reason or fact.reason,
    )
