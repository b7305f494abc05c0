"""The unit of work of results: its stores over one transaction; registry, planning and files to be asked outside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.results.adapters.evidence_files import EvidenceFiles
from services.results.adapters.planning_client import Planning
from services.results.adapters.registry_client import Registry
from services.results.storage.inspection_stores import InspectionStores
from services.results.storage.recordings import RecordingStore
from services.results.storage.records import RecordStore
from services.results.storage.review_stores import ReviewStores
from services.results.storage.versions import VersionStore
from services.results.storage.visits import VisitStore
from services.results.storage.vocabularies import VocabularyStore
from shared.runtime.database import Database
from shared.runtime.principal import Principal, service_principal
from shared.runtime.unit_of_work import UnitOfWork


class ResultsUnitOfWork(UnitOfWork):
    records: RecordStore
    recordings: RecordingStore
    versions: VersionStore
    visits: VisitStore
    vocabularies: VocabularyStore
    inspection: InspectionStores
    review: ReviewStores

    def __init__(
        self,
        database: Database,
        principal: Principal,
        registry: Registry,
        planning: Planning | None = None,
        evidence_files: EvidenceFiles | None = None,
    ) -> None:
        super().__init__(database, principal)
        self.registry, self.planning, self._evidence_files = registry, planning, evidence_files

    @property
    def evidence_files(self) -> EvidenceFiles:
        """Raises RuntimeError where the composition root gave none."""
        if self._evidence_files is None:
            raise RuntimeError("no store of evidence files: the composition root has not given one")
        return self._evidence_files

    def beside(self) -> ResultsUnitOfWork:
        """Another transaction of the same act, to look something up before this one opens.

        It claims the act's key as this one will: a retry hears its kept answer before anybody is asked anything.
        """
        work = ResultsUnitOfWork(self._database, self.principal, self.registry, self.planning, self._evidence_files)
        work.on_opened = self.on_opened
        return work

    def opened(self) -> None:
        self.records = RecordStore(self.connection, self.driver)
        self.recordings = RecordingStore(self.connection)
        self.versions = VersionStore(self.connection)
        self.visits = VisitStore(self.connection, self.principal.subject)
        self.vocabularies = VocabularyStore(self.connection)
        self.inspection = InspectionStores(self.connection)
        self.review = ReviewStores(self.connection)

    @asynccontextmanager
    async def across_departments(self) -> AsyncIterator[None]:
        """Acts in the name of the service, for a rule that holds for all departments alike: a new calendar."""
        caller = self.principal
        await self.act_as(service_principal("results", self.district))
        try:
            yield
        except BaseException:
            # The transaction may be beyond any statement; it ends here.
            self.principal = caller
            raise
        await self.act_as(caller)
