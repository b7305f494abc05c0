"""Where libraries are kept: the current version, and every version there was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.change_sets import ChangeSet
from services.registry.domain.condition_json import condition_json
from services.registry.domain.conditions import read_condition
from services.registry.domain.libraries import Library, LibraryNameTaken
from services.registry.storage.entity_lists import FIRST
from services.registry.storage.versions import KeyTaken, save

_COLUMNS = "id, district, owner_department, name, conditions, version, changed_by, changed_at"
_FIND = f"SELECT {_COLUMNS} FROM libraries WHERE id = :id"  # noqa: S608 - constants only
_VERSION = text(f"SELECT {_COLUMNS} FROM libraries_history WHERE id = :id AND version = :version")  # noqa: S608
_AT = text(
    f"SELECT {_COLUMNS} FROM libraries_history WHERE id = :id AND changed_at <= :known_at"  # noqa: S608
    " ORDER BY version DESC LIMIT 1"
)
_ALL = text(f"SELECT {_COLUMNS} FROM libraries ORDER BY owner_department, name LIMIT 10000")  # noqa: S608
_PAGE = text(
    f"SELECT {_COLUMNS} FROM libraries WHERE id > :after"  # noqa: S608
    " AND (CAST(:department AS text) IS NULL OR owner_department = :department) ORDER BY id LIMIT :size"
)


class LibraryStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, library_id: UUID, version: int | None = None, *, for_update: bool = False) -> Library | None:
        """The current version, or the one asked for."""
        if version is not None:
            found = await self._connection.execute(_VERSION, {"id": library_id, "version": version})
        else:
            lock = " FOR UPDATE" if for_update else ""
            found = await self._connection.execute(text(_FIND + lock), {"id": library_id})
        row = found.one_or_none()
        return None if row is None else _library(row)

    async def find_at(self, library_id: UUID, known_at: datetime) -> Library | None:
        """The version in force at an instant."""
        row = (await self._connection.execute(_AT, {"id": library_id, "known_at": known_at})).one_or_none()
        return None if row is None else _library(row)

    async def all(self) -> Sequence[Library]:
        """Every library of the district: some hundreds."""
        return [_library(row) for row in await self._connection.execute(_ALL)]

    async def page(self, department: str | None, size: int, after: UUID | None) -> Sequence[Library]:
        values = {"department": department, "size": size, "after": after or FIRST}
        return [_library(row) for row in await self._connection.execute(_PAGE, values)]

    async def save(self, library: Library, change_set: ChangeSet) -> None:
        """Writes the version and keeps it. Raises LibraryNameTaken."""
        row = {name: getattr(library, name) for name in Library.__slots__} | {
            "conditions": orjson.dumps(condition_json(library.conditions)).decode(),
            "change_set_id": change_set.id,
        }
        try:
            await save(self._connection, "libraries", row)
        except KeyTaken as taken:
            raise LibraryNameTaken(name=library.name) from taken


def _library(row: Any) -> Library:
    values = dict(row._mapping)
    conditions = values["conditions"]
    stored = orjson.loads(conditions) if isinstance(conditions, str) else conditions
    return Library(**values | {"conditions": read_condition(stored)})
