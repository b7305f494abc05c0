"""A past day as known at an instant (B7): the inputs known by then folded anew, and looked at on that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from uuid import UUID

from services.credit.domain.entries import Entry, EntryKind
from services.credit.domain.indicators import IndicatorSystem
from services.credit.domain.listings import Flag
from services.credit.domain.rating import rate
from services.credit.domain.record import CreditRecord, Held
from services.credit.domain.step import Step
from shared.values.errors import Invalid


class DayNotOver(Invalid):
    message = "只能查询今天或过去的日期和时刻"


@dataclass(frozen=True, slots=True)
class Archive:
    """What an entity's inputs amount to. `flags` in their newest version, `standing` newest first."""

    record: CreditRecord
    standing: tuple[Entry, ...]
    flags: tuple[Flag, ...]


def archive_of(entity_id: UUID, steps: Iterable[Step]) -> Archive:
    record = CreditRecord(entity_id)
    entries: dict[UUID, Entry] = {}
    flags: dict[UUID, Flag] = {}
    for step in steps:
        record = step.record
        for entry in step.entries:
            if entry.kind is EntryKind.REVERSAL and entry.reverses is not None:
                entries.pop(entry.reverses, None)
            else:
                entries[entry.id] = entry
        flags |= {flag.id: flag for flag in step.flags}
    newest = sorted(entries.values(), key=lambda entry: entry.id)
    newest.sort(key=lambda entry: (entry.occurred_on, entry.recorded_at), reverse=True)
    return Archive(record, tuple(newest), tuple(flags.values()))


def on_day(archive: Archive, day: date, system: IndicatorSystem) -> Archive:
    """The archive as it stood on the day: what was so later is left out, and `system`, in force that day, rates.

    A record that was last rated on or before the day is left as it is: terms and windows that passed since were opened
    on their own days.
    """
    record = archive.record
    if record.as_of <= day:
        return archive
    facts = {name: held for name, held in record.facts.items() if _was_so(held, day)}
    rating = rate(facts, system, day, record.observation)
    then = replace(
        record,
        as_of=day,
        score=rating.score,
        credit_class=rating.credit_class,
        indicator_version=system.version,
        facts=_frozen(facts),
        due_on=rating.due_on,
    )
    return Archive(then, tuple(entry for entry in archive.standing if entry.occurred_on <= day), archive.flags)


def _was_so(held: Held, day: date) -> bool:
    """A fact without marks and entry (a withdrawal) hides nothing and counts nothing."""
    days = [mark.occurred_on for mark in held.marks]
    if held.listing is not None:
        days.append(held.listing.decision.decided_on)
    return any(one <= day for one in days)


def _frozen(facts: dict[tuple[str, str], Held]) -> Mapping[tuple[str, str], Held]:
    return MappingProxyType(facts)
