"""Set statements: any number of rows of any number of tables in one round trip.

Each table's rows travel as one array per column; the parts join as data-modifying CTEs of a single statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Bulk:
    """A table and the columns a batch fills: name → element type. `district` and `known_from` are the batch's own.
    `on_conflict` closes the INSERT."""

    table: str
    columns: tuple[tuple[str, str], ...]
    on_conflict: str = ""

    @property
    def names(self) -> str:
        return ", ".join(name for name, _ in self.columns)

    def insert(self) -> str:
        arrays = ", ".join(f"CAST(:{self.table}_{name} AS {kind}[])" for name, kind in self.columns)
        return (
            f"INSERT INTO {self.table} (district, {self.names}, known_from)"  # noqa: S608 - constants only
            f" SELECT :district, {', '.join('e.' + name for name, _ in self.columns)}, CAST(:now AS timestamptz)"
            f" FROM unnest({arrays}) WITH ORDINALITY AS e ({self.names}, place) ORDER BY e.place{self.on_conflict}"
        )

    def values(self, rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
        columns = zip(*rows, strict=True)
        return {f"{self.table}_{name}": list(column) for (name, _), column in zip(self.columns, columns, strict=True)}


async def write(
    connection: AsyncConnection, batch: Sequence[tuple[Bulk, Sequence[Sequence[Any]]]], values: dict[str, Any], last: str
) -> None:
    """Writes all rows in one statement that ends in `last` (a SELECT over the parts, which bear their tables' names)."""
    filled = [(bulk, rows) for bulk, rows in batch if rows]
    parts = ", ".join(f"new_{bulk.table} AS ({bulk.insert()})" for bulk, _ in filled)
    bound = dict(values)
    for bulk, rows in filled:
        bound |= bulk.values(rows)
    await connection.execute(text(f"WITH {parts} {last}"), bound)  # noqa: S608 - constants only
