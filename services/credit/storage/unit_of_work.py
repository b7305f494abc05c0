"""Credit's unit of work: its stores over one transaction, the rules read so far, registry as a peer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.credit.domain.entities import EntityRow
from services.credit.domain.proofs import Proof, PublicKey
from services.credit.domain.repair_tokens import CodeHolder
from services.credit.storage.answer_log import AnswerLog, AnswerStore
from services.credit.storage.archive import ArchiveStore
from services.credit.storage.feedbacks import FeedbackStore
from services.credit.storage.imports import ImportStore
from services.credit.storage.journal_store import JournalStore
from services.credit.storage.ledger import LedgerStore
from services.credit.storage.list_proposals import ListProposalStore
from services.credit.storage.proposals import ProposalStore
from services.credit.storage.repair_tokens import RepairTokenStore
from services.credit.storage.repairs import RepairStore
from services.credit.storage.replicas import ReplicaStore
from services.credit.storage.restrictions import CheckStore
from services.credit.storage.rulebooks import RulebookStore, RuleShelf
from services.credit.storage.warnings import WarningStore
from shared.runtime.calendars import CalendarCopies
from shared.runtime.database import Database
from shared.runtime.files import FileStore
from shared.runtime.principal import Principal
from shared.runtime.unit_of_work import UnitOfWork


class ChangeSets(Protocol):
    """Where the rows of registry's change sets (变更批次) are pulled from."""

    def entity_rows(self, change_set_id: UUID) -> AsyncIterator[Sequence[EntityRow]]: ...


class AnswerSigner(Protocol):
    """Signs answers with the current key; `published` are the public halves of all keys."""

    @property
    def published(self) -> Sequence[PublicKey]: ...

    def sign(self, sha256: bytes, at: datetime) -> Proof: ...


class CodeBook(Protocol):
    """Who says whom a visit code (检查码) speaks for."""

    async def holder(self, code: str, act_for: Principal) -> CodeHolder: ...


@dataclass(frozen=True, slots=True)
class Answering:
    """What a process needs to answer checks and to hear enterprises: the keys that sign, the log, the files, whose a
    visit code is."""

    signer: AnswerSigner
    log: AnswerLog
    files: FileStore
    codes: CodeBook


class CreditUnitOfWork(UnitOfWork):
    """`change_sets` is needed where registry's events are applied; `shelf` is shared by all units of a process."""

    ledger: LedgerStore
    archive: ArchiveStore
    replicas: ReplicaStore
    rulebooks: RulebookStore
    answers: AnswerStore
    imports: ImportStore
    journal: JournalStore
    proposals: ProposalStore
    warnings: WarningStore
    list_proposals: ListProposalStore
    measure_proposals: ProposalStore
    feedbacks: FeedbackStore
    repairs: RepairStore
    repair_tokens: RepairTokenStore
    calendars: CalendarCopies

    def __init__(
        self,
        database: Database,
        principal: Principal,
        change_sets: ChangeSets | None = None,
        shelf: RuleShelf | None = None,
        answering: Answering | None = None,
    ) -> None:
        super().__init__(database, principal)
        self.change_sets = change_sets
        self.shelf = shelf or RuleShelf()
        self.checks = CheckStore(database, principal.district)
        self._answering = answering

    @property
    def answering(self) -> Answering:
        """Raises RuntimeError in a process that answers nobody."""
        if self._answering is None:
            raise RuntimeError("this unit of work was opened without what answers need")
        return self._answering

    @property
    def files(self) -> FileStore:
        return self.answering.files

    def opened(self) -> None:
        self._open_stores()

    async def act_as(self, principal: Principal) -> None:
        await super().act_as(principal)
        self._open_stores()

    def _open_stores(self) -> None:
        connection, driver, district = self.connection, self.driver, self.district
        self.ledger = LedgerStore(driver, district)
        self.archive = ArchiveStore(connection, district)
        self.replicas = ReplicaStore(connection, driver, district)
        self.rulebooks = RulebookStore(connection, district, self.shelf)
        self.answers = AnswerStore(driver, district)
        self.imports = ImportStore(connection, district)
        self.journal = JournalStore(driver, district)
        self.proposals = ProposalStore(driver, district)
        self.warnings = WarningStore(driver, district)
        self.list_proposals = ListProposalStore(driver, district)
        self.measure_proposals = ProposalStore(driver, district, "measure")
        self.feedbacks = FeedbackStore(driver, district)
        self.repairs = RepairStore(driver, district)
        self.repair_tokens = RepairTokenStore(driver, district)
        self.calendars = CalendarCopies(connection)
