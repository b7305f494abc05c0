"""How values of the domain stand in columns: figures per class as an array in the order A, B, C, D, U."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from services.planning.domain.per_class import PerClass


def to_array(figures: PerClass | None) -> list[int | None] | None:
    return None if figures is None else [figures.a, figures.b, figures.c, figures.d, figures.u]


def from_array(column: Sequence[Any]) -> PerClass:
    return PerClass(*column)


def maybe_from_array(column: Sequence[Any] | None) -> PerClass | None:
    return None if column is None else from_array(column)


def to_rows(rows: Iterable[object]) -> str:
    """Rows for `jsonb_to_recordset`. Ids read from the database are of the driver's own class, hence `default`."""
    return orjson.dumps(list(rows), default=str).decode()
