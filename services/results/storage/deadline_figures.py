"""Which day is the next for publication, per department: a figure, no list."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.states import UNPUBLISHED

_UNPUBLISHED: Final = ", ".join(f"'{state.value}'" for state in UNPUBLISHED)
_NEXT: Final = text(
    "SELECT owner_department, min(due_on) AS due_on FROM inspection_records"  # noqa: S608 - constants only
    f" WHERE state IN ({_UNPUBLISHED}) AND due_on IS NOT NULL GROUP BY owner_department"
)


async def next_deadlines(connection: AsyncConnection) -> dict[str, date]:
    """Department → the earliest day by which one of its results must be published."""
    return {row.owner_department: row.due_on for row in await connection.execute(_NEXT)}
