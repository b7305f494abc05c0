"""Reads the cursors of this service's lists; an odd one is refused like any other wrong cursor."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.runtime.http import PageQuery
from shared.runtime.problems import BadCursor


def after_id(paging: PageQuery) -> UUID | None:
    """Raises BadCursor."""
    if paging.after is None:
        return None
    try:
        (last,) = paging.after
        return UUID(last)
    except (ValueError, AttributeError, TypeError) as error:
        raise BadCursor from error


def after_due_and_id(paging: PageQuery) -> tuple[date, UUID] | None:
    """Raises BadCursor."""
    if paging.after is None:
        return None
    try:
        due, last = paging.after
        return date.fromisoformat(due), UUID(last)
    except (ValueError, AttributeError, TypeError) as error:
        raise BadCursor from error
