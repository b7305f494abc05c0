"""Reading the opaque cursors of our lists."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared.runtime.problems import BadCursor


def id_cursor(after: list[Any] | None) -> UUID | None:
    """The id of the last row seen. Raises BadCursor."""
    if after is None:
        return None
    try:
        return UUID(after[0])
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise BadCursor from error


def pair_cursor(after: list[Any] | None) -> tuple[str, str] | None:
    """The two sort keys of the last row seen. Raises BadCursor."""
    if after is None:
        return None
    if len(after) != 2 or not all(isinstance(part, str) for part in after):
        raise BadCursor
    return (after[0], after[1])
