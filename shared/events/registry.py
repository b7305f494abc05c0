"""Facts that `registry` tells."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.checkpoint import SignedCheckpoint
from shared.events.envelope import Event


class ChangeRecordedV1(Event):
    """One change set (变更批次) was recorded: an edit and a bulk import alike. Consumers pull the rows by its id
    (`GET registry /internal/v1/change-sets/{id}`)."""

    KEY: ClassVar[str] = "change_set_id"

    change_set_id: UUID
    kind: str
    """What changed: `entities`, `inspectors`, `experts`, `departments`, `libraries`, `regions`, `marks`, `duties`,
    `leaves`, `reviews`."""
    row_count: int
    origin: str
    """`edit`, `import` or `event`."""
    owner_department: str | None = None


class ReviewSignedV1(Event):
    """The keeper of a library signed its yearly review (名录库年度核查, L7). `department` is `joint_office` for the
    experts; `members`: how many the library held when it was signed."""

    KEY: ClassVar[str] = "review_id"

    review_id: UUID
    year: int
    department: str
    subject: str
    """`objects`, `inspectors` or `experts`."""
    library_id: UUID | None = None
    library_version: int | None = None
    members: int
    signed_at: datetime


class CheckpointSignedV1(Event):
    """The Merkle root (默克尔根) of this service's audit rows and log was signed (检查点, SEC11)."""

    KEY: ClassVar[str] = "service"

    service: str
    checkpoint: SignedCheckpoint
