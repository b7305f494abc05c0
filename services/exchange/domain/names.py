"""Numbers and titles of plans, tasks and items, as planning told them: results name them by id.

Results may be heard before the plan they belong to; what was blocked for it is completed once the names are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.exchange.domain.sources import Record

PLAN, TASK, ITEM = "plan", "task", "item"
_FIELDS: Final[Mapping[str, tuple[str, str | None, str | None]]] = {
    PLAN: ("plan_id", "plan_no", "plan_title"),
    TASK: ("task_id", None, "task_title"),
    ITEM: ("item_id", "item_code", None),
}
"""Kind → the id of a record, and which fields its number and title fill."""


@dataclass(frozen=True, slots=True)
class Named:
    kind: str
    id: UUID
    number: str
    title: str


def completed(record: Record, names: Mapping[str, Named]) -> Record:
    """The record with every empty number and title that `names` (by id) can fill."""
    filled = _filled(record, names)
    parts = record.get("items")
    if isinstance(parts, list):
        filled["items"] = [_filled(part, names) for part in parts]
    return filled


def _filled(record: Mapping[str, Any], names: Mapping[str, Named]) -> dict[str, Any]:
    new = dict(record)
    for kind, (key, number, title) in _FIELDS.items():
        found = names.get(str(record.get(key)))
        if found is None or found.kind != kind:
            continue
        for field, value in ((number, found.number), (title, found.title)):
            if field is not None and field in record and not record[field]:
                new[field] = value
    return new
