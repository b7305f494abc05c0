"""What the draw page shows, as data, and what it is made of. None: not public yet, or absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.disclosure.domain.draw_page_documents import DrawState, LogDocument
from services.disclosure.domain.draw_page_result import Drawn, Matched, ResultRows
from services.disclosure.domain.draw_page_rules import StratumRow
from services.disclosure.domain.draw_steps import CeremonyStep, StepView
from shared.values.errors import NotFound

STATE_NAMES: Final = {
    DrawState.COMMITTED: "已承诺，等待揭示",
    DrawState.SEALED: "份额已公开，等待公共随机源",
    DrawState.REVEALED: "已揭示，正在抽取",
    DrawState.PUBLISHED: "结果已公布",
    DrawState.VOID: "已作废",
}


class DrawNotPublic(NotFound):
    message = "没有这次抽取，或它的承诺书还没有公布"


class Phase(StrEnum):
    BEFORE = "before"
    LIVE = "live"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Exchange:
    """Who asked for a substitution, confirmed and approved it: by department and time (SEC32)."""

    version: int
    requested_department: str
    requested_at: datetime
    confirmed_department: str | None
    confirmed_at: datetime | None
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Party:
    id: str
    name: str
    is_outside: bool


@dataclass(frozen=True, slots=True)
class BeaconSource:
    id: str
    source: str


@dataclass(frozen=True, slots=True)
class PublicSide:
    """What draw told besides the documents, as of its document `last_seq`."""

    last_seq: int = 0
    title: str = ""
    window_start: date | None = None
    owner_department: str = ""
    participants: tuple[str, ...] = ()
    parties: tuple[Party, ...] = ()
    steps: tuple[CeremonyStep, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    beacons: tuple[BeaconSource, ...] = ()
    is_complete: bool = False


@dataclass(frozen=True, slots=True)
class PublicLists:
    """Texts of the lists that are public so far; None: not yet."""

    result_text: str | None = None
    roster: tuple[str, ...] | None = None
    recusals: tuple[str, ...] | None = None
    openings: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class DrawSources:
    """All that a page is made of. `names`: department code → name. `replaced_by`: the re-draw of a void draw."""

    draw_id: UUID
    documents: Sequence[LogDocument]
    side: PublicSide
    lists: PublicLists
    names: Mapping[str, str] = field(default_factory=dict)
    replaced_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that the commitment fixes, to be counted down to."""

    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PartyView:
    id: str
    name: str
    kind: str
    commit: str
    share: str | None


@dataclass(frozen=True, slots=True)
class BeaconView:
    id: str
    ref: str
    not_before: datetime
    value: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class SkipView:
    """A substitution (递补): what was skipped, why, who attests, what came of it."""

    log_seq: int
    at: datetime
    token: str
    name: str | None
    is_inspector: bool
    reason: str
    substitutes: tuple[str, ...]
    requested: str
    confirmed: str
    approved: str


@dataclass(frozen=True, slots=True)
class DocumentLine:
    log_seq: int
    kind: str
    kind_name: str
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DrawPage:
    draw_id: UUID
    task_id: str
    number: str
    title: str
    phase: Phase
    state: DrawState
    state_name: str
    suite: str
    owner: str
    participants: tuple[str, ...]
    note: str
    pool_size: int
    strata: tuple[StratumRow, ...]
    teams: tuple[str, ...]
    batches: int
    balance: str
    window_start: date | None
    window_end: date
    committed_at: datetime
    commit_hash: str
    min_shares: int
    parties: tuple[PartyView, ...]
    beacons: tuple[BeaconView, ...]
    moments: tuple[Moment, ...]
    steps: tuple[StepView, ...]
    drawn: tuple[Drawn, ...]
    matched: Matched | None
    seed: str | None
    result_hash: str | None
    result_version: int
    rows: ResultRows | None
    skips: tuple[SkipView, ...]
    documents: tuple[DocumentLine, ...]
    void_reason: str | None
    void_at: datetime | None
    void_is_late: bool
    void_asked_at: datetime | None
    replaces: UUID | None
    replaced_by: UUID | None
    is_settled: bool
    """Documents and lists go together: the record can be downloaded."""
    last_seq: int
    named: int
    """Objects whose names are open."""


KIND_NAMES: Final = {
    "commitment": "承诺书",
    "shares": "份额",
    "beacon": "公共随机源",
    "result": "结果",
    "substitution": "递补",
    "disclosure": "披露",
    "void": "作废",
}


@dataclass(frozen=True, slots=True)
class DrawLine:
    """A draw as one row of a list. `drawn` None: no result yet."""

    draw_id: UUID
    number: str
    title: str
    state: str
    pool_size: int
    drawn: int | None
    committed_at: datetime
    changed_at: datetime
    window_end: date

    @property
    def state_name(self) -> str:
        return STATE_NAMES[DrawState(self.state)]

    @property
    def is_live(self) -> bool:
        return self.state in (DrawState.SEALED, DrawState.REVEALED)


@dataclass(frozen=True, slots=True)
class Place:
    """In one stratum, for one scope: `ticket` None before the seed; `is_drawn` None before the result."""

    stratum: str
    scope: str
    size: int
    n: int
    ticket: str | None
    cut: str | None
    order: str
    is_drawn: bool | None
    is_substitute: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one token stands (section 7), for who knows his own: `proof` as the protocol has it."""

    token: str
    places: tuple[Place, ...]
