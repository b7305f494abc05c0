"""The record's snapshot: what the fold needs of an entity, in the row that is locked anyway.

One read of one row serves the hot path; entries, listings and flags stay the record of truth, and the snapshot can be
rebuilt from the journal at any time.
"""

from __future__ import annotations

from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import orjson

from services.credit.domain.facts import Decision, FactName, Mark
from services.credit.domain.listings import Flag, FlagState, Listing, ListingState
from services.credit.domain.record import CreditRecord, Held
from shared.values.credit_class import CreditClass


def snapshot_of(record: CreditRecord) -> str:
    """The facts held, as JSON: an array per fact in the order they came."""
    return orjson.dumps([_fact_row(name, held) for name, held in record.facts.items()]).decode()


def record_of(row: Any) -> CreditRecord:
    """A record from its columns and snapshot."""
    facts = dict(_fact(item) for item in orjson.loads(row.snapshot))
    return CreditRecord(
        entity_id=row.entity_id,
        version=row.version,
        as_of=row.as_of,
        score=row.score,
        credit_class=CreditClass(row.credit_class),
        indicator_version=row.indicator_version,
        facts=MappingProxyType(facts),
    )


def _fact_row(name: FactName, held: Held) -> list[Any]:
    listing = held.listing
    return [
        *name,
        held.version,
        held.standing,
        held.digest,
        [(mark.code, mark.level, mark.points, mark.occurred_on) for mark in held.marks],
        held.entered,
        None if listing is None else _listing_row(listing),
        held.listing_entered,
        [_flag_row(flag) for flag in held.flags],
    ]


def _fact(item: list[Any]) -> tuple[FactName, Held]:
    source, key, version, standing, digest, marks, entered, listing, listing_entered, flags = item
    held = Held(
        version,
        standing,
        tuple(Mark(code, level, points, date.fromisoformat(day)) for code, level, points, day in marks),
        tuple(entered),
        None if listing is None else _listing(listing),
        listing_entered,
        tuple(_flag(row) for row in flags),
        digest=digest,
    )
    return (source, key), held


def _listing_row(listing: Listing) -> list[Any]:
    decision = listing.decision
    return [
        listing.id,
        listing.entity_id,
        [decision.list_code, decision.ground, decision.document_no, decision.authority],
        decision.decided_on,
        decision.ends_on,
        listing.recorded_at,
        listing.version,
        listing.state,
        listing.closed_on,
        listing.reason,
    ]


def _listing(row: list[Any]) -> Listing:
    listing_id, entity_id, words, decided_on, ends_on, recorded_at, version, state, closed_on, reason = row
    return Listing(
        UUID(listing_id),
        UUID(entity_id),
        Decision(*words, decided_on=date.fromisoformat(decided_on), ends_on=_day(ends_on)),
        datetime.fromisoformat(recorded_at),
        version,
        ListingState(state),
        _day(closed_on),
        reason,
    )


def _flag_row(flag: Flag) -> list[Any]:
    return [
        [flag.id, flag.listing_id, flag.entity_id],
        [flag.area, flag.measure_code, flag.list_code, flag.ground, flag.document_no, flag.authority, flag.legal_basis],
        flag.starts_on,
        flag.ends_on,
        flag.recorded_at,
        flag.version,
        flag.state,
        flag.lifted_on,
        flag.reason,
    ]


def _flag(row: list[Any]) -> Flag:
    ids, words, starts_on, ends_on, recorded_at, version, state, lifted_on, reason = row
    return Flag(
        *(UUID(one) for one in ids),
        *words,
        date.fromisoformat(starts_on),
        _day(ends_on),
        datetime.fromisoformat(recorded_at),
        version,
        FlagState(state),
        _day(lifted_on),
        reason,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
