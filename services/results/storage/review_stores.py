"""The stores of what happens around and after publication, over one transaction."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.storage.deadlines import DeadlineStore
from services.results.storage.duties import DutyStore
from services.results.storage.exemptions import ExemptionStore
from services.results.storage.follow_ups import FollowUpStore
from services.results.storage.imports import ResultImportStore
from services.results.storage.notices import NoticeStore
from services.results.storage.recognitions import RecognitionStore
from services.results.storage.statements import StatementStore


class ReviewStores:
    def __init__(self, connection: AsyncConnection) -> None:
        self.notices = NoticeStore(connection)
        self.deadlines = DeadlineStore(connection)
        self.exemptions = ExemptionStore(connection)
        self.recognitions = RecognitionStore(connection)
        self.follow_ups = FollowUpStore(connection)
        self.duties = DutyStore(connection)
        self.imports = ResultImportStore(connection)
        self.statements = StatementStore(connection)
