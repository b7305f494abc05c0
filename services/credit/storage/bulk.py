"""Set statements: any number of rows of any number of tables in one round trip.

Each table's rows travel as one array per column, a single row as itself; the parts join as data-modifying CTEs of a
single statement. The text depends only on which tables have one row or more, so the driver prepares a handful of
statements and keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.runtime.database import Driver

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Bulk:
    """A table and the columns a batch fills: name → element type. `district` and `known_from` are the batch's own.
    `on_conflict` closes the INSERT."""

    table: str
    columns: tuple[tuple[str, str], ...]
    on_conflict: str = ""

    def insert(self, rows: Sequence[Row]) -> tuple[str, list[Any]]:
        """The INSERT with `{}` for each of its values, and these; $1 is the district, $2 the batch's time."""
        names = ", ".join(name for name, _ in self.columns)
        into = f"INSERT INTO {self.table} (district, {names}, known_from)"
        if len(rows) == 1:  # seventeen arrays of one cost more than the insert
            one = ", ".join(f"{{}}::{kind}" for _, kind in self.columns)
            return f"{into} VALUES ($1::text, {one}, $2::timestamptz){self.on_conflict}", list(rows[0])
        arrays = ", ".join(f"{{}}::{kind}[]" for _, kind in self.columns)
        return (
            f"{into} SELECT $1::text, {', '.join('e.' + name for name, _ in self.columns)}, $2::timestamptz"  # noqa: S608 - constants only
            f" FROM unnest({arrays}) WITH ORDINALITY AS e ({names}, place) ORDER BY e.place{self.on_conflict}"
        ), [list(column) for column in zip(*rows, strict=True)]


def put_together(batch: Sequence[tuple[Bulk, Sequence[Row]]]) -> tuple[str, list[Any]]:
    """All rows as the CTEs of one statement, each part named `new_<table>`, with `{}` for their values; and these."""
    values: list[Any] = []
    parts: list[str] = []
    for bulk, rows in batch:
        if rows:
            insert, own = bulk.insert(rows)
            parts.append(f"new_{bulk.table} AS ({insert})")
            values += own
    return ", ".join(parts), values


async def write(
    driver: Driver, batch: Sequence[tuple[Bulk, Sequence[Row]]], last: str, district: str, now: datetime, *more: Any
) -> Any:
    """Writes all rows in one statement that ends in `last`, a SELECT that may look at each part as `new_<table>` and at
    `more` by further `{}`. Returns the first value of that."""
    parts, values = put_together(batch)
    values += more
    statement = f"WITH {parts} {last}".format(*(f"${number}" for number in range(3, 3 + len(values))))
    return await driver.fetchval(statement, district, now, *values)
