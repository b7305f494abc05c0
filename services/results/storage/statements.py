"""Statements of enterprises (陈述申辩): the department's until they are public."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.statements import Channel, Statement, StatementState
from shared.runtime.problems import VersionChanged

_FIELDS: Final = tuple(field.name for field in fields(Statement))
_STORED: Final = tuple("owner_department" if name == "department" else name for name in _FIELDS)
_COLUMNS: Final = ", ".join(f"{stored} AS {name}" for name, stored in zip(_FIELDS, _STORED, strict=True))
_ADD: Final = text(
    f"INSERT INTO statements (district, {', '.join(_STORED)})"  # noqa: S608 - constants only
    f" VALUES (current_setting('ssj.district'), {', '.join(f':{name}' for name in _FIELDS)})"
)
_SAVE: Final = text(
    "UPDATE statements SET version = :version, state = :state, reason = :reason, moderated_by = :moderated_by,"
    " moderated_at = :moderated_at WHERE id = :id AND version = :version - 1"
)
_WAITING: Final = text("SELECT count(*) FROM statements WHERE result_id = :result_id AND state = 'submitted'")


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """None does not filter."""

    state: str | None = None
    department: str | None = None
    entity_id: UUID | None = None
    result_id: UUID | None = None


class StatementStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, made: Statement) -> None:
        await self._connection.execute(_ADD, _values(made))

    async def save(self, moderated: Statement) -> None:
        """Raises VersionChanged if somebody moderated it meanwhile."""
        saved = await self._connection.execute(_SAVE, _values(moderated))
        if saved.rowcount != 1:
            raise VersionChanged

    async def find(self, statement_id: UUID) -> Statement | None:
        query = text(f"SELECT {_COLUMNS} FROM statements WHERE id = :id")  # noqa: S608
        row = (await self._connection.execute(query, {"id": statement_id})).one_or_none()
        return None if row is None else _statement_of(row)

    async def waiting(self, result_id: UUID) -> int:
        return int((await self._connection.execute(_WAITING, {"result_id": result_id})).scalar_one())

    async def page(self, wanted: StatementFilter, size: int, after: UUID | None) -> list[Statement]:
        """At most `size` in the order in which they came."""
        clauses = {
            "state": "state = :state",
            "department": "owner_department = :department",
            "entity_id": "entity_id = :entity_id",
            "result_id": "result_id = :result_id",
        }
        values: dict[str, Any] = {name: value for name, value in asdict(wanted).items() if value is not None}
        where = ["true", *(clauses[name] for name in values)]
        if after is not None:
            where.append("id > :after")
            values["after"] = after
        query = f"SELECT {_COLUMNS} FROM statements WHERE {' AND '.join(where)} ORDER BY id LIMIT :size"  # noqa: S608
        rows = await self._connection.execute(text(query), values | {"size": size})
        return [_statement_of(row) for row in rows]


def _values(made: Statement) -> dict[str, Any]:
    return asdict(made) | {"channel": made.channel.value, "state": made.state.value}


def _statement_of(row: Row[Any]) -> Statement:
    got = dict(row._mapping)
    return Statement(**got | {"channel": Channel(got["channel"]), "state": StatementState(got["state"])})
