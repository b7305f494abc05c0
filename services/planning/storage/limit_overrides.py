"""Where overrides of limits on items are kept (I3), each with the decision on it; nothing is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.decisions import Decision
from services.planning.domain.filters import OverrideFilter
from services.planning.domain.limit_overrides import LimitOverride, Overrides
from services.planning.domain.rules import RuleCode
from services.planning.storage.rules import decision_of
from shared.runtime.problems import VersionChanged

_SELECT = (
    "SELECT o.id, o.district, o.owner_department, o.year, o.code, o.item_code, o.ceiling, o.reason, o.asked_by,"
    " o.asked_at, d.is_approved, d.reason AS decision_reason, d.decided_by, d.decided_at FROM limit_overrides o"
    " LEFT JOIN limit_override_decisions d ON d.district = o.district AND d.override_id = o.id"
)
_ONE = text(f"{_SELECT} WHERE o.id = :id")
_PAGE = text(
    f"{_SELECT} WHERE (CAST(:department AS text) IS NULL OR o.owner_department = :department)"
    " AND (CAST(:year AS integer) IS NULL OR o.year = :year) AND (CAST(:state AS text) IS NULL OR :state = CASE"
    " WHEN d.is_approved IS NULL THEN 'proposed' WHEN d.is_approved THEN 'approved' ELSE 'rejected' END)"
    " AND (CAST(:before AS uuid) IS NULL OR o.id < :before) ORDER BY o.id DESC LIMIT :size"
)
_APPROVED = text(f"{_SELECT} WHERE d.is_approved AND o.owner_department = :department AND o.year = :year")
_ADD = text(
    "INSERT INTO limit_overrides (id, district, owner_department, year, code, item_code, ceiling, reason, asked_by,"
    " asked_at) VALUES (:id, :district, :department, :year, :code, :item_code, :limit, :reason, :asked_by, :asked_at)"
)
_DECIDE = text(
    "INSERT INTO limit_override_decisions (district, override_id, is_approved, reason, decided_by, decided_at)"
    " VALUES (:district, :id, :is_approved, :reason, :by, :at) ON CONFLICT DO NOTHING"
)


class LimitOverrideStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, override_id: UUID) -> LimitOverride | None:
        row = (await self._connection.execute(_ONE, {"id": override_id})).one_or_none()
        return None if row is None else _override(row)

    async def page(self, wanted: OverrideFilter, size: int, before: UUID | None) -> Sequence[LimitOverride]:
        """At most `size` overrides, newest first, those older than `before`."""
        values = {"department": wanted.department, "year": wanted.year, "state": wanted.state}
        found = await self._connection.execute(_PAGE, values | {"size": size, "before": before})
        return [_override(row) for row in found]

    async def approved(self, department: str, year: int) -> Overrides:
        found = await self._connection.execute(_APPROVED, {"department": department, "year": year})
        return Overrides(tuple(_override(row) for row in found))

    async def add(self, override: LimitOverride) -> None:
        values = {name: getattr(override, name) for name in LimitOverride.__slots__ if name != "decision"}
        await self._connection.execute(_ADD, values | {"code": override.code.value})

    async def decide(self, override: LimitOverride, decision: Decision) -> None:
        """Raises VersionChanged if another decided meanwhile."""
        values = {name: getattr(decision, name) for name in Decision.__slots__}
        key = {"district": override.district, "id": override.id}
        decided = await self._connection.execute(_DECIDE, values | key)
        if decided.rowcount != 1:
            raise VersionChanged


def _override(row: Row[Any]) -> LimitOverride:
    return LimitOverride(
        id=row.id,
        district=row.district,
        department=row.owner_department,
        year=row.year,
        code=RuleCode(row.code),
        item_code=row.item_code,
        limit=row.ceiling,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        decision=decision_of(row),
    )
