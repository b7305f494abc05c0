"""The unit of work of results: its stores over one transaction, and registry to be asked outside it."""

from __future__ import annotations

from services.results.adapters.registry_client import Registry
from services.results.storage.recordings import RecordingStore
from services.results.storage.records import RecordStore
from services.results.storage.versions import VersionStore
from services.results.storage.visits import VisitStore
from services.results.storage.vocabularies import VocabularyStore
from shared.runtime.database import Database
from shared.runtime.principal import Principal
from shared.runtime.unit_of_work import UnitOfWork


class ResultsUnitOfWork(UnitOfWork):
    records: RecordStore
    recordings: RecordingStore
    versions: VersionStore
    visits: VisitStore
    vocabularies: VocabularyStore

    def __init__(self, database: Database, principal: Principal, registry: Registry) -> None:
        super().__init__(database, principal)
        self.registry = registry

    def beside(self) -> ResultsUnitOfWork:
        """Another transaction of the same act, to look something up before this one opens.

        It claims the act's key as this one will: a retry hears its kept answer before anybody is asked anything.
        """
        work = ResultsUnitOfWork(self._database, self.principal, self.registry)
        work.on_opened = self.on_opened
        return work

    def opened(self) -> None:
        self.records = RecordStore(self.connection, self.driver)
        self.recordings = RecordingStore(self.connection)
        self.versions = VersionStore(self.connection)
        self.visits = VisitStore(self.connection, self.principal.subject)
        self.vocabularies = VocabularyStore(self.connection)
