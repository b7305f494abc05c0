"""Registry as a peer: the rows of its change sets, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.credit.domain.entities import EntityRow
from shared.runtime.peers import Peer

PAGE: Final = 5_000


class RegistryClient:
    """Pulls `GET registry /internal/v1/change-sets/{id}/rows`."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    async def entity_rows(self, change_set_id: UUID) -> AsyncIterator[Sequence[EntityRow]]:
        """Pages in registry's order. Raises NotFound, PeerRefused or PeerUnavailable."""
        path, after = f"/internal/v1/change-sets/{change_set_id}/rows", ""
        while True:
            if after:
                page = await self._peer.get_json(path, limit=PAGE, after=after)
            else:
                page = await self._peer.get_json(path, limit=PAGE)
            rows: list[dict[str, Any]] = page["items"]
            if rows:
                yield [entity_row(row) for row in rows]
            if not page.get("next"):
                return
            after = str(page["next"])


def entity_row(row: dict[str, Any]) -> EntityRow:
    """Members this release does not know are ignored, those not sent are absent."""
    return EntityRow(
        entity_id=UUID(row["entity_id"]),
        uscc=row.get("uscc"),
        external_no=row.get("external_no"),
        name=row["name"],
        kind=row.get("kind"),
        status=row.get("status"),
        town=row.get("region"),
        industry=row.get("industry_code"),
        registered_on=date.fromisoformat(row["registered_on"]) if row.get("registered_on") else None,
    )
