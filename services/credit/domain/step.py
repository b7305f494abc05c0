"""What an input is, and the step it makes: the grain of the journal.

The journal (`credit_journal`) holds every input in the order applied: one row an input, with the versions of the rules
it was applied by. Inputs of one entity are applied and journaled while its record is locked, so their `seq` is the
order in which they took effect. Everything else (records, entries, classes, listings, flags) follows from it (B7).

To add an input of a new kind:

1. a frozen dataclass in `domain/`, with `KIND` and the members of `Input`; only values that JSON has a form for
   (str, int, bool, date, aware datetime, UUID, tuples, nested dataclasses): it is journaled by its fields, whole;
2. a pure function `(record, input, rules) -> Step | None`, None where the record knows it already (inputs may come
   twice). Take `Step.of(record, input, facts, rules, …)`: it rates anew, counts the version, finds the class change;
3. a line in `fold.APPLIED_BY`. Storage derives the journal's form from it;
4. a use case that hands inputs to `usecases.apply_facts.apply_inputs`: locked, folded, journaled, told. Nothing else
   writes a record.

An entry closed by an input of its own (移出, 届满, 修复): `closing.closed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import ClassVar, Protocol
from uuid import UUID

from services.credit.domain.entries import ClassChange, Entry
from services.credit.domain.facts import FactName, Subject
from services.credit.domain.listings import Flag, Listing
from services.credit.domain.periods import ObservationPeriod
from services.credit.domain.rating import rate
from services.credit.domain.record import CreditRecord, Held, Rules


class Input(Protocol):
    """What changes a record. `told_at` is its own time, never the clock of whoever applies it. `source`, `key` and
    `version` name it in the history of classes."""

    KIND: ClassVar[str]

    @property
    def entity_id(self) -> UUID: ...
    @property
    def told_at(self) -> datetime: ...
    @property
    def source(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def subject(self) -> Subject | None: ...
    @property
    def event_id(self) -> UUID | None: ...


@dataclass(frozen=True, slots=True)
class Made:
    """Rows a step adds besides the record."""

    entries: tuple[Entry, ...] = ()
    listings: tuple[Listing, ...] = ()
    flags: tuple[Flag, ...] = ()


NOTHING = Made()


@dataclass(frozen=True, slots=True)
class Step:
    """What one input did: the record after it and the rows it adds. `cause` of a fact has its version resolved."""

    cause: Input
    before: CreditRecord
    record: CreditRecord
    rules: Rules
    entries: tuple[Entry, ...]
    class_change: ClassChange | None
    listings: tuple[Listing, ...] = ()
    flags: tuple[Flag, ...] = ()

    @classmethod
    def of(
        cls,
        record: CreditRecord,
        cause: Input,
        facts: Mapping[FactName, Held],
        rules: Rules,
        as_of: date,
        made: Made = NOTHING,
    ) -> Step:
        """Rates `facts` by the rules as of the day, never earlier than the record was."""
        return cls.between(record, rated(record, facts, rules, as_of), cause, rules, made)

    @classmethod
    def between(
        cls, before: CreditRecord, after: CreditRecord, cause: Input, rules: Rules, made: Made = NOTHING
    ) -> Step:
        change = _class_change(before, after, cause)
        return cls(cause, before, after, rules, made.entries, change, made.listings, made.flags)


def rated(
    record: CreditRecord,
    facts: Mapping[FactName, Held],
    rules: Rules,
    as_of: date,
    observation: ObservationPeriod | None = None,
) -> CreditRecord:
    """The next version of the record: these facts, rated as of the day, never earlier than the record was."""
    as_of = max(record.as_of, as_of)
    observation = observation or record.observation
    rating = rate(facts, rules.indicators, as_of, observation)
    return CreditRecord(
        entity_id=record.entity_id,
        version=record.version + 1,
        as_of=as_of,
        score=rating.score,
        credit_class=rating.credit_class,
        indicator_version=rules.indicators.version,
        facts=facts if isinstance(facts, MappingProxyType) else MappingProxyType(facts),
        due_on=rating.due_on,
        observation=observation,
    )


def _class_change(before: CreditRecord, after: CreditRecord, cause: Input) -> ClassChange | None:
    if before.credit_class is after.credit_class:
        return None
    return ClassChange(
        entity_id=after.entity_id,
        record_version=after.version,
        before=before.credit_class,
        after=after.credit_class,
        score=after.score,
        indicator_version=after.indicator_version,
        source=cause.source,
        fact_key=cause.key,
        fact_version=cause.version,
        changed_at=cause.told_at,
    )
