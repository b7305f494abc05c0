"""Disclosure's unit of work: its stores over one transaction, and the owners of public bodies to be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from services.disclosure.domain.facts import Department
from services.disclosure.domain.statements import StatementStatus
from services.disclosure.storage.draw_documents import DrawDocumentStore
from services.disclosure.storage.draws import DrawStore
from services.disclosure.storage.entities import EntityStore
from services.disclosure.storage.facts import FactStore
from services.disclosure.storage.lines import LineStore
from services.disclosure.storage.notes import NoteStore
from services.disclosure.storage.open_files import OpenFileStore
from services.disclosure.storage.plan_pages import PlanPageStore
from services.disclosure.storage.results import ResultStore
from services.disclosure.storage.search import SearchStore
from services.disclosure.storage.statements import StatementStore
from services.disclosure.storage.statistics import StatisticsStore
from services.disclosure.storage.status import StatusStore
from services.disclosure.storage.tickets import TicketStore
from shared.runtime.database import Database
from shared.runtime.files import FileStore
from shared.runtime.principal import Principal
from shared.runtime.unit_of_work import UnitOfWork


class DepartmentsOf(Protocol):
    """Where departments are named."""

    async def departments(self) -> Sequence[Department]: ...


class VisitCodes(Protocol):
    """Where a visit's printed code (检查码) is answered, a wrong one too."""

    async def visit_code(self, code: str, asker: Principal) -> Mapping[str, Any] | None: ...


class PublicSides(Protocol):
    """Where the public side of a draw is read (claim check of its documents)."""

    async def public_side(self, draw_id: UUID, *, with_tokens: bool) -> Mapping[str, Any]: ...


class Desk(Protocol):
    """Where firms state by their visit's code, and where it is known who had part in a result."""

    async def state(self, code: str, result_id: UUID, text: str, form_key: str) -> StatementStatus: ...

    async def statements(self, code: str) -> list[StatementStatus]: ...

    async def took_part(self, result_id: UUID, subject: str, inspector_id: UUID | None) -> bool: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all units of a process share."""

    registry: DepartmentsOf
    results: VisitCodes
    files: FileStore
    result_months: int
    draws: PublicSides | None = None
    """None in a process that settles no draws."""
    desk: Desk | None = None


class DisclosureUnitOfWork(UnitOfWork):
    facts: FactStore
    results: ResultStore
    notes: NoteStore
    entities: EntityStore
    lines: LineStore
    plan_pages: PlanPageStore
    search: SearchStore
    statistics: StatisticsStore
    status: StatusStore
    open_files: OpenFileStore
    draw_documents: DrawDocumentStore
    draws: DrawStore
    statements: StatementStore
    tickets: TicketStore

    def __init__(self, database: Database, principal: Principal, around: Surroundings) -> None:
        super().__init__(database, principal)
        self.around = around

    def opened(self) -> None:
        self._open_stores()

    async def act_as(self, principal: Principal) -> None:
        await super().act_as(principal)
        self._open_stores()

    def _open_stores(self) -> None:
        driver, district = self.driver, self.district
        self.facts = FactStore(driver, district)
        self.results = ResultStore(driver, district)
        self.notes = NoteStore(driver, district)
        self.entities = EntityStore(driver, district)
        self.lines = LineStore(driver, district)
        self.plan_pages = PlanPageStore(driver, district)
        self.search = SearchStore(driver, district)
        self.statistics = StatisticsStore(driver, district)
        self.status = StatusStore(driver, district)
        self.open_files = OpenFileStore(driver, district)
        self.draw_documents = DrawDocumentStore(driver, district)
        self.draws = DrawStore(driver, district)
        self.statements = StatementStore(driver, district)
        self.tickets = TicketStore(driver, district)
