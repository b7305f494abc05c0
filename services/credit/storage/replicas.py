"""Entities as registry last told of them: who a USCC or an external number is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.credit.domain.entities import EntityRow
from services.credit.storage.bulk import Bulk, write
from shared.runtime.database import Driver

_COLUMNS = (
    ("entity_id", "uuid"),
    ("uscc", "text"),
    ("external_no", "text"),
    ("name", "text"),
    ("kind", "text"),
    ("status", "text"),
    ("town", "text"),
    ("industry", "text"),
    ("registered_on", "date"),
)
_REPLICAS = Bulk(
    "replica_entities",
    _COLUMNS,
    " ON CONFLICT (district, entity_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name, _ in (*_COLUMNS[1:], ("known_from", "")))
    + " RETURNING entity_id, uscc, name",
)
# What an entity was called before, so that a past day is shown with the name of that day (B7).
_PUT = (
    ", renamed AS (INSERT INTO replica_entities_history (district, entity_id, uscc, name, known_from, known_until)"
    " SELECT r.district, r.entity_id, r.uscc, r.name, r.known_from, $2 FROM replica_entities AS r"
    " JOIN new_replica_entities AS n ON n.entity_id = r.entity_id"
    " WHERE r.district = $1 AND (r.uscc, r.name) IS DISTINCT FROM (n.uscc, n.name))"
    " SELECT count(*) FROM new_replica_entities"
)
_AS_KNOWN = (
    "SELECT uscc, name FROM replica_entities_history WHERE district = $1 AND entity_id = $2 AND known_until > $3"
    " ORDER BY known_until LIMIT 1"
)
_NAMES = ", ".join(name for name, _ in _COLUMNS)
_BY_ID = text(f"SELECT {_NAMES} FROM replica_entities WHERE district = :district AND entity_id = :key")  # noqa: S608
_BY_USCC = text(
    f"SELECT {_NAMES} FROM replica_entities WHERE district = :district AND uscc = :key"  # noqa: S608
    " ORDER BY known_from DESC, entity_id LIMIT 1"
)
_OF_INDUSTRIES = text(
    f"SELECT {_NAMES} FROM replica_entities WHERE district = :district AND registered_on IS NOT NULL"  # noqa: S608
    " AND industry LIKE ANY (CAST(:prefixes AS text[])) ORDER BY entity_id"
)
_MANY = text(
    "SELECT entity_id, uscc, external_no FROM replica_entities WHERE district = :district"
    " AND (uscc = ANY (CAST(:usccs AS text[])) OR external_no = ANY (CAST(:numbers AS text[]))"
    " OR entity_id = ANY (CAST(:ids AS uuid[]))) ORDER BY known_from, entity_id"
)


@dataclass(frozen=True, slots=True)
class Known:
    """Entities found, by each of their keys."""

    ids: frozenset[UUID]
    by_uscc: dict[str, UUID]
    by_external_no: dict[str, UUID]


class ReplicaStore:
    def __init__(self, connection: AsyncConnection, driver: Driver, district: str) -> None:
        self._connection, self._driver, self._district = connection, driver, district

    async def put(self, entities: Sequence[EntityRow], now: datetime) -> None:
        """Registry's word as of now; of two rows for one entity the later stands."""
        newest = {entity.entity_id: entity for entity in entities}
        rows = [tuple(getattr(entity, name) for name, _ in _COLUMNS) for entity in newest.values()]
        if rows:
            await write(self._driver, [(_REPLICAS, rows)], _PUT, self._district, now)

    async def find(self, key: str | UUID) -> EntityRow | None:
        """By entity_id or by USCC."""
        query = _BY_ID if isinstance(key, UUID) else _BY_USCC
        row = (await self._connection.execute(query, {"district": self._district, "key": key})).one_or_none()
        return None if row is None else EntityRow(*row)

    async def as_known(self, entity: EntityRow, known_at: datetime) -> EntityRow:
        """The entity with the name and code credit knew it by then."""
        row = await self._driver.fetchrow(_AS_KNOWN, self._district, entity.entity_id, known_at)
        return entity if row is None else replace(entity, uscc=row["uscc"], name=row["name"])

    async def of_industries(self, prefixes: Sequence[str]) -> Sequence[EntityRow]:
        """Entities with a day of registration whose industry begins with one of the prefixes (digits or letters)."""
        values = {"district": self._district, "prefixes": [f"{prefix}%" for prefix in prefixes]}
        return [EntityRow(*row) for row in (await self._connection.execute(_OF_INDUSTRIES, values)).all()]

    async def find_many(self, ids: Sequence[UUID], usccs: Sequence[str], numbers: Sequence[str]) -> Known:
        values: dict[str, Any] = {"district": self._district, "ids": ids, "usccs": usccs, "numbers": numbers}
        rows = (await self._connection.execute(_MANY, values)).all()
        return Known(
            frozenset(row.entity_id for row in rows),
            {row.uscc: row.entity_id for row in rows if row.uscc},
            {row.external_no: row.entity_id for row in rows if row.external_no},
        )
