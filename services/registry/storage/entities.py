"""Where objects of inspection are kept, one by one; lists are in `entity_lists`, bulk changes in `bulk_changes`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.entities import Entity, EntityContent, EntityKeyTaken, PastVersion
from services.registry.storage.sealing import mark, opened, sealed
from services.registry.storage.versions import KeyTaken, save, versioning

CONTENT = (
    "kind, name, name_key, uscc, external_no, status, registered_on, region_code, address, industry_code,"
    " industry_edition, departments, tags, producer_external_no, legal_rep_phone"
)
COLUMNS = f"district, id, version, change_set_id, changed_at, {CONTENT}, credit_class, last_visit_on"
_BY_ID = f"SELECT {COLUMNS} FROM entities WHERE id = :id"  # noqa: S608 - constants only
_BY_USCC = f"SELECT {COLUMNS} FROM entities WHERE uscc = :uscc"  # noqa: S608
_BY_IDS = text(f"SELECT {COLUMNS} FROM entities WHERE id = ANY (CAST(:ids AS uuid[])) ORDER BY id")  # noqa: S608
_BY_USCCS = text(f"SELECT {COLUMNS} FROM entities WHERE uscc = ANY (CAST(:usccs AS text[])) ORDER BY id")  # noqa: S608
_AT = text(
    f"SELECT {COLUMNS} FROM entities_history WHERE id = :id AND changed_at <= :known_at"  # noqa: S608
    " ORDER BY version DESC LIMIT 1"
)
_PRODUCER = text("SELECT id FROM entities WHERE external_no = :external_no")
_HISTORY = text(
    "SELECT h.*, s.origin, s.actor FROM entities_history h"
    " JOIN change_sets s ON s.district = h.district AND s.id = h.change_set_id"
    " WHERE h.id = :id AND h.version < :before ORDER BY h.version DESC LIMIT :size"
)


class EntityStore:
    """Queries in domain words; the district is the transaction's (row-level security)."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, entity_id: UUID, *, for_update: bool = False) -> Entity | None:
        lock = " FOR UPDATE" if for_update else ""
        row = (await self._connection.execute(text(_BY_ID + lock), {"id": entity_id})).one_or_none()
        return None if row is None else entity_of(row)

    async def find_at(self, entity_id: UUID, known_at: datetime) -> Entity | None:
        """The version that stood at an instant; None when the object was not known yet."""
        values = {"id": entity_id, "known_at": known_at}
        row = (await self._connection.execute(_AT, values)).one_or_none()
        return None if row is None else entity_of(row)

    async def find_by_uscc(self, uscc: str) -> Entity | None:
        row = (await self._connection.execute(text(_BY_USCC), {"uscc": uscc})).one_or_none()
        return None if row is None else entity_of(row)

    async def many(self, ids: Sequence[UUID], usccs: Sequence[str]) -> Sequence[Entity]:
        """Those that exist, by id; asked by ids, by USCCs, or both."""
        rows = [*(await self._connection.execute(_BY_IDS, {"ids": list(ids)}))]
        if usccs:
            rows += await self._connection.execute(_BY_USCCS, {"usccs": list(usccs)})
        found = {row.id: entity_of(row) for row in rows}
        return [found[key] for key in sorted(found)]

    async def producer_id(self, external_no: str | None) -> UUID | None:
        """The producer (生产单位) of a product, found when it is read: it may have been imported after its product."""
        if external_no is None:
            return None
        found = await self._connection.execute(_PRODUCER, {"external_no": external_no})
        producer: UUID | None = found.scalar_one_or_none()
        return producer

    async def history(self, entity_id: UUID, size: int, before: int) -> Sequence[PastVersion]:
        """At most `size` versions below `before`, the newest first."""
        values = {"id": entity_id, "size": size, "before": before}
        found = await self._connection.execute(_HISTORY, values)
        return [PastVersion(entity_of(row), row.origin, row.actor) for row in found]

    async def save(self, entity: Entity) -> None:
        """Writes the version and keeps it. Raises EntityKeyTaken."""
        content = asdict(entity.content)
        row: dict[str, Any] = {
            "district": entity.district,
            "id": entity.id,
            "version": entity.version,
            "change_set_id": entity.change_set_id,
            "changed_at": entity.changed_at,
            **content,
            "departments": list(entity.content.departments),
            "tags": list(entity.content.tags),
            "legal_rep_phone": sealed(entity.content.legal_rep_phone),
            "legal_rep_phone_mark": mark(entity.content.legal_rep_phone),
            "credit_class": entity.credit_class,
            "last_visit_on": entity.last_visit_on,
        }
        try:
            await save(self._connection, "entities", row)
        except KeyTaken as taken:
            field = "统一社会信用代码" if taken.constraint == "uq_entities_uscc" else "检查对象编号"
            raise EntityKeyTaken(field=field) from taken


def entity_of(row: Any) -> Entity:
    """An entity from a row with `COLUMNS`."""
    content = EntityContent(
        kind=row.kind,
        name=row.name,
        name_key=row.name_key or row.name,
        uscc=row.uscc,
        external_no=row.external_no,
        status=row.status,
        registered_on=row.registered_on,
        region_code=row.region_code,
        address=row.address,
        industry_code=row.industry_code,
        industry_edition=row.industry_edition,
        departments=tuple(row.departments),
        tags=tuple(row.tags),
        producer_external_no=row.producer_external_no,
        legal_rep_phone=opened(row.legal_rep_phone),
    )
    district, entity_id, version, change_set_id, changed_at = versioning(row)
    return Entity(entity_id, district, version, change_set_id, changed_at, content, row.credit_class, row.last_visit_on)
