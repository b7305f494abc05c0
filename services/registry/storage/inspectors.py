"""Where inspectors are kept. Row-level security shows a department its own, the joint office and auditors all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from dataclasses import field as field_of
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.inspectors import Inspector, InspectorContent, InspectorNumberTaken
from services.registry.storage.entity_lists import FIRST
from services.registry.storage.sealing import mark, opened, sealed
from services.registry.storage.versions import KeyTaken, save, versioning
from shared.runtime.unit_of_work import SHANGHAI

COLUMNS: Final = (
    "district, id, version, change_set_id, changed_at, inspector_no, name, owner_department, certificate_no, issuer,"
    " valid_until, fields, expertise, regions, phone, status, status_reason, capacity"
)
_FIND = f"SELECT {COLUMNS} FROM inspectors WHERE id = :id"  # noqa: S608 - constants only
# As known at the end of a day; what was entered later is the best there is for an officer registered after it.
_AS_OF = text(
    f"SELECT DISTINCT ON (id) {COLUMNS} FROM inspectors_history WHERE id = ANY (CAST(:ids AS uuid[]))"  # noqa: S608
    " ORDER BY id, (changed_at < :end_of_day) DESC,"
    " CASE WHEN changed_at < :end_of_day THEN -version ELSE version END"
)
_FILTERS: Final = {
    "department": "owner_department = :department",
    "status": "status = :status",
    "field": "CAST(:field AS text) = ANY (fields)",
    "tag": "CAST(:tag AS text) = ANY (expertise)",
    "valid_on": "valid_until >= CAST(:valid_on AS date)",
    "town": "('*' = ANY (regions) OR EXISTS (SELECT FROM unnest(regions) r WHERE starts_with(:town, r)))",
    "q": "(strpos(name, :q) > 0 OR inspector_no = :q OR certificate_no = :q)",
}


@dataclass(frozen=True, slots=True)
class InspectorFilter:
    """What a list is narrowed by; None does not narrow."""

    department: str | None = None
    status: str | None = None
    field: str | None = None
    tag: str | None = None
    town: str | None = None
    valid_on: date | None = None
    q: str | None = field_of(default=None, metadata={"personal": True})


class InspectorStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, inspector_id: UUID, *, for_update: bool = False) -> Inspector | None:
        lock = " FOR UPDATE" if for_update else ""
        row = (await self._connection.execute(text(_FIND + lock), {"id": inspector_id})).one_or_none()
        return None if row is None else inspector_of(row)

    async def many_as_of(self, ids: Sequence[UUID], on: date) -> Sequence[Inspector]:
        """Officers as they were known at the end of a day, by id."""
        end_of_day = datetime.combine(on + timedelta(days=1), time(), SHANGHAI)
        rows = await self._connection.execute(_AS_OF, {"ids": list(ids), "end_of_day": end_of_day})
        return [inspector_of(row) for row in rows]

    async def page(self, narrowed: InspectorFilter, size: int, after: UUID | None) -> Sequence[Inspector]:
        values = {name: getattr(narrowed, name) for name in _FILTERS if getattr(narrowed, name) is not None}
        wheres = " AND ".join(["id > :after", *(_FILTERS[name] for name in values)])
        query = text(f"SELECT {COLUMNS} FROM inspectors WHERE {wheres} ORDER BY id LIMIT :size")  # noqa: S608
        found = await self._connection.execute(query, values | {"size": size, "after": after or FIRST})
        return [inspector_of(row) for row in found]

    async def save(self, inspector: Inspector) -> None:
        """Writes the version and keeps it. Raises InspectorNumberTaken."""
        content = inspector.content
        row: dict[str, Any] = {
            "district": inspector.district,
            "id": inspector.id,
            "version": inspector.version,
            "change_set_id": inspector.change_set_id,
            "changed_at": inspector.changed_at,
            **asdict(content),
            "fields": list(content.fields),
            "expertise": list(content.expertise),
            "regions": list(content.regions),
            "phone": sealed(content.phone),
            "phone_mark": mark(content.phone),
            "status_reason": inspector.status_reason,
        }
        try:
            await save(self._connection, "inspectors", row)
        except KeyTaken as taken:
            field = "执法证号" if taken.constraint == "uq_inspectors_certificate_no" else "执法人员编号"
            raise InspectorNumberTaken(field=field) from taken


def inspector_of(row: Any) -> Inspector:
    """An inspector from a row with `COLUMNS`."""
    content = InspectorContent(
        inspector_no=row.inspector_no,
        name=row.name,
        owner_department=row.owner_department,
        certificate_no=row.certificate_no,
        issuer=row.issuer,
        valid_until=row.valid_until,
        fields=tuple(row.fields),
        expertise=tuple(row.expertise),
        regions=tuple(row.regions),
        phone=opened(row.phone),
        status=row.status,
        capacity=row.capacity,
    )
    district, inspector_id, version, change_set_id, changed_at = versioning(row)
    return Inspector(inspector_id, district, version, change_set_id, changed_at, content, row.status_reason)
