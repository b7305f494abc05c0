"""Draw as a peer: the public side of a draw, which its log's documents only hash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from shared.runtime.peers import Peer


class DrawClient:
    """Reads `GET draw /internal/v1/draws/{id}/public-side`."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    async def public_side(self, draw_id: UUID, *, with_tokens: bool) -> Mapping[str, Any]:
        """Raises NotFound, PeerRefused or PeerUnavailable."""
        found: Mapping[str, Any] = await self._peer.get_json(
            f"/internal/v1/draws/{draw_id}/public-side", tokens=str(with_tokens).lower()
        )
        return found
