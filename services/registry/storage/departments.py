"""Where departments are kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.change_sets import ChangeSet
from services.registry.domain.departments import Department
from services.registry.storage.versions import save

_COLUMNS = "id, district, code, name, short_name, uscc, version"


class DepartmentStore:
    """Queries in domain words; the district is the transaction's (row-level security)."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, code: str, *, for_update: bool = False) -> Department | None:
        lock = " FOR UPDATE" if for_update else ""
        found = await self._connection.execute(
            text(f"SELECT {_COLUMNS} FROM departments WHERE code = :code{lock}"),  # noqa: S608 - constants only
            {"code": code},
        )
        row = found.one_or_none()
        return None if row is None else Department(*row)

    async def page(self, size: int, after: str | None) -> Sequence[Department]:
        """At most `size` departments by code, those after `after`."""
        found = await self._connection.execute(
            text(f"SELECT {_COLUMNS} FROM departments WHERE code > :after ORDER BY code LIMIT :size"),  # noqa: S608
            {"after": after or "", "size": size},
        )
        return [Department(*row) for row in found]

    async def all(self) -> Sequence[Department]:
        """Every department of the district: some dozens."""
        found = await self._connection.execute(text(f"SELECT {_COLUMNS} FROM departments ORDER BY code"))  # noqa: S608
        return [Department(*row) for row in found]

    async def save(self, department: Department, change_set: ChangeSet) -> None:
        """Writes the row and keeps the version in its history."""
        values = {name: getattr(department, name) for name in Department.__slots__}
        changed = {"change_set_id": change_set.id, "changed_at": change_set.recorded_at}
        await save(self._connection, "departments", values | changed)
