"""Where the duty map is kept: its rows now, and every version there was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.duties import Duty, DutyContent
from services.registry.domain.moments import Moment
from services.registry.storage.moments import moment_values, rows_at
from services.registry.storage.versions import save, versioning

_CONTENT: Final = tuple(DutyContent.__slots__)
_COLUMNS: Final = f"district, id, version, change_set_id, changed_at, {', '.join(_CONTENT)}, changed_by"
_HISTORY = text(f"SELECT {_COLUMNS} FROM duties_history WHERE id = :id ORDER BY version DESC LIMIT 1000")  # noqa: S608
_FILTERS: Final = {
    "department": "department = :department",
    "basis": "basis = :basis",
    "valid_on": "valid_from <= :valid_on AND (valid_until IS NULL OR valid_until >= :valid_on)",
    "q": "(licence = :q OR industry_code = :q OR strpos(legal_basis, :q) > 0)",
}
_FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class DutyFilter:
    """What a list is narrowed by; None does not narrow. `q`: a licence, an industry code, a part of the legal basis."""

    department: str | None = None
    basis: str | None = None
    valid_on: date | None = None
    q: str | None = None


class DutyStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, duty_id: UUID, *, for_update: bool = False) -> Duty | None:
        lock = " FOR UPDATE" if for_update else ""
        query = text(f"SELECT {_COLUMNS} FROM duties WHERE id = :id{lock}")  # noqa: S608 - constants only
        row = (await self._connection.execute(query, {"id": duty_id})).one_or_none()
        return None if row is None else _duty(row)

    async def history(self, duty_id: UUID) -> Sequence[Duty]:
        """Every version, the newest first."""
        return [_duty(row) for row in await self._connection.execute(_HISTORY, {"id": duty_id})]

    async def standing(self, moment: Moment) -> Sequence[Duty]:
        """The rows whose term covers the moment's day, as they were known at it: some hundreds."""
        query = text(
            f"SELECT {_COLUMNS} FROM {rows_at('duties', moment)} WHERE valid_from <= :on"  # noqa: S608
            " AND (valid_until IS NULL OR valid_until >= :on) ORDER BY id"
        )
        values = {**moment_values(moment), "on": moment.on}
        return [_duty(row) for row in await self._connection.execute(query, values)]

    async def page(self, narrowed: DutyFilter, size: int, after: UUID | None) -> Sequence[Duty]:
        values: dict[str, Any] = {
            name: getattr(narrowed, name) for name in _FILTERS if getattr(narrowed, name) is not None
        }
        wheres = " AND ".join(["id > :after", *(_FILTERS[name] for name in values)])
        query = text(f"SELECT {_COLUMNS} FROM duties WHERE {wheres} ORDER BY id LIMIT :size")  # noqa: S608
        found = await self._connection.execute(query, values | {"size": size, "after": after or _FIRST})
        return [_duty(row) for row in found]

    async def save(self, duty: Duty) -> None:
        """Writes the version and keeps it."""
        about = {name: getattr(duty, name) for name in Duty.__slots__ if name != "content"}
        await save(self._connection, "duties", about | asdict(duty.content))


def _duty(row: Any) -> Duty:
    content = DutyContent(**{name: getattr(row, name) for name in _CONTENT})
    return Duty(row.id, row.district, *versioning(row)[2:], content, row.changed_by)
