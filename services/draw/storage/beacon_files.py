"""Beacon files as they were first seen. A file that changes is another file: its row stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.beacon_files import BeaconFile, BeaconReading

_COLUMNS: Final = "id, name, sha256, seen_at, ref, value, source, problem_code, problem"
_ADD: Final = text(
    f"INSERT INTO beacon_files (district, {_COLUMNS}) VALUES (current_setting('ssj.district'), :id, :name,"  # noqa: S608
    " :sha256, :seen_at, CAST(:ref AS text), CAST(:value AS text), CAST(:source AS text),"
    " CAST(:problem_code AS text), CAST(:problem AS text)) ON CONFLICT DO NOTHING"
)
_KNOWN: Final = text("SELECT name, sha256 FROM beacon_files WHERE name = ANY (CAST(:names AS text[]))")
_OF_REFS: Final = text(f"SELECT {_COLUMNS} FROM beacon_files WHERE ref = ANY (CAST(:refs AS text[]))")  # noqa: S608
_PAGE: Final = text(
    f"SELECT {_COLUMNS} FROM beacon_files WHERE (CAST(:after AS uuid) IS NULL OR id < :after)"  # noqa: S608
    " AND (CAST(:is_bad AS boolean) IS NULL OR (problem_code IS NOT NULL) = CAST(:is_bad AS boolean))"
    " ORDER BY id DESC LIMIT :size"
)


class BeaconFileStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def known(self, names: Collection[str]) -> set[tuple[str, str]]:
        """(name, digest) of files of these names seen before."""
        rows = await self._connection.execute(_KNOWN, {"names": list(names)})
        return {(row.name, row.sha256) for row in rows}

    async def add(self, files: Sequence[BeaconFile]) -> None:
        if files:
            await self._connection.execute(_ADD, [_values(file) for file in files])

    async def of_refs(self, refs: Collection[str]) -> list[BeaconFile]:
        """Good files of these sources and issues."""
        return [_file(row) for row in await self._connection.execute(_OF_REFS, {"refs": list(refs)})]

    async def page(self, is_bad: bool | None, size: int, after: UUID | None) -> list[BeaconFile]:
        """The last seen first."""
        rows = await self._connection.execute(_PAGE, {"is_bad": is_bad, "size": size, "after": after})
        return [_file(row) for row in rows]


def _values(file: BeaconFile) -> dict[str, object]:
    reading = file.reading
    return {
        "id": file.id,
        "name": file.name,
        "sha256": file.sha256,
        "seen_at": file.seen_at,
        "ref": reading and reading.ref,
        "value": reading and reading.value,
        "source": reading and reading.source,
        "problem_code": file.problem_code,
        "problem": file.problem,
    }


def _file(row: Row[Any]) -> BeaconFile:
    reading = None if row.ref is None else BeaconReading(row.ref, row.value, row.source)
    return BeaconFile(row.id, row.name, row.sha256, row.seen_at, reading, row.problem_code, row.problem)
