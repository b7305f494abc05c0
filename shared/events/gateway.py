"""Facts that `gateway` tells."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from shared.events.checkpoint import SignedCheckpoint
from shared.events.envelope import Event


class ClientDisabledV1(Event):
    """A machine client lost its access."""

    KEY: ClassVar[str] = "client_id"

    client_id: str
    district: str


class OfficerChangedV1(Event):
    """An officer's account was opened, changed or closed."""

    KEY: ClassVar[str] = "officer_id"

    officer_id: UUID
    active: bool


class CheckpointSignedV1(Event):
    """The Merkle root (默克尔根) of this service's audit rows and log was signed (检查点, SEC11)."""

    KEY: ClassVar[str] = "service"

    service: str
    checkpoint: SignedCheckpoint
