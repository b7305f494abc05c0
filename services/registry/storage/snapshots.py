"""What a pool is frozen from (冻结名册), in canonical order, page by page.

Pages are of one moment because the transaction is (`SnapshotUnitOfWork`); read in any other they are not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.conditions import Condition
from services.registry.domain.experts import ExpertKind
from services.registry.domain.inspectors import InspectorStatus
from services.registry.domain.moments import Moment
from services.registry.storage.condition_sql import ConditionSql
from services.registry.storage.entity_lists import FIRST
from services.registry.storage.leaves import ON_LEAVE

PAGE: Final = 5000
_INSPECTORS: Final = text(
    "SELECT id, name, owner_department, certificate_no, valid_until, regions, fields, expertise, capacity,"  # noqa: S608
    f" CASE WHEN status = :active AND {ON_LEAVE} THEN :on_leave ELSE status END AS status"
    " FROM inspectors WHERE owner_department = ANY (CAST(:departments AS text[])) AND status <> :left"
    " ORDER BY owner_department, id"
)
_EXPERTS: Final = text(
    "SELECT id, name, expert_no, valid_until, fields, status FROM experts WHERE kind = :person ORDER BY id"
)
# A slow reader may take its time between two pages, but not for ever.
_PATIENCE: Final = text("SELECT set_config('idle_in_transaction_session_timeout', '60s', true)")


class SnapshotStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def objects(self, condition: Condition, on: date) -> AsyncIterator[Any]:
        """Every object of a library by entity id, those that cannot be drawn among them."""
        await self._connection.execute(_PATIENCE)
        sql = ConditionSql(condition, Moment(on))
        query = text(
            "SELECT id, name, uscc, region_code, industry_code, credit_class, status FROM entities"  # noqa: S608 - bound values
            f" WHERE id > :after AND {sql.where} ORDER BY id LIMIT :size"
        )
        after: UUID | None = FIRST
        while after is not None:
            page = (await self._connection.execute(query, sql.values | {"after": after, "size": PAGE})).all()
            for row in page:
                yield row
            after = page[-1].id if len(page) == PAGE else None

    async def inspectors(self, departments: Sequence[str], on: date) -> Sequence[Any]:
        """The officers of some departments who have not left, by department and id; `status` as of the day."""
        values = {
            "departments": list(departments),
            "on": on,
            "left": InspectorStatus.LEFT.value,
            "active": InspectorStatus.ACTIVE.value,
            "on_leave": InspectorStatus.ON_LEAVE.value,
        }
        return (await self._connection.execute(_INSPECTORS, values)).all()

    async def experts(self) -> Sequence[Any]:
        """The experts who are persons, by id: an institution is commissioned, it does not sit on a team."""
        return (await self._connection.execute(_EXPERTS, {"person": ExpertKind.PERSON.value})).all()
