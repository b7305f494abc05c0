"""Public facts as disclosure keeps them: what a handler makes of an event. Natural persons are masked already.

A body is canonical JSON (`canonical`): members sorted, no white space, so that its digest can be computed by anybody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

Body = Mapping[str, Any]
"""A public body as told, JSON values only."""


def canonical(body: Body) -> str:
    """One text for one body."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    """SHA-256 in hex of the UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A public version of a plan (N5, N6). `reason`: why it was adjusted, None for the first."""

    plan_id: UUID
    version: int
    plan_no: str
    year: int
    title: str
    initiator: str
    participants: tuple[str, ...]
    window_start: date
    window_end: date
    published_at: datetime
    reason: str | None
    body: str

    @property
    def digest(self) -> str:
        return digest_of(self.body)


@dataclass(frozen=True, slots=True)
class PlanEnd:
    plan_id: UUID
    version: int
    reason: str
    cancelled_at: datetime
    merged_into: UUID | None


@dataclass(frozen=True, slots=True)
class Task:
    task_id: UUID
    task_no: str
    title: str
    plan_id: UUID
    plan_no: str
    initiator: str
    window_start: date
    window_end: date
    issued_at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class TaskChange:
    """`kind`: `extended` (with its window) or `cancelled`; `version` orders the changes of a task."""

    task_id: UUID
    version: int
    kind: str
    reason: str
    window_start: date | None
    window_end: date | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ItemList:
    item_list_id: UUID
    version: int
    department: str
    year: int
    item_count: int
    tier: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Department:
    code: str
    name: str
    short_name: str
    uscc: str | None


@dataclass(frozen=True, slots=True)
class ResultVersion:
    """A public version of a result. `state`: `published`, `corrected` or `withdrawn`; a withdrawal has no body."""

    result_id: UUID
    version: int
    state: str
    entity_id: UUID | None
    body: str | None
    reason: str | None
    told_at: datetime

    @property
    def digest(self) -> str:
        if self.body is not None:
            return digest_of(self.body)
        said = {"reason": self.reason, "result_id": str(self.result_id), "version": self.version, "withdrawn": True}
        return digest_of(canonical(said))


@dataclass(frozen=True, slots=True)
class Exemption:
    """A result that the law keeps from publication (R3). Neither object nor visit is kept: they are not public."""

    result_id: UUID
    department: str
    ground: str
    exempted_on: date


@dataclass(frozen=True, slots=True)
class FollowUpOpened:
    follow_up_id: UUID
    result_id: UUID
    department: str
    kind: str
    opened_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class FollowUpClosed:
    follow_up_id: UUID
    result_id: UUID
    department: str
    kind: str
    outcome: str
    is_settled: bool
    due_on: date
    closed_on: date


@dataclass(frozen=True, slots=True)
class ListingEntered:
    listing_id: UUID
    entity_id: UUID
    entity_name: str
    uscc: str | None
    list_code: str
    ground: str
    document_no: str
    authority: str
    entered_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class ListingRemoved:
    listing_id: UUID
    entity_id: UUID
    list_code: str
    reason: str
    removed_on: date


@dataclass(frozen=True, slots=True)
class Repair:
    """A credit repair that was granted (C6). A refusal concerns the applicant alone and is not kept. `entity_id` None:
    it ends publicity, and so names nobody."""

    repair_id: UUID
    entity_id: UUID | None
    kind: str
    listing_id: UUID | None
    result_id: UUID | None
    document_no: str
    department: str
    effective_on: date
    stops_publicity: bool


@dataclass(frozen=True, slots=True)
class Checkpoint:
    service: str
    number: int
    size: int
    body: str
    signature: str
    told_at: datetime
