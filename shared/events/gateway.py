"""Facts that `gateway` tells."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

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
