"""A row handed in with what became of it, and what is asked of such rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.exchange.domain.inbound import Handed, InboundKind, InboundState
from services.exchange.domain.mapping import Problem
from shared.values.errors import NotFound


class InboundUnknown(NotFound):
    message = "没有这条接入数据"


@dataclass(frozen=True, slots=True)
class InboundRow:
    id: UUID
    source: str
    handed: Handed
    state: InboundState
    problems: Sequence[Problem]
    received_by: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class InboundFilter:
    source: str | None = None
    kind: InboundKind | None = None
    state: InboundState | None = None
    source_key: str | None = None
