"""Reads the cursors of this service's lists; an odd one is refused like any other wrong cursor."""

from __future__ import annotations

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


def after_number(paging: PageQuery) -> int:
    """Raises BadCursor."""
    if paging.after is None:
        return 0
    try:
        (last,) = paging.after
        return int(last)
    except (ValueError, TypeError) as error:
        raise BadCursor from error


def after_warning(paging: PageQuery) -> tuple[UUID, int] | None:
    """Raises BadCursor."""
    if paging.after is None:
        return None
    try:
        entity_id, days = paging.after
        return UUID(entity_id), int(days)
    except (ValueError, AttributeError, TypeError) as error:
        raise BadCursor from error
