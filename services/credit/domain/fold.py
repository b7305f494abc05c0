"""How a fact changes the record (C1, R6, REL39): one pure step, and what it adds to the archive.

A version already known, or older than the one known, changes nothing: facts may arrive twice or late (REL2, REL8). A
new version takes back the entries of the one before and adds its own; a withdrawal only takes back. The score is
always that of the facts that stand, so a withdrawn fact counts as if it had never been.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType
from uuid import UUID

from services.credit.domain.days import day_of
from services.credit.domain.entries import ClassChange, Entry
from services.credit.domain.facts import UNCOUNTED, Fact
from services.credit.domain.indicators import IndicatorSystem, weigh
from services.credit.domain.list_moves import NO_MOVES, list_moves
from services.credit.domain.listings import Flag, Listing
from services.credit.domain.posting import observed, taken_back
from services.credit.domain.rating import rate
from services.credit.domain.record import CreditRecord, Held, Rules


@dataclass(frozen=True, slots=True)
class Step:
    """What one fact did: the record after it and the rows it adds. `fact` has its version resolved."""

    fact: Fact
    before: CreditRecord
    record: CreditRecord
    entries: tuple[Entry, ...]
    class_change: ClassChange | None
    listings: tuple[Listing, ...] = ()
    flags: tuple[Flag, ...] = ()


def apply(record: CreditRecord, fact: Fact, rules: Rules) -> Step | None:
    """The step a fact makes; None when the record knows this version, a newer one, or the same content already."""
    known = record.facts.get(fact.name)
    fact = _versioned(fact, known)
    if known is not None and (fact.version == UNCOUNTED or fact.rank <= known.rank):
        return None
    system = rules.indicators
    marks = tuple(observation.mark for observation in fact.observations) if fact.standing else ()
    points = weigh(marks, system)
    has_lists = fact.decision is not None or (known is not None and known.listing is not None)
    moves = list_moves(known, fact, rules) if has_lists else NO_MOVES
    held = Held(
        fact.version, fact.standing, marks, points, moves.listing, moves.entered, moves.flags, digest=fact.digest
    )
    after = _after(record, fact, held, system)
    return Step(
        fact=fact,
        before=record,
        record=after,
        entries=(*taken_back(known, fact, system), *observed(fact, points, system), *moves.entries),
        class_change=_class_change(record, after, fact),
        listings=moves.listings_made,
        flags=moves.flags_made,
    )


def apply_all(records: dict[UUID, CreditRecord], facts: Iterable[Fact], rules: Rules) -> Iterator[Step]:
    """Applies facts in order to the records of their entities, which it keeps current; one that is missing starts
    empty."""
    for fact in facts:
        before = records.get(fact.entity_id) or CreditRecord(fact.entity_id)
        step = apply(before, fact, rules)
        if step is not None:
            records[fact.entity_id] = step.record
            yield step


def _versioned(fact: Fact, known: Held | None) -> Fact:
    """A source that counts no versions: other content than the one known is the next version, the same stays 0."""
    if fact.version != UNCOUNTED:
        return fact
    if known is None:
        return replace(fact, version=1)
    is_same = known.standing == fact.standing and known.digest == fact.digest
    return fact if is_same else replace(fact, version=known.version + 1)


def _after(record: CreditRecord, fact: Fact, held: Held, system: IndicatorSystem) -> CreditRecord:
    facts = MappingProxyType({**record.facts, fact.name: held})
    as_of = max(record.as_of, day_of(fact.told_at))
    rating = rate(facts, system, as_of)
    return CreditRecord(
        entity_id=record.entity_id,
        version=record.version + 1,
        as_of=as_of,
        score=rating.score,
        credit_class=rating.credit_class,
        indicator_version=system.version,
        facts=facts,
    )


def _class_change(before: CreditRecord, after: CreditRecord, fact: Fact) -> ClassChange | None:
    if before.credit_class is after.credit_class:
        return None
    return ClassChange(
        entity_id=after.entity_id,
        record_version=after.version,
        before=before.credit_class,
        after=after.credit_class,
        score=after.score,
        indicator_version=after.indicator_version,
        source=fact.source,
        fact_key=fact.key,
        fact_version=fact.version,
        changed_at=fact.told_at,
    )
