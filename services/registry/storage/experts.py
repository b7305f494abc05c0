"""Where experts are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.experts import ExpertContent
from services.registry.storage.entity_lists import FIRST
from services.registry.storage.sealing import opened

_PAGE = text(
    "SELECT id, version, expert_no, name, kind, organisation, fields, title, qualification, valid_until, phone, status"
    " FROM experts WHERE id > :after AND (CAST(:field AS text) IS NULL OR CAST(:field AS text) = ANY (fields))"
    " ORDER BY id LIMIT :size"
)


@dataclass(frozen=True, slots=True)
class StoredExpert:
    id: UUID
    version: int
    content: ExpertContent


class ExpertStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(self, field: str | None, size: int, after: UUID | None) -> Sequence[StoredExpert]:
        """At most `size` experts by id, those after `after`, of one field if one is given."""
        found = await self._connection.execute(_PAGE, {"field": field, "size": size, "after": after or FIRST})
        return [StoredExpert(row.id, row.version, _content(row)) for row in found]


def _content(row: Any) -> ExpertContent:
    return ExpertContent(
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
