"""What is kept of a draw as it was published, and shown again word for word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One document of the public log: `digest` is the hash of its text under its suite, `published_at` a TIME."""

    log_seq: int
    draw_id: UUID
    kind: str
    text: str
    digest: bytes
    published_at: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a beacon's value (公共随机源取值) was read, by whom and when."""

    beacon_id: str
    value: str
    provenance: str
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class StoredResult:
    """One version of the result: its text in full, and the explanation of its open places (token by token)."""

    draw_id: UUID
    version: int
    seed: bytes
    result_hash: bytes
    text: str
    drawn: int
    visits: int
    open_slots: int
    explanation: dict[str, Any]
