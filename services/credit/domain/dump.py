"""The canonical dump (规范转储): the same state gives the same bytes, whoever built it, live or by replay (REL7, REL8).

One JSON line a row, members by name, rows by key. Times are those of the facts. When credit came to know a row
(`known_from`) belongs to the journal, not to the dump.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.credit.domain.days import SHANGHAI
from services.credit.domain.entries import ClassChange, Entry
from services.credit.domain.listings import Flag, Listing
from services.credit.domain.record import CreditRecord
from services.credit.domain.step import Step


@dataclass(frozen=True, slots=True)
class CanonicalDump:
    """Lines by section, in order."""

    sections: Mapping[str, tuple[str, ...]]

    @property
    def digest(self) -> str:
        """SHA-256 of all lines, each ended by LF, sections in order of their names."""
        hashed = hashlib.sha256()
        for name in sorted(self.sections):
            for line in self.sections[name]:
                hashed.update(f"{name}\t{line}\n".encode())
        return hashed.hexdigest()


def dump_of(
    records: Iterable[CreditRecord], entries: Iterable[Entry], listings: Iterable[Listing], flags: Iterable[Flag]
) -> CanonicalDump:
    return CanonicalDump(
        {
            "entries": _lines(entries),
            "records": _lines(records),
            "listings": _lines(listings),
            "flags": _lines(flags),
        }
    )


def dump_of_steps(steps: Iterable[Step]) -> CanonicalDump:
    """The dump of the state that the steps build from nothing."""
    made = list(steps)
    records = {step.record.entity_id: step.record for step in made}
    return dump_of(
        records.values(),
        (entry for step in made for entry in step.entries),
        (listing for step in made for listing in step.listings),
        (flag for step in made for flag in step.flags),
    )


def class_lines(changes: Iterable[ClassChange]) -> tuple[str, ...]:
    """The moves between classes, which depend on the order in which facts of different sources came to be known."""
    return _lines(changes)


def _lines(rows: Iterable[object]) -> tuple[str, ...]:
    return tuple(sorted(json.dumps(_plain(row), ensure_ascii=False, separators=(",", ":")) for row in rows))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    if isinstance(value, UUID | date):
        return str(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {"/".join(name): _plain(value[name]) for name in sorted(value)}
    if hasattr(value, "__dataclass_fields__"):
        kept = sorted(field.name for field in fields(value) if "derived" not in field.metadata)
        return {name: _plain(getattr(value, name)) for name in kept}
    return value
