"""The stores of the inspection itself, besides the record and its contents, over one transaction."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.storage.contacts import ContactStore
from services.results.storage.discretion import DiscretionStore
from services.results.storage.evidence import EvidenceRows
from services.results.storage.offline_entries import OfflineEntryStore
from services.results.storage.repeats import RepeatStore
from services.results.storage.signatures import SignatureStore
from services.results.storage.undrawn import UndrawnStore
from services.results.storage.uploads import UploadRows
from services.results.storage.visit_codes import VisitCodeStore


class InspectionStores:
    def __init__(self, connection: AsyncConnection) -> None:
        self.evidence = EvidenceRows(connection)
        self.signatures = SignatureStore(connection)
        self.repeats = RepeatStore(connection)
        self.offline = OfflineEntryStore(connection)
        self.codes = VisitCodeStore(connection)
        self.contacts = ContactStore(connection)
        self.discretion = DiscretionStore(connection)
        self.uploads = UploadRows(connection)
        self.undrawn = UndrawnStore(connection)
