"""Results as a peer: what a printed visit code (检查码) is worth, with its signed receipt where it is worth nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from shared.runtime.peers import Peer
from shared.runtime.principal import Principal
from shared.values.errors import NotFound


class ResultsClient:
    """Reads `GET results /v1/visit-codes/{code}`."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    async def visit_code(self, code: str, asker: Principal) -> Mapping[str, Any] | None:
        """The answer as results gives it to `asker` (nobody who signed in). Raises PeerRefused or PeerUnavailable."""
        try:
            found: Mapping[str, Any] = await self._peer.get_json(f"/v1/visit-codes/{quote(code, safe='')}", asker)
        except NotFound:
            return None
        return found
