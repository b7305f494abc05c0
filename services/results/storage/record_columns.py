"""Between a row of `inspection_records` and the domain's `InspectionRecord`."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

import asyncpg
from sqlalchemy import RowMapping

from services.results.domain.records import Assignment, InspectionRecord
from services.results.domain.states import State

ASSIGNED: Final = tuple(field.name for field in fields(Assignment))
"""Fields of the assignment; never written after it was taken up."""
MOVING: Final = tuple(field.name for field in fields(InspectionRecord) if field.name not in ("id", "assignment"))
"""Fields that acts change."""
_STORED_AS: Final = {"department": "owner_department"}


def columns(prefix: str) -> str:
    """The select list, every column under its field's name: `r.id, r.owner_department AS department, …`."""
    named = ("id", *ASSIGNED, *MOVING)
    return ", ".join(f"{prefix}.{_STORED_AS.get(name, name)} AS {name}" for name in named)


def record_of(got: RowMapping | asyncpg.Record) -> InspectionRecord:
    """`got`: a row by column name, of SQLAlchemy (`row._mapping`) or of the driver."""
    assigned = {name: _plain(got[name]) for name in ASSIGNED}
    moving = {name: _plain(got[name]) for name in MOVING} | {"state": State(got["state"])}
    return InspectionRecord(id=got["id"], assignment=Assignment(**assigned), **moving)


def moving_values(record: InspectionRecord) -> list[Any]:
    """Parameters of an update in the order of `MOVING`, as the driver takes them."""
    named = {name: getattr(record, name) for name in MOVING}
    return list((named | {"state": record.state.value, "present_ids": list(record.present_ids)}).values())


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
