"""Registry as draw asks it: one snapshot for one pool; later, whether those assigned may still go."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol
from uuid import UUID

import orjson

from services.draw.adapters.snapshot import SnapshotReader
from services.draw.domain.fitness import Standing
from shared.runtime.peers import Peer
from shared.runtime.principal import Principal

_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class WantedSnapshot:
    """The objects of a library version and the officers of some departments, as they stand on a day."""

    library_id: UUID
    library_version: int
    departments: tuple[str, ...]
    on: date
    with_experts: bool = False


class Registry(Protocol):
    """What the use cases need of registry; tests pass their own."""

    def snapshot(self, wanted: WantedSnapshot, act_for: Principal) -> AbstractAsyncContextManager[SnapshotReader]:
        """The stream stays open inside the `async with`. Raises PeerUnavailable, PeerRefused, NotFound."""

    async def standings(self, ids: Collection[UUID], on: date, act_for: Principal) -> dict[UUID, Standing]:
        """Officers as known for a day; whom registry does not know is missing. Raises PeerUnavailable, PeerRefused."""


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
            "with_experts": wanted.with_experts,
        }
        async with self._peer.stream("/internal/v1/snapshots", body, act_for=act_for) as answer:
            yield SnapshotReader(answer.aiter_bytes())

    async def standings(self, ids: Collection[UUID], on: date, act_for: Principal) -> dict[UUID, Standing]:
        found: dict[UUID, Standing] = {}
        wanted = sorted(ids)
        for start in range(0, len(wanted), _AT_ONCE):
            body = {"ids": [str(one) for one in wanted[start : start + _AT_ONCE]], "on": on.isoformat()}
            async with self._peer.stream("/internal/v1/inspectors/batch", body, act_for=act_for) as answer:
                items = orjson.loads(await answer.aread())["items"]
            for item in items:
                ground = None if item["valid"] else item["ground"]
                found[UUID(item["inspector_id"])] = Standing(item["department"], ground)
        return found
