"""Entities (检查对象) as credit knows them: whom registry told of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.values import uscc
from shared.values.errors import NotFound


class EntityUnknown(NotFound):
    message = "名录库中没有统一社会信用代码（或编号）为 {key} 的检查对象"


@dataclass(frozen=True, slots=True)
class EntityRow:
    """One entity as registry has it. `uscc` may be absent; `external_no` is its number in its department's books."""

    entity_id: UUID
    uscc: str | None
    external_no: str | None
    name: str
    kind: str | None
    status: str | None
    town: str | None
    industry: str | None
    registered_on: date | None = None


def parse_key(key: str) -> UUID | str:
    """The entity_id or the USCC that a caller wrote. Raises shared.values.uscc.InvalidUscc."""
    if len(key) == 36:
        try:
            return UUID(key)
        except ValueError:
            pass
    return uscc.parse(key)
