"""Where marks of objects (department tags, licences) are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.marks import Mark, MarkContent
from services.registry.domain.moments import Moment
from services.registry.storage.moments import moment_values, rows_at
from services.registry.storage.versions import save, versioning
from shared.values.text import search_key

_COLUMNS: Final = (
    "district, id, version, change_set_id, changed_at, entity_id, department, kind, name, number, valid_from,"
    " valid_until, note, changed_by"
)
_FILTERS: Final = {
    "entity_id": "entity_id = :entity_id",
    "kind": "kind = :kind",
    "department": "department = :department",
    "name": "name = :name",
    "valid_on": "valid_from <= :valid_on AND (valid_until IS NULL OR valid_until >= :valid_on)",
    "expires_by": "valid_until <= :expires_by",
    "q": "(number = :q OR entity_id IN"
    " (SELECT e.id FROM entities e WHERE strpos(coalesce(e.name_key, e.name), :key) > 0))",
}
_FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class MarkFilter:
    """What a list is narrowed by; None does not narrow. `expires_by`: whose term ends by that day. `q`: a number, or a
    part of the object's name."""

    entity_id: UUID | None = None
    kind: str | None = None
    department: str | None = None
    name: str | None = None
    valid_on: date | None = None
    expires_by: date | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class MarkedEntity:
    """A mark with the name and the code of its object."""

    mark: Mark
    entity_name: str
    uscc: str | None


class MarkStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, mark_id: UUID, *, for_update: bool = False) -> Mark | None:
        lock = " FOR UPDATE" if for_update else ""
        query = text(f"SELECT {_COLUMNS} FROM entity_marks WHERE id = :id{lock}")  # noqa: S608 - constants only
        row = (await self._connection.execute(query, {"id": mark_id})).one_or_none()
        return None if row is None else _mark(row)

    async def of(self, entity_ids: Sequence[UUID], moment: Moment) -> Sequence[Mark]:
        """The marks of some objects as they were known at the moment, whatever their term."""
        query = text(
            f"SELECT {_COLUMNS} FROM {rows_at('entity_marks', moment)}"  # noqa: S608 - constants only
            " WHERE entity_id = ANY (CAST(:ids AS uuid[])) ORDER BY kind, name, valid_from, id"
        )
        values = {**moment_values(moment), "ids": list(entity_ids)}
        return [_mark(row) for row in await self._connection.execute(query, values)]

    async def page(self, narrowed: MarkFilter, size: int, after: UUID | None) -> Sequence[MarkedEntity]:
        """At most `size` marks by id, those after `after`."""
        values: dict[str, Any] = {
            name: getattr(narrowed, name) for name in _FILTERS if getattr(narrowed, name) is not None
        }
        wheres = " AND ".join(["id > :after", *(_FILTERS[name] for name in values)])
        query = text(
            f"SELECT m.*, e.name AS entity_name, e.uscc FROM (SELECT {_COLUMNS} FROM entity_marks WHERE {wheres}"  # noqa: S608
            " ORDER BY id LIMIT :size) AS m JOIN entities e ON e.id = m.entity_id ORDER BY m.id"
        )
        if narrowed.q:
            values |= {"q": narrowed.q.strip(), "key": search_key(narrowed.q) or narrowed.q}
        found = await self._connection.execute(query, values | {"size": size, "after": after or _FIRST})
        return [MarkedEntity(_mark(row), row.entity_name, row.uscc) for row in found]

    async def save(self, mark: Mark) -> None:
        """Writes the version and keeps it."""
        about = {name: getattr(mark, name) for name in Mark.__slots__ if name != "content"}
        await save(self._connection, "entity_marks", about | asdict(mark.content))


def _mark(row: Any) -> Mark:
    content = MarkContent(row.kind, row.name, row.number, row.valid_from, row.valid_until, row.note)
    return Mark(row.id, row.district, *versioning(row)[2:], row.entity_id, row.department, content, row.changed_by)
