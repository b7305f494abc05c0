"""The record's snapshot: what the fold needs of an entity, in the row that is locked anyway.

One read of one row serves the hot path; entries, listings and flags stay the record of truth, and the snapshot can be
rebuilt from the journal at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import orjson

from services.credit.domain.facts import Decision, FactName, Mark
from services.credit.domain.listings import Flag, FlagState, Listing, ListingState
from services.credit.domain.periods import ObservationPeriod
from services.credit.domain.record import CreditRecord, Held
from shared.values.credit_class import CreditClass


def snapshot_of(record: CreditRecord) -> str:
    """The facts held, as JSON: an array per fact in the order they came."""
    return orjson.dumps([_fact_row(name, held) for name, held in record.facts.items()], default=str).decode()


def record_of(row: Mapping[str, Any]) -> CreditRecord:
    """A record from its columns and snapshot."""
    facts = dict(_fact(item) for item in orjson.loads(row["snapshot"]))
    return CreditRecord(
        entity_id=row["entity_id"],
        version=row["version"],
        as_of=row["as_of"],
        score=row["score"],
        credit_class=CreditClass(row["credit_class"]),
        indicator_version=row["indicator_version"],
        facts=MappingProxyType(facts),
        due_on=row["due_on"],
        observation=None if row["observed_form"] is None else _period(row),
    )


def _period(row: Mapping[str, Any]) -> ObservationPeriod:
    return ObservationPeriod(row["observed_form"], row["observed_from"], row["observed_before"])


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
        decision.list_code,
        decision.ground,
        decision.document_no,
        decision.authority,
        decision.decided_on,
        decision.ends_on,
        listing.recorded_at,
        listing.version,
        listing.state,
        listing.closed_on,
        listing.reason,
    ]


def _listing(row: list[Any]) -> Listing:
    listing_id, entity_id, list_code, ground, document_no, authority, decided_on, ends_on, *state = row
    recorded_at, version, state_code, closed_on, reason = state
    decision = Decision(list_code, ground, document_no, authority, date.fromisoformat(decided_on), _day(ends_on))
    return Listing(
        id=UUID(listing_id),
        entity_id=UUID(entity_id),
        decision=decision,
        recorded_at=datetime.fromisoformat(recorded_at),
        version=version,
        state=ListingState(state_code),
        closed_on=_day(closed_on),
        reason=reason,
    )


def _flag_row(flag: Flag) -> list[Any]:
    return [getattr(flag, name) for name in Flag.__slots__]


def _flag(row: list[Any]) -> Flag:
    values: dict[str, Any] = dict(zip(Flag.__slots__, row, strict=True))
    values |= {name: UUID(values[name]) for name in ("id", "listing_id", "entity_id")}
    values |= {name: _day(values[name]) for name in ("starts_on", "ends_on", "lifted_on")}
    values |= {"recorded_at": datetime.fromisoformat(values["recorded_at"]), "state": FlagState(values["state"])}
    return Flag(**values)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
