"""Registry as a peer: what departments are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.disclosure.domain.facts import Department
from shared.runtime.peers import Peer


class RegistryClient:
    """Reads `GET registry /v1/departments`, page by page."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    async def departments(self) -> Sequence[Department]:
        """Every department of the district. Raises PeerRefused or PeerUnavailable."""
        found: list[Department] = []
        cursor: dict[str, str] = {}
        while True:
            page: dict[str, Any] = await self._peer.get_json("/v1/departments", None, page_size=200, **cursor)
            found += [Department(d["code"], d["name"], d["short_name"], d.get("uscc")) for d in page["items"]]
            if not page.get("next"):
                return found
            cursor = {"cursor": str(page["next"])}
