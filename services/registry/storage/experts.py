"""Where experts are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from dataclasses import field as field_of
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.experts import Expert, ExpertContent, ExpertNumberTaken
from services.registry.domain.inspectors import InspectorStatus
from services.registry.storage.entity_lists import FIRST
from services.registry.storage.sealing import mark, opened, sealed
from services.registry.storage.versions import KeyTaken, save, versioning

_COLUMNS: Final = (
    "district, id, version, change_set_id, changed_at, expert_no, name, kind, organisation, fields, title,"
    " qualification, valid_until, phone, status, status_reason"
)
_FILTERS: Final = {
    "field": "CAST(:field AS text) = ANY (fields)",
    "kind": "kind = :kind",
    "status": "status = :status",
    "valid_on": "status = :active AND (valid_until IS NULL OR valid_until >= CAST(:valid_on AS date))",
    "q": "(strpos(name, :q) > 0 OR expert_no = :q OR strpos(organisation, :q) > 0)",
}


@dataclass(frozen=True, slots=True)
class ExpertFilter:
    """What a list is narrowed by; None does not narrow. `valid_on`: who may advise on that day. `q`: the number, a part
    of the name or of the organisation."""

    field: str | None = None
    kind: str | None = None
    status: str | None = None
    valid_on: date | None = None
    q: str | None = field_of(default=None, metadata={"personal": True})


class ExpertStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, expert_id: UUID, *, for_update: bool = False) -> Expert | None:
        lock = " FOR UPDATE" if for_update else ""
        query = text(f"SELECT {_COLUMNS} FROM experts WHERE id = :id{lock}")  # noqa: S608 - constants only
        row = (await self._connection.execute(query, {"id": expert_id})).one_or_none()
        return None if row is None else _expert(row)

    async def page(self, narrowed: ExpertFilter, size: int, after: UUID | None) -> Sequence[Expert]:
        """At most `size` experts by id, those after `after`."""
        values: dict[str, Any] = {
            name: getattr(narrowed, name) for name in _FILTERS if getattr(narrowed, name) is not None
        }
        wheres = " AND ".join(["id > :after", *(_FILTERS[name] for name in values)])
        if narrowed.valid_on is not None:
            values["active"] = InspectorStatus.ACTIVE.value
        query = text(f"SELECT {_COLUMNS} FROM experts WHERE {wheres} ORDER BY id LIMIT :size")  # noqa: S608
        found = await self._connection.execute(query, values | {"size": size, "after": after or FIRST})
        return [_expert(row) for row in found]

    async def save(self, expert: Expert) -> None:
        """Writes the version and keeps it. Raises ExpertNumberTaken."""
        about = {name: getattr(expert, name) for name in Expert.__slots__ if name != "content"}
        content = expert.content
        personal = {"phone": sealed(content.phone), "phone_mark": mark(content.phone)}
        row = about | asdict(content) | {"fields": list(content.fields)} | personal
        try:
            await save(self._connection, "experts", row)
        except KeyTaken as taken:
            raise ExpertNumberTaken from taken


def _expert(row: Any) -> Expert:
    content = ExpertContent(
        expert_no=row.expert_no,
        name=row.name,
        kind=row.kind,
        organisation=row.organisation,
        fields=tuple(row.fields),
        title=row.title,
        qualification=row.qualification,
        valid_until=row.valid_until,
        phone=opened(row.phone),
        status=row.status,
    )
    return Expert(row.id, row.district, *versioning(row)[2:], content, row.status_reason)
