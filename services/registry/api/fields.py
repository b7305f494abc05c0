"""Field types and cursors that the doors share."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import StringConstraints

from services.registry.domain.moments import Moment, read_moment
from shared.runtime.http import PageQuery
from shared.runtime.problems import BadCursor

Plain = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x08]*$")]
"""Text without the control characters that PostgreSQL or a spreadsheet cannot hold."""
Listed = Annotated[str, StringConstraints(pattern=r"^[^、，,;；|\x00-\x08]{1,100}$")]
"""A part of a list: none of the characters that part lists in a file."""


AsOf = Annotated[
    str | None,
    Query(
        description="以何时所知为准：某日（当日结束时）或某一时刻；不填为现在",
        max_length=40,
        examples=["2026-11-24", "2026-11-24T09:30:00+08:00"],
    ),
]


def moment_of(as_of: str | None, today: date) -> Moment:
    """Raises MomentMalformed."""
    return read_moment(as_of, today)


def id_after(paging: PageQuery) -> UUID | None:
    """The id that the last page ended with. Raises BadCursor."""
    try:
        return UUID(str(paging.after[0])) if paging.after else None
    except ValueError as error:
        raise BadCursor from error


def number_after(paging: PageQuery) -> int | None:
    """The number that the last page ended with. Raises BadCursor."""
    try:
        return int(paging.after[0]) if paging.after else None
    except (ValueError, TypeError) as error:
        raise BadCursor from error
