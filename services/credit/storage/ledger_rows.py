"""Rows of the write side's tables, and back: one place knows which column holds what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.credit.domain.entries import ClassChange, Entry, EntryKind
from services.credit.domain.facts import Decision
from services.credit.domain.listings import Flag, FlagState, Listing, ListingState
from services.credit.domain.record import CreditRecord
from services.credit.domain.step import Step
from services.credit.storage.bulk import Bulk, Row
from services.credit.storage.snapshots import snapshot_of
from shared.values.credit_class import CreditClass

RECORDS: Final = Bulk(
    "credit_records",
    (
        ("entity_id", "uuid"),
        ("version", "integer"),
        ("based_on", "integer"),
        ("as_of", "date"),
        ("score", "integer"),
        ("credit_class", "text"),
        ("indicator_version", "integer"),
        ("snapshot", "text"),
        ("due_on", "date"),
        ("observed_form", "text"),
        ("observed_from", "date"),
        ("observed_before", "date"),
    ),
    " ON CONFLICT (district, entity_id) DO UPDATE SET version = excluded.version, based_on = excluded.based_on,"
    " as_of = excluded.as_of, score = excluded.score, credit_class = excluded.credit_class,"
    " indicator_version = excluded.indicator_version, snapshot = excluded.snapshot, due_on = excluded.due_on,"
    " observed_form = excluded.observed_form, observed_from = excluded.observed_from,"
    " observed_before = excluded.observed_before, known_from = excluded.known_from"
    " WHERE credit_records.version = excluded.based_on RETURNING 1",
)
ENTRIES: Final = Bulk(
    "credit_entries",
    (
        ("id", "uuid"),
        ("entity_id", "uuid"),
        ("source", "text"),
        ("fact_key", "text"),
        ("fact_version", "integer"),
        ("kind", "text"),
        ("code", "text"),
        ("indicator_code", "text"),
        ("level", "integer"),
        ("points", "integer"),
        ("occurred_on", "date"),
        ("recorded_at", "timestamptz"),
        ("title", "text"),
        ("origin", "text"),
        ("indicator_version", "integer"),
        ("reverses", "uuid"),
        ("reason", "text"),
    ),
)
CLASSES: Final = Bulk(
    "credit_classes_history",
    (
        ("entity_id", "uuid"),
        ("record_version", "integer"),
        ("before", "text"),
        ("after", "text"),
        ("score", "integer"),
        ("indicator_version", "integer"),
        ("source", "text"),
        ("fact_key", "text"),
        ("fact_version", "integer"),
        ("changed_at", "timestamptz"),
    ),
)
LISTINGS: Final = Bulk(
    "listings",
    (
        ("id", "uuid"),
        ("entity_id", "uuid"),
        ("list_code", "text"),
        ("ground", "text"),
        ("document_no", "text"),
        ("authority", "text"),
        ("decided_on", "date"),
        ("ends_on", "date"),
        ("recorded_at", "timestamptz"),
        ("version", "integer"),
        ("state", "text"),
        ("closed_on", "date"),
        ("reason", "text"),
        ("in_force_from", "date"),
        ("in_force_to", "date"),
    ),
)
FLAGS: Final = Bulk(
    "flags",
    (
        ("id", "uuid"),
        ("listing_id", "uuid"),
        ("entity_id", "uuid"),
        ("area", "text"),
        ("measure_code", "text"),
        ("list_code", "text"),
        ("ground", "text"),
        ("document_no", "text"),
        ("authority", "text"),
        ("legal_basis", "text"),
        ("starts_on", "date"),
        ("ends_on", "date"),
        ("recorded_at", "timestamptz"),
        ("version", "integer"),
        ("state", "text"),
        ("lifted_on", "date"),
        ("reason", "text"),
        ("in_force_from", "date"),
        ("in_force_to", "date"),
    ),
)
JOURNAL: Final = Bulk(
    "credit_journal",
    (
        ("kind", "text"),
        ("entity_id", "uuid"),
        ("event_id", "uuid"),
        ("payload", "text"),
        ("indicator_version", "integer"),
        ("measure_version", "integer"),
    ),
)
SUBJECTS: Final = Bulk(
    "replica_entities", (("entity_id", "uuid"), ("uscc", "text"), ("name", "text")), " ON CONFLICT DO NOTHING"
)
_DECISION: Final = ("list_code", "ground", "document_no", "authority", "decided_on", "ends_on")


def record_row(record: CreditRecord, based_on: int) -> Row:
    period = record.observation
    return (
        record.entity_id,
        record.version,
        based_on,
        record.as_of,
        record.score,
        record.credit_class.value,
        record.indicator_version,
        snapshot_of(record),
        record.due_on,
        *((period.form, period.starts_on, period.ends_before) if period else (None, None, None)),
    )


def entry_row(entry: Entry) -> Row:
    return (
        entry.id,
        entry.entity_id,
        entry.source,
        entry.fact_key,
        entry.fact_version,
        entry.kind.value,
        entry.code,
        entry.indicator_code,
        entry.level,
        entry.points,
        entry.occurred_on,
        entry.recorded_at,
        entry.title,
        entry.origin,
        entry.indicator_version,
        entry.reverses,
        entry.reason,
    )


def entry_of(row: Mapping[str, Any]) -> Entry:
    values = {name: row[name] for name, _ in ENTRIES.columns}
    return Entry(**values | {"kind": EntryKind(row["kind"])})


def class_row(change: ClassChange) -> Row:
    return (
        change.entity_id,
        change.record_version,
        change.before.value,
        change.after.value,
        change.score,
        change.indicator_version,
        change.source,
        change.fact_key,
        change.fact_version,
        change.changed_at,
    )


def class_of(row: Mapping[str, Any]) -> ClassChange:
    values = {name: row[name] for name, _ in CLASSES.columns}
    return ClassChange(**values | {"before": CreditClass(row["before"]), "after": CreditClass(row["after"])})


def listing_row(listing: Listing) -> Row:
    decision = listing.decision
    return (
        listing.id,
        listing.entity_id,
        decision.list_code,
        decision.ground,
        decision.document_no,
        decision.authority,
        decision.decided_on,
        decision.ends_on,
        listing.recorded_at,
        listing.version,
        listing.state.value,
        listing.closed_on,
        listing.reason,
        listing.in_force_from,
        listing.in_force_to,
    )


def listing_of(row: Mapping[str, Any]) -> Listing:
    decision = Decision(**{name: row[name] for name in _DECISION})
    return Listing(
        id=row["id"],
        entity_id=row["entity_id"],
        decision=decision,
        recorded_at=row["recorded_at"],
        version=row["version"],
        state=ListingState(row["state"]),
        closed_on=row["closed_on"],
        reason=row["reason"],
    )


def flag_row(flag: Flag) -> Row:
    return tuple(getattr(flag, name) for name, _ in FLAGS.columns)


def flag_of(row: Mapping[str, Any]) -> Flag:
    values = {name: row[name] for name in Flag.__slots__}
    return Flag(**values | {"state": FlagState(row["state"])})


def subject_rows(steps: Sequence[Step]) -> list[Row]:
    """Entities a first fact tells of before registry did; registry's own word comes over it, never under."""
    return [
        (step.cause.entity_id, step.cause.subject.uscc, step.cause.subject.name)
        for step in steps
        if step.before.version == 0 and step.cause.subject is not None
    ]
