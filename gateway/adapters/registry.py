"""Registry as a peer: which inspectors of a change set have left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared.runtime.peers import Peer

PAGE = 1_000


class RegistryClient:
    """Pulls `GET registry /internal/v1/change-sets/{id}/rows`."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    async def leavers(self, change_set_id: UUID) -> frozenset[UUID]:
        """Raises NotFound, PeerRefused or PeerUnavailable."""
        path, left = f"/internal/v1/change-sets/{change_set_id}/rows", set[UUID]()
        after = ""
        while True:
            page = await (
                self._peer.get_json(path, limit=PAGE, after=after) if after else self._peer.get_json(path, limit=PAGE)
            )
            rows: list[dict[str, Any]] = page["items"]
            left |= {UUID(row["inspector_id"]) for row in rows if row.get("status") == "left"}
            if not page.get("next"):
                return frozenset(left)
            after = str(page["next"])
