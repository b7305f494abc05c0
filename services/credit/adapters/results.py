"""Results as a peer: whom a visit code speaks for."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from services.credit.domain.repair_tokens import CodeHolder
from shared.runtime.peers import Peer
from shared.runtime.principal import Principal


class ResultsClient:
    """Asks `GET results /internal/v1/visit-codes/{code}`."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    async def holder(self, code: str, act_for: Principal) -> CodeHolder:
        """Raises PeerRefused, PeerUnavailable."""
        told = await self._peer.get_json(f"/internal/v1/visit-codes/{quote(code, safe='')}", act_for)
        entity_id, visit_id = told.get("entity_id"), told.get("visit_id")
        return CodeHolder(
            verdict=told["verdict"],
            answer=told["answer"],
            entity_id=None if entity_id is None else UUID(entity_id),
            visit_id=None if visit_id is None else UUID(visit_id),
        )
