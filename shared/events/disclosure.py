"""What `disclosure` tells: nothing but that its own acts are sealed. It decides nothing."""

from __future__ import annotations

from typing import ClassVar

from shared.events.checkpoint import SignedCheckpoint
from shared.events.envelope import Event


class CheckpointSignedV1(Event):
    """The Merkle root (默克尔根) of this service's audit rows and log was signed (检查点, SEC11)."""

    KEY: ClassVar[str] = "service"

    service: str
    checkpoint: SignedCheckpoint
