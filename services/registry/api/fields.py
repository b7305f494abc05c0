"""Field types and cursors that the doors share."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from shared.runtime.http import PageQuery
from shared.runtime.problems import BadCursor

Plain = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x08]*$")]
"""Text without the control characters that PostgreSQL or a spreadsheet cannot hold."""
Listed = Annotated[str, StringConstraints(pattern=r"^[^、，,;；|\x00-\x08]{1,100}$")]
"""A part of a list: none of the characters that part lists in a file."""


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
