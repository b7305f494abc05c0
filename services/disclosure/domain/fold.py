"""What is shown of a result, folded from the public facts about it, in whatever order they arrived (R2, R3, R6)."""

from __future__ import annotations

import calendar
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.disclosure.domain.facts import Exemption, Repair, ResultVersion, canonical, digest_of
from services.disclosure.domain.views import ResultState
from services.disclosure.domain.words import is_problem

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
SHOWN: Final = frozenset({ResultState.PUBLISHED, ResultState.CORRECTED, ResultState.WITHDRAWN})
"""States with a page; the others are tombstones."""


@dataclass(frozen=True, slots=True)
class Known:
    """Every public fact about one result."""

    result_id: UUID
    versions: Sequence[ResultVersion]
    exemption: Exemption | None
    repair: Repair | None
    """A granted one that stops publicity."""
    first_published_at: datetime | None = None
    """Of a result whose bodies are gone already."""


@dataclass(frozen=True, slots=True)
class ShownResult:
    """A row of `results`. A tombstone has neither object nor task."""

    result_id: UUID
    version: int
    state: ResultState
    digest: str
    changed_at: datetime
    entity_id: UUID | None = None
    entity_name: str | None = None
    uscc: str | None = None
    department: str | None = None
    task_id: UUID | None = None
    task_no: str | None = None
    plan_id: UUID | None = None
    outcome: str | None = None
    outcome_codes: tuple[str, ...] = ()
    has_problem: bool = False
    findings: int = 0
    origin: str | None = None
    industry: str | None = None
    """Section of GB/T 4754 (门类), where the published body names one."""
    concluded_on: date | None = None
    due_on: date | None = None
    published_at: datetime | None = None
    is_late: bool = False
    public_until: date | None = None

    @property
    def is_shown(self) -> bool:
        return self.state in SHOWN


def fold(known: Known, months: int, now: datetime) -> ShownResult | None:
    """The result as it is shown now; None while only a withdrawal arrived, or nothing. `months`: term of publicity."""
    ordered = sorted(known.versions, key=lambda one: one.version)
    last = ordered[-1] if ordered else None
    if known.exemption is not None:
        return _exempted(known.exemption, last, now)
    bodies = [one for one in ordered if one.body is not None]
    if last is None or not bodies:
        return None
    shown = _of_body(bodies, last, months)
    today = now.astimezone(SHANGHAI).date()
    if known.repair is not None and known.repair.effective_on <= today:
        return tombstone(shown, ResultState.REPAIRED, now)
    if shown.public_until is not None and shown.public_until < today:
        return tombstone(shown, ResultState.EXPIRED, now)
    return shown


def _of_body(bodies: Sequence[ResultVersion], last: ResultVersion, months: int) -> ShownResult:
    body: dict[str, Any] = json.loads(bodies[-1].body or "{}")
    first = min(one.told_at for one in bodies)
    codes = tuple(body["outcome_codes"])
    due_on = date.fromisoformat(body["due_on"])
    published_on = first.astimezone(SHANGHAI).date()
    is_drawn = body.get("origin", "draw") == "draw"
    return ShownResult(
        result_id=last.result_id,
        version=last.version,
        state=ResultState(last.state),
        digest=last.digest,
        changed_at=last.told_at,
        entity_id=UUID(body["entity_id"]),
        entity_name=body["entity_name"],
        uscc=body["uscc"],
        department=body["department"],
        task_id=UUID(body["task_id"]) if is_drawn else None,
        task_no=body["task_no"],
        plan_id=UUID(body["plan_id"]) if is_drawn else None,
        outcome=body.get("outcome", "done"),
        outcome_codes=codes,
        has_problem=is_problem(codes, len(body["findings"])),
        findings=len(body["findings"]),
        origin=body.get("origin", "draw"),
        industry=(body.get("industry") or "")[:1] or None,
        concluded_on=date.fromisoformat(body["concluded_on"]),
        due_on=due_on,
        published_at=first,
        is_late=published_on > due_on,
        public_until=months_after(published_on, months),
    )


def _exempted(exemption: Exemption, last: ResultVersion | None, now: datetime) -> ShownResult:
    said = {
        "exempted_on": exemption.exempted_on.isoformat(),
        "ground": exemption.ground,
        "result_id": str(exemption.result_id),
    }
    return ShownResult(
        result_id=exemption.result_id,
        version=last.version if last else 0,
        state=ResultState.EXEMPTED,
        digest=last.digest if last else digest_of(canonical(said)),
        changed_at=now,
        department=exemption.department,
    )


def tombstone(shown: ShownResult, state: ResultState, at: datetime) -> ShownResult:
    """What stays when a term of publicity is over: number, version, department, digest and when."""
    return ShownResult(
        result_id=shown.result_id,
        version=shown.version,
        state=state,
        digest=shown.digest,
        changed_at=at,
        department=shown.department,
        public_until=shown.public_until,
    )


def months_after(day: date, months: int) -> date:
    """The last day of a term of months that begins on `day`: the corresponding day, or the last of a month that has
    none (民法典 第二百零二条)."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
