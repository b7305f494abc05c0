"""Inspections of the tests, a line each; and approved results by the thousand for benches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.results.adapters.evidence_files import evidence_store
from services.results.adapters.planning_client import SheetLine
from services.results.adapters.registry_client import OfficerCard
from services.results.domain.content import (
    CertificateAnswer,
    Content,
    EntityFacts,
    Finding,
    ItemResult,
    ListingDecision,
    Outcome,
    SheetItem,
)
from services.results.domain.publication import PublicContent, PublicFinding, PublicItem
from services.results.domain.records import Actor, Assignment, InspectionRecord
from services.results.domain.vocabulary import Code, Vocabularies, Vocabulary
from services.results.storage.public_contents import write_public_content
from services.results.storage.unit_of_work import ResultsUnitOfWork
from shared.events.draw import VisitAssignedV1, VisitTeam
from shared.events.envelope import Event, Heard
from shared.runtime.principal import Principal
from shared.runtime.problems import PeerUnavailable
from shared.runtime.service import Process, UnitOfWorkFactory
from shared.values.ids import new_id
from shared.values.workdays import Deadline

NOW = datetime(2026, 3, 20, 8, 0, tzinfo=UTC)
DUE = Deadline(date(2026, 4, 7), False)


def the_vocabularies() -> Vocabularies:
    """Enough of the real tables for the rules; the real ones are data in the database."""
    outcomes = (
        Code("1", "未发现问题", None, "clean"),
        Code("A", "发现问题待后续处理", None, "problem", True),
        Code("2", "违反市场监管规定", "A", "group", True),
        Code("B", "未按规定公示应当公示的信息", "2", "problem", True),
        Code("6", "无法联系", "2", "problem", True, "not_found"),
        Code("F", "未发现开展经营活动", None, "neutral"),
        Code("7", "已关闭停业", None, "ceased", False, "closed"),
        Code("12", "迁出", None, "ceased", False, "moved"),
    )
    methods = (
        Code("on_site", "实地核查", None, "on_site"),
        Code("written", "书面检查", None, "remote"),
        Code("relied_on", "专业意见", None, "reliance"),
    )
    lists = (Code("abnormal_operations", "经营异常名录", None, "list"),)
    return Vocabularies(
        a_vocabulary("outcome", *outcomes), a_vocabulary("method", *methods), a_vocabulary("listing", *lists)
    )


def a_vocabulary(name: str, *codes: Code) -> Vocabulary:
    return Vocabulary(name, name, 1, date(2020, 1, 1), {code.code: code for code in codes})


def an_assignment(**changes: Any) -> Assignment:
    assigned = Assignment(
        visit_id=new_id(),
        task_id=new_id(),
        task_no="410308202603091001",
        plan_id=new_id(),
        entity_id=new_id(),
        department="SCJG",
        participants=("SCJG", "XFJY"),
        inspector_ids=(new_id(), new_id(), new_id()),
        item_ids=(new_id(), new_id()),
        window_start=date(2026, 3, 1),
        window_end=date(2026, 5, 31),
    )
    return replace(assigned, **changes)


def a_record(**changes: Any) -> InspectionRecord:
    return replace(InspectionRecord(id=new_id(), assignment=an_assignment()), **changes)


def an_item(item_id: UUID, *codes: str, text: str = "未亮照经营", severity: int = 2) -> ItemResult:
    """Every code that is a problem gets its finding."""
    findings = tuple(Finding(code, text, severity) for code in codes if code in ("A", "B", "6"))
    return ItemResult(item_id, "营业执照规范使用情况的检查", codes, findings)


def a_content(assignment: Assignment, **changes: Any) -> Content:
    """A finished content: every item inspected, nothing found, two officers present."""
    content = Content(
        method="on_site",
        place="会盟大道 18 号",
        started_at=datetime(2026, 3, 9, 1, 30, tzinfo=UTC),
        ended_at=datetime(2026, 3, 9, 2, 40, tzinfo=UTC),
        concluded_on=date(2026, 3, 9),
        officers_present=assignment.inspector_ids[:2],
        outcome=Outcome.DONE,
        items=tuple(an_item(item_id, "1") for item_id in assignment.item_ids),
    )
    return replace(content, **changes)


def a_listing(**changes: Any) -> ListingDecision:
    decided = ListingDecision(
        "abnormal_operations",
        "通过登记的住所无法联系",
        "孟市监列〔2026〕3号",
        "孟津区市场监督管理局",
        date(2026, 3, 10),
    )
    return replace(decided, **changes)


def the_recorder(record: InspectionRecord) -> Actor:
    return Actor("officer:recorder", record.assignment.inspector_ids[0])


def the_colleague(record: InspectionRecord) -> Actor:
    return Actor("officer:colleague", record.assignment.inspector_ids[1])


A_REVIEWER = Actor("officer:reviewer", None)


def an_entity(entity_id: UUID | None = None) -> EntityFacts:
    return EntityFacts(entity_id or new_id(), "孟津区试验商贸有限公司", "91410308MA00000006", "enterprise")


# Over HTTP


def a_visit_assigned(*teams: VisitTeam, **changes: Any) -> VisitAssignedV1:
    told = VisitAssignedV1(
        aggregate_version=1,
        visit_id=new_id(),
        draw_id=new_id(),
        task_id=new_id(),
        task_no="410308202603091001",
        plan_id=new_id(),
        entity_id=new_id(),
        initiator=teams[0].department,
        teams=list(teams),
        window_start=date(2026, 3, 1),
        window_end=date(2026, 5, 31),
        assigned_at=NOW,
    )
    return told.model_copy(update=changes)


def a_team(department: str = "SCJG", officers: int = 3, items: int = 2) -> VisitTeam:
    return VisitTeam(
        department=department,
        inspector_ids=[new_id() for _ in range(officers)],
        item_ids=[new_id() for _ in range(items)],
    )


def as_heard(event: Event, producer: str, district: str) -> Heard[Any]:
    return Heard(event, new_id(), producer, 1, district, NOW)


def a_record_body(team: VisitTeam, *codes: str, **changes: Any) -> dict[str, Any]:
    """What an officer sends: every item with `codes` (none found unless given), yesterday, two officers present."""
    day = datetime.now(UTC) - timedelta(days=1)
    started = day.replace(hour=2, minute=0, second=0, microsecond=0)
    findings = [{"outcome_code": code, "text": "未亮照经营", "severity": 3} for code in codes if code in ("A", "B")]
    items = [
        {"item_id": str(item_id), "item_name": "营业执照检查", "outcome_codes": codes or ["1"], "findings": findings}
        for item_id in team.item_ids
    ]
    body: dict[str, Any] = {
        "method": "on_site",
        "place": "会盟大道 18 号",
        "started_at": started.isoformat(),
        "ended_at": (started + timedelta(hours=1)).isoformat(),
        "concluded_on": started.date().isoformat(),
        "officers_present": [str(inspector_id) for inspector_id in team.inspector_ids[:2]],
        "outcome": "done",
        "items": items,
    }
    return body | changes


def a_listing_body(**changes: Any) -> dict[str, Any]:
    body = {
        "list_code": "abnormal_operations",
        "ground": "通过登记的住所无法联系",
        "document_no": "孟市监列〔2026〕3号",
        "authority": "孟津区市场监督管理局",
        "decided_on": "2026-03-10",
        "ends_on": None,
    }
    return body | changes


NAMES = {"SCJG": "孟津区市场监督管理局"}


@dataclass
class StubRegistry:
    """Registry as a test wants it: knows everybody, as of SCJG unless `departments` says otherwise; the certificates of
    `expired` officers are not valid; asked for an object while it `is_down`, nobody."""

    expired: set[UUID] = field(default_factory=set)
    departments: dict[UUID, str] = field(default_factory=dict)
    asked: list[tuple[UUID, date]] = field(default_factory=list)
    is_down: bool = False

    async def certificate(self, inspector_id: UUID, on: date, act_for: Principal) -> CertificateAnswer:
        self.asked.append((inspector_id, on))
        valid = inspector_id not in self.expired
        status = "active" if valid else "expired"
        return CertificateAnswer(inspector_id, act_for.department, "豫C0001", date(2028, 1, 1), status, valid)

    async def entity(self, entity_id: UUID, act_for: Principal) -> EntityFacts:
        if self.is_down:
            raise PeerUnavailable(peer="registry")
        return an_entity(entity_id)

    async def card(self, inspector_id: UUID, on: date, act_for: Principal) -> OfficerCard:
        return OfficerCard(
            inspector_id,
            "张示例",
            self.departments.get(inspector_id, "SCJG"),
            "豫C0001",
            inspector_id not in self.expired,
        )

    async def department_name(self, code: str, act_for: Principal) -> str | None:
        return NAMES.get(code)


@dataclass
class StubPlanning:
    """Planning as a test wants it: `sheets` by task, the same for every department; asked while `is_down`, nobody."""

    sheets: dict[UUID, tuple[SheetLine, ...]] = field(default_factory=dict)
    is_down: bool = False

    async def sheet(self, task_id: UUID, department: str, act_for: Principal) -> tuple[SheetLine, ...]:
        if self.is_down:
            raise PeerUnavailable(peer="planning")
        return self.sheets.get(task_id, ())


REGISTRY = StubRegistry()
PLANNING = StubPlanning()


def a_sheet_line(item_id: UUID, name: str = "食品经营许可检查", code: str = "scjg-001") -> SheetLine:
    bases = (("中华人民共和国食品安全法", "第一百一十条"),)
    return SheetLine(SheetItem(item_id, name, code, 3), "general", ("许可证是否有效",), ("实地核查",), bases)


def with_stub_registry(process: Process) -> UnitOfWorkFactory:
    """For `served("results", extend=with_stub_registry)`: a stub of planning too, and evidence in a folder."""
    files = evidence_store(process.settings)

    def open_work(principal: Principal) -> ResultsUnitOfWork:
        return ResultsUnitOfWork(process.database, principal, REGISTRY, PLANNING, files)

    return open_work


# For benches


@dataclass(frozen=True)
class SeededResults:
    """Approved results ready to be published by `inspector_id` of `department`, through the API or the use case."""

    district: str
    department: str
    inspector_id: UUID
    result_ids: Sequence[UUID]
    entity_ids: Sequence[UUID]


_SEED_RECORDS = """
    INSERT INTO inspection_records (id, district, owner_department, participants, visit_id, task_id, task_no, plan_id,
        entity_id, inspector_ids, item_ids, window_start, window_end, state, version, revision, recorded_by,
        recorder_id, present_ids, outcome, concluded_on, due_on, reviewed_by)
    SELECT id, $3, $4::text, ARRAY[$4::text], id, $5, '410308202603091001', $6, entity_id, $7::uuid[], $8,
        DATE '2026-03-01', DATE '2026-05-31', 'approved', 4, 1, 'officer:seed', ($7::uuid[])[1], $7, 'done',
        DATE '2026-03-09', DATE '2026-04-07', 'officer:review'
    FROM unnest($1::uuid[], $2::uuid[]) AS seeded (id, entity_id)
"""
_SEED_CONTENTS = """
    WITH seeded AS (SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS seeded (id, entity_id)),
    officers AS (INSERT INTO recording_officers (district, record_id, revision, ordinal, inspector_id, department,
            certificate_no, status, is_valid)
        SELECT $3, id, 1, ordinal, officer, '', '豫C0001', 'active', true
        FROM seeded, unnest($8::uuid[]) WITH ORDINALITY AS present (officer, ordinal)),
    items AS (INSERT INTO recording_items (district, record_id, revision, ordinal, item_id, item_name)
        SELECT $3, id, 1, 1, $9, '营业执照规范使用情况的检查' FROM seeded),
    outcomes AS (INSERT INTO recording_outcomes (district, record_id, revision, ordinal, item_id, outcome_code)
        SELECT $3, id, 1, 1, $9, 'B' FROM seeded),
    findings AS (INSERT INTO recording_findings (district, record_id, revision, ordinal, item_id, outcome_code, text,
            severity)
        SELECT $3, id, 1, 1, $9, 'B', '未亮照经营', 2 FROM seeded)
    INSERT INTO recordings (district, record_id, revision, method, place, started_at, ended_at, concluded_on, outcome,
        note, entity_id, entity_name, entity_uscc, entity_kind, vocabulary_version, public_content, recorded_by,
        recorded_at)
    SELECT $3, id, 1, 'on_site', '会盟大道 18 号', $4, $4, DATE '2026-03-09', 'done', '', entity_id, $6, $7,
        'enterprise', 1, $5, 'officer:seed', $4
    FROM seeded
"""


async def seed_approved_results(
    database_url: str,
    count: int,
    *,
    district: str,
    department: str = "SCJG",
    entity_ids: Sequence[UUID] | None = None,
    listing: ListingDecision | None = None,
) -> SeededResults:
    """Inserts `count` approved results with one finding each by two set statements, as the app role.

    `database_url`: `postgresql://…` or `postgresql+asyncpg://…`. Entities are new ones unless given (cycled).
    `listing`: a decision to list that each of them holds.
    """
    ids = [new_id() for _ in range(count)]
    chosen = list(entity_ids) if entity_ids else [new_id() for _ in range(count)]
    entities = [chosen[place % len(chosen)] for place in range(count)]
    officers, items, facts = [new_id(), new_id()], [new_id()], an_entity()
    public = write_public_content(_public_content(facts, items[0], listing))
    connection = await asyncpg.connect(database_url.replace("postgresql+asyncpg", "postgresql"))
    try:
        async with connection.transaction():
            await connection.execute(
                "SELECT set_config('ssj.district', $1, true), set_config('ssj.worker', 'on', true)", district
            )
            args = (ids, entities, district)
            await connection.execute(_SEED_RECORDS, *args, department, new_id(), new_id(), officers, items)
            await connection.execute(_SEED_CONTENTS, *args, NOW, public, facts.name, facts.uscc, officers, items[0])
    finally:
        await connection.close()
    return SeededResults(district, department, officers[0], ids, entities)


def _public_content(facts: EntityFacts, item_id: UUID, listing: ListingDecision | None) -> PublicContent:
    name, text = "营业执照规范使用情况的检查", "未按规定公示应当公示的信息"
    return PublicContent(
        entity_name=facts.name,
        uscc=facts.uscc,
        method="on_site",
        outcome="done",
        concluded_on=date(2026, 3, 9),
        due_on=date(2026, 4, 7),
        outcome_codes=("B",),
        items=(PublicItem(item_id, name, ("B",)),),
        findings=(PublicFinding(item_id, name, "B", text, 2),),
        listing=listing,
    )


def body_of(payload: str) -> dict[str, Any]:
    """An outbox payload as it is on the wire."""
    found: dict[str, Any] = orjson.loads(payload)
    return found
