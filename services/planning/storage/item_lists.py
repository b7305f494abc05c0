"""Where item lists are kept: the head row and its history. The items stand in `items`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.filing import Filing, FilingState
from services.planning.domain.filters import ItemListFilter
from services.planning.domain.item_lists import WHAT, ItemList, ListTier
from shared.runtime.problems import VersionChanged

_COLUMNS = (
    "id, district, owner_department, year, version, revision, row_version, item_count, state, filers, remark,"
    " created_at, published_at, tier, source"
)
_GET = f"SELECT {_COLUMNS} FROM item_lists WHERE id = :id"  # noqa: S608 - constants only
_OF_YEAR = text(
    f"SELECT {_COLUMNS} FROM item_lists WHERE owner_department = :department AND year = :year AND tier = :tier"  # noqa: S608
    " ORDER BY version DESC FOR UPDATE"
)
_PAGE = text(
    f"SELECT {_COLUMNS} FROM item_lists"  # noqa: S608
    " WHERE (CAST(:department AS text) IS NULL OR owner_department = :department)"
    " AND (CAST(:year AS integer) IS NULL OR year = :year) AND (CAST(:state AS text) IS NULL OR state = :state)"
    " AND (CAST(:before AS uuid) IS NULL OR id < :before) ORDER BY id DESC LIMIT :size"
)
_HISTORY = (
    "history AS (INSERT INTO item_lists_history"
    " (district, list_id, row_version, act, state, revision, remark, actor, acted_at)"
    " VALUES (:district, :id, :row_version, :act, :state, :revision, :remark, :actor, :at))"
)
_ADD = text(
    "INSERT INTO item_lists (id, district, owner_department, year, version, revision, row_version, item_count, state,"
    " filers, remark, created_at, published_at, tier, source) VALUES (:id, :district, :department, :year, :version,"
    " :revision, :row_version, :item_count, :state, CAST(:filers AS text[]), :remark, :created_at, :published_at,"
    " :tier, :source)"
)
_KEEP = text(f"WITH {_HISTORY} SELECT 1")
_SAVE = text(
    f"WITH {_HISTORY} UPDATE item_lists SET revision = :revision, row_version = :row_version,"  # noqa: S608
    " item_count = :item_count, state = :state, filers = CAST(:filers AS text[]), remark = :remark,"
    " published_at = :published_at WHERE id = :id AND row_version = :row_version - 1"
)


@dataclass(frozen=True, slots=True)
class Step:
    """What led to a row version, for the history."""

    act: str
    actor: str
    at: datetime


class ItemListStore:
    """The district is the transaction's; drafts of others are not seen (row-level security)."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, list_id: UUID, *, for_update: bool = False) -> ItemList | None:
        lock = " FOR UPDATE" if for_update else ""
        row = (await self._connection.execute(text(_GET + lock), {"id": list_id})).one_or_none()
        return None if row is None else _list(row)

    async def of_year(self, department: str, year: int, tier: ListTier = ListTier.DISTRICT) -> Sequence[ItemList]:
        """All versions of the department's list of the year and level, newest first, locked."""
        values = {"department": department, "year": year, "tier": tier.value}
        found = await self._connection.execute(_OF_YEAR, values)
        return [_list(row) for row in found]

    async def page(self, wanted: ItemListFilter, size: int, before: UUID | None) -> Sequence[ItemList]:
        """At most `size` lists, newest first, those older than `before`."""
        values = {"department": wanted.department, "year": wanted.year, "state": wanted.state}
        found = await self._connection.execute(_PAGE, values | {"size": size, "before": before})
        return [_list(row) for row in found]

    async def add(self, item_list: ItemList, step: Step) -> None:
        values = _values(item_list)
        await self._connection.execute(_ADD, values)
        await self._connection.execute(_KEEP, values | _step(step))

    async def save(self, item_list: ItemList, step: Step) -> None:
        """Raises VersionChanged if another saved meanwhile."""
        saved = await self._connection.execute(_SAVE, _values(item_list) | _step(step))
        if saved.rowcount != 1:
            raise VersionChanged


def _step(step: Step) -> dict[str, object]:
    return {"act": step.act, "actor": step.actor, "at": step.at}


def _values(item_list: ItemList) -> dict[str, object]:
    return {
        "id": item_list.id,
        "district": item_list.district,
        "department": item_list.department,
        "year": item_list.year,
        "version": item_list.version,
        "revision": item_list.revision,
        "row_version": item_list.row_version,
        "item_count": item_list.item_count,
        "state": item_list.filing.state.value,
        "filers": list(item_list.filing.filers),
        "remark": item_list.filing.remark,
        "created_at": item_list.created_at,
        "published_at": item_list.published_at,
        "tier": item_list.tier.value,
        "source": item_list.source,
    }


def _list(row: Row[Any]) -> ItemList:
    return ItemList(
        id=row.id,
        district=row.district,
        department=row.owner_department,
        year=row.year,
        version=row.version,
        revision=row.revision,
        row_version=row.row_version,
        item_count=row.item_count,
        filing=Filing(WHAT, FilingState(row.state), tuple(row.filers), row.remark),
        created_at=row.created_at,
        published_at=row.published_at,
        tier=ListTier(row.tier),
        source=row.source,
    )
