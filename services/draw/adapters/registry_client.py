"""Registry as draw asks it: one snapshot for one pool."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from services.draw.adapters.snapshot import SnapshotReader
from shared.runtime.peers import Peer
from shared.runtime.principal import Principal


@dataclass(frozen=True, slots=True)
class WantedSnapshot:
    """The objects of a library version and the officers of some departments, as they stand on a day."""

    library_id: UUID
    library_version: int
    departments: tuple[str, ...]
    on: date


class Registry(Protocol):
    """What the use cases need of registry; tests pass their own."""

    def snapshot(self, wanted: WantedSnapshot, act_for: Principal) -> AbstractAsyncContextManager[SnapshotReader]:
        """The stream stays open inside the `async with`. Raises PeerUnavailable, PeerRefused, NotFound."""


class RegistryClient:
    """`Registry` over HTTP."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    @asynccontextmanager
    async def snapshot(self, wanted: WantedSnapshot, act_for: Principal) -> AsyncIterator[SnapshotReader]:
        body = {
            "district": act_for.district,
            "library_id": str(wanted.library_id),
            "library_version": wanted.library_version,
            "departments": list(wanted.departments),
            "on": wanted.on.isoformat(),
        }
        async with self._peer.stream("/internal/v1/snapshots", body, act_for=act_for) as answer:
            yield SnapshotReader(answer.aiter_bytes())
