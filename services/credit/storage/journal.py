"""The journal's form of a fact: whole, so that the record can be rebuilt from the journal alone (B7, REL7)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from services.credit.domain.facts import Decision, Fact, Mark, Observation, Subject

FACT = "fact"
INDICATORS_ACTIVATED = "indicators.activated"
MEASURES_ACTIVATED = "measures.activated"


def fact_text(fact: Fact) -> str:
    # The driver's UUIDs are a subclass that orjson does not know.
    return orjson.dumps(fact, default=str).decode()


def fact_of(payload: str) -> Fact:
    """The inverse of `fact_text`."""
    body = orjson.loads(payload)
    return Fact(
        source=body["source"],
        key=body["key"],
        version=body["version"],
        entity_id=UUID(body["entity_id"]),
        told_at=datetime.fromisoformat(body["told_at"]),
        origin=body["origin"],
        observations=tuple(_observation(one) for one in body["observations"]),
        decision=None if body["decision"] is None else _decision(body["decision"]),
        standing=body["standing"],
        reason=body["reason"],
        subject=None if body["subject"] is None else Subject(**body["subject"]),
        digest=body["digest"],
        event_id=None if body["event_id"] is None else UUID(body["event_id"]),
    )


def _observation(body: dict[str, Any]) -> Observation:
    mark = body["mark"]
    return Observation(
        Mark(mark["code"], mark["level"], mark["points"], date.fromisoformat(mark["occurred_on"])), body["title"]
    )


def _decision(body: dict[str, Any]) -> Decision:
    days = {name: body[name] and date.fromisoformat(body[name]) for name in ("decided_on", "ends_on", "removed_on")}
    return Decision(**body | days)
