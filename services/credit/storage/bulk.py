"""Set statements: any number of rows of any number of tables in one round trip.

Each table's rows travel as one array per column; the parts join as data-modifying CTEs of a single statement. The text
depends only on which tables have rows, so the driver prepares a handful of statements and keeps them.
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

    def insert(self, first: int) -> str:
        """The INSERT, its arrays bound from `$first` on; $1 is the district, $2 the batch's time."""
        names = ", ".join(name for name, _ in self.columns)
        arrays = ", ".join(f"${first + place}::{kind}[]" for place, (_, kind) in enumerate(self.columns))
        return (
            f"INSERT INTO {self.table} (district, {names}, known_from)"  # noqa: S608 - constants only
            f" SELECT $1::text, {', '.join('e.' + name for name, _ in self.columns)}, $2::timestamptz"
            f" FROM unnest({arrays}) WITH ORDINALITY AS e ({names}, place) ORDER BY e.place{self.on_conflict}"
        )


async def write(
    driver: Driver, batch: Sequence[tuple[Bulk, Sequence[Row]]], last: str, district: str, now: datetime, *more: Any
) -> Any:
    """Writes all rows in one statement that ends in `last`, a SELECT that may look at each part as `new_<table>` and at
    `more` as $3 and on. Returns the first value of that."""
    values: list[Any] = [district, now, *more]
    parts: list[str] = []
    for bulk, rows in batch:
        if rows:
            parts.append(f"new_{bulk.table} AS ({bulk.insert(len(values) + 1)})")
            values += [list(column) for column in zip(*rows, strict=True)]
    return await driver.fetchval(f"WITH {', '.join(parts)} {last}", *values)
