"""Facts that `registry` tells."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from shared.events.envelope import Event


class ChangeRecordedV1(Event):
    """One change set (变更批次) was recorded: an edit and a bulk import alike. Consumers pull the rows by its id
    (`GET registry /internal/v1/change-sets/{id}`)."""

    KEY: ClassVar[str] = "change_set_id"

    change_set_id: UUID
    kind: str
    """What changed: `entities`, `inspectors`, `experts`, `departments`, `libraries`."""
    row_count: int
    origin: str
    """`edit`, `import` or `event`."""
    owner_department: str | None = None
