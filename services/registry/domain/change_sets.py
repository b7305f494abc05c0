"""One change set is one transaction's changes, an edit and a bulk import alike (L7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.values.errors import NotFound

EDIT, IMPORT, EVENT = "edit", "import", "event"


class ChangeSetUnknown(NotFound):
    message = "没有编号为 {change_set_id} 的变更批次"


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """`kind`: entities, inspectors, experts, departments, libraries, regions. `origin`: edit, import or event.

    `first_id`, `last_id`: between them are the ids of the new objects that an import wrote in bulk."""

    id: UUID
    district: str
    kind: str
    origin: str
    owner_department: str | None
    row_count: int
    actor: str
    recorded_at: datetime
    first_id: UUID | None = None
    last_id: UUID | None = None
