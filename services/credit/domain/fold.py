"""How inputs change the record: one pure step each (`step.py` says what an input is and how to add a kind).

A fact (C1, R6, REL39):

A version already known, or older than the one known, changes nothing: facts may arrive twice or late (REL2, REL8). A
new version takes back the entries of the one before and adds its own; a withdrawal only takes back. The score is
always that of the facts that stand, so a withdrawn fact counts as if it had never been.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from services.credit.domain.days import day_of
from services.credit.domain.facts import UNCOUNTED, Fact
from services.credit.domain.indicators import weigh
from services.credit.domain.list_decisions import ListingEnded, end_listing
from services.credit.domain.list_moves import NO_MOVES, list_moves
from services.credit.domain.observation import ObservationOpened, open_observation
from services.credit.domain.posting import observed, taken_back
from services.credit.domain.rating import weighed
from services.credit.domain.record import CreditRecord, Held, Rules
from services.credit.domain.repaired import FactRepaired, repair_fact
from services.credit.domain.rerating import DayOpened, SystemApplied, apply_system, open_day
from services.credit.domain.step import Input, Made
from services.credit.domain.step import Step as Step


def apply_fact(record: CreditRecord, fact: Fact, rules: Rules) -> Step | None:
    """The step a fact makes; None when the record knows this version, a newer one, or the same content already."""
    known = record.facts.get(fact.name)
    fact = _versioned(fact, known)
    if known is not None and (fact.version == UNCOUNTED or fact.rank <= known.rank):
        return None
    system = rules.indicators
    marks = tuple([observation.mark for observation in fact.observations]) if fact.standing else ()
    points = weigh(marks, system, record.observation)
    has_lists = fact.decision is not None or (known is not None and known.listing is not None)
    moves = list_moves(known, fact, rules) if has_lists else NO_MOVES
    held = Held(
        fact.version, fact.standing, marks, points, moves.listing, moves.entered, moves.flags, digest=fact.digest
    )
    weighed(held, points, system, record.observation)
    entries = (*taken_back(known, fact, system), *observed(fact, points, system), *moves.entries)
    facts = MappingProxyType({**record.facts, fact.name: held})
    made = Made(entries, moves.listings_made, moves.flags_made)
    return Step.of(record, fact, facts, rules, day_of(fact.told_at), made)


APPLIED_BY: Final[Mapping[type[Any], Callable[[CreditRecord, Any, Rules], Step | None]]] = {
    Fact: apply_fact,
    DayOpened: open_day,
    SystemApplied: apply_system,
    ObservationOpened: open_observation,
    ListingEnded: end_listing,
    FactRepaired: repair_fact,
}
"""Every kind of input, a line each."""


def apply(record: CreditRecord, one: Input, rules: Rules) -> Step | None:
    """The step an input makes; None when the record knows it already."""
    return APPLIED_BY[type(one)](record, one, rules)


def apply_all(records: dict[UUID, CreditRecord], inputs: Iterable[Input], rules: Rules) -> Iterator[Step]:
    """Applies inputs in order to the records of their entities, which it keeps current; one that is missing starts
    empty."""
    for one in inputs:
        before = records.get(one.entity_id) or CreditRecord(one.entity_id)
        step = apply(before, one, rules)
        if step is not None:
            records[one.entity_id] = step.record
            yield step


def _versioned(fact: Fact, known: Held | None) -> Fact:
    """A source that counts no versions: other content than the one known is the next version, the same stays 0."""
    if fact.version != UNCOUNTED:
        return fact
    if known is None:
        return replace(fact, version=1)
    is_same = known.standing == fact.standing and known.digest == fact.digest
    return fact if is_same else replace(fact, version=known.version + 1)
