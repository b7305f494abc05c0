"""One way to keep versions: the row of now, and every version there was in its `_history` table (L7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

KEPT_BY_TRIGGER = frozenset({"entities"})
"""Tables whose earlier versions the database moves aside by itself when a row changes."""
VERSIONING = ("district", "id", "version", "change_set_id", "changed_at")


class KeyTaken(Exception):
    """A natural key belongs to another row, perhaps one that the caller may not see. `constraint` names the key."""

    def __init__(self, constraint: str) -> None:
        self.constraint = constraint
        super().__init__(constraint)


def save_statement(table: str, columns: Sequence[str]) -> str:
    """Writes one version by named parameters and keeps it in the history, in one statement."""
    every = [*VERSIONING, *columns]
    changes = ", ".join(f"{name} = excluded.{name}" for name in every[2:])
    names, values = ", ".join(every), ", ".join(f":{name}" for name in every)
    write = f"INSERT INTO {table} ({names}) VALUES ({values}) ON CONFLICT (district, id) DO UPDATE SET {changes}"  # noqa: S608
    if table in KEPT_BY_TRIGGER:
        return write
    return (
        f"WITH written AS ({write} RETURNING {names})"  # noqa: S608 - constants only
        f" INSERT INTO {table}_history ({names}) SELECT {names} FROM written"
    )


async def save(connection: AsyncConnection, table: str, row: Mapping[str, Any]) -> None:
    """Raises KeyTaken when a unique natural key is another row's."""
    statement = save_statement(table, [name for name in row if name not in VERSIONING])
    try:
        await connection.execute(text(statement), dict(row))
    except IntegrityError as error:
        raise KeyTaken(constraint_of(error)) from error


def constraint_of(error: IntegrityError) -> str:
    cause = getattr(error.orig, "__cause__", None)
    return str(getattr(cause, "constraint_name", "") or "")


def versioning(found: Any) -> tuple[str, UUID, int, UUID, datetime]:
    """The five leading columns of a row, as `VERSIONING` names them."""
    return found.district, found.id, found.version, found.change_set_id, found.changed_at
