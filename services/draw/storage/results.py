"""Results by version, and the lists that are public of a draw from some stage on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.published import StoredResult

ROSTER: Final = "roster"
RECUSALS: Final = "recusals"
OPENINGS: Final = "openings"

_ADD: Final = text(
    "INSERT INTO draw_results (district, draw_id, version, seed, result_hash, text, drawn, visits, open_slots,"
    " explanation) VALUES (current_setting('ssj.district'), :draw_id, :version, :seed, :result_hash, :text, :drawn,"
    " :visits, :open_slots, CAST(:explanation AS jsonb))"
)
_LAST: Final = text(
    "SELECT draw_id, version, seed, result_hash, text, drawn, visits, open_slots, explanation FROM draw_results"
    " WHERE draw_id = :draw_id ORDER BY version DESC LIMIT 1"
)
_PUBLISH: Final = text(
    "INSERT INTO published_lists (district, draw_id, name, version, rows)"
    " SELECT current_setting('ssj.district'), :draw_id, :name, coalesce(max(version), 0) + 1, :rows"
    " FROM published_lists WHERE draw_id = :draw_id AND name = :name"
)
_LIST: Final = text(
    "SELECT rows FROM published_lists WHERE draw_id = :draw_id AND name = :name ORDER BY version DESC LIMIT 1"
)


class ResultStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, result: StoredResult) -> None:
        values = {name: getattr(result, name) for name in StoredResult.__slots__}
        await self._connection.execute(_ADD, values | {"explanation": orjson.dumps(result.explanation).decode()})

    async def last(self, draw_id: UUID) -> StoredResult | None:
        row = (await self._connection.execute(_LAST, {"draw_id": draw_id})).one_or_none()
        if row is None:
            return None
        got = dict(row._mapping)
        return StoredResult(**got | {"seed": bytes(row.seed), "result_hash": bytes(row.result_hash)})

    async def publish_list(self, draw_id: UUID, name: str, rows: Sequence[str]) -> None:
        """The rows as anybody may now read them; a later version replaces them for readers."""
        values = {"draw_id": draw_id, "name": name, "rows": "".join(row + "\n" for row in rows)}
        await self._connection.execute(_PUBLISH, values)

    async def published_list(self, draw_id: UUID, name: str) -> list[str] | None:
        """None before the list is public."""
        found = (await self._connection.execute(_LIST, {"draw_id": draw_id, "name": name})).scalar_one_or_none()
        return None if found is None else found.split("\n")[:-1]
