"""Objects (检查对象) as public facts name them, and the table their names are searched in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.disclosure.domain.names import SearchName
from shared.runtime.database import Driver

_NAMED: Final = """
WITH named AS (
    SELECT entity_id, entity_name AS name, uscc, published_at AS at, result_id FROM results
    WHERE district = $1 AND entity_id = ANY ($2::uuid[]) AND state IN ('published', 'corrected', 'withdrawn')
    UNION ALL
    SELECT entity_id, entity_name, uscc, entered_on::timestamptz, NULL FROM listings
    WHERE district = $1 AND entity_id = ANY ($2::uuid[]) AND entity_name IS NOT NULL
)
SELECT DISTINCT ON (entity_id) entity_id, name, uscc,
    count(result_id) OVER (PARTITION BY entity_id) AS results,
    first_value(result_id) OVER (PARTITION BY entity_id
        ORDER BY (result_id IS NULL), at DESC, result_id DESC) AS latest_id
FROM named ORDER BY entity_id, at DESC, result_id DESC NULLS LAST
"""
_SAVE: Final = (
    "INSERT INTO entities VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (district, entity_id) DO UPDATE SET"
    " name = excluded.name, uscc = excluded.uscc, results = excluded.results, latest_id = excluded.latest_id"
)
_SAVE_NAME: Final = (
    "INSERT INTO search_names VALUES ($1, $2, $3, $4, $5) ON CONFLICT (district, entity_id) DO UPDATE SET"
    " folded = excluded.folded, initials = excluded.initials, pairs = excluded.pairs"
    " WHERE search_names.folded IS DISTINCT FROM excluded.folded"
)
_FORGET: Final = "DELETE FROM entities WHERE district = $1 AND entity_id = ANY ($2::uuid[])"
_FORGET_NAME: Final = "DELETE FROM search_names WHERE district = $1 AND entity_id = ANY ($2::uuid[])"


@dataclass(frozen=True, slots=True)
class EntityRow:
    """`results`: how many are shown; `latest_id`: the newest of them."""

    entity_id: UUID
    name: str
    uscc: str | None
    results: int
    latest_id: UUID | None


class EntityStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def refresh(self, entity_ids: Sequence[UUID], search_name: Callable[[str], SearchName]) -> None:
        """Names these objects as the newest public fact does; those that no public fact names any more are gone."""
        asked = sorted(set(entity_ids))
        rows = await self._driver.fetch(_NAMED, self._district, asked)
        found = [_row(row) for row in rows]
        gone = sorted(set(asked) - {row.entity_id for row in found})
        if gone:
            await self._driver.execute(_FORGET, self._district, gone)
            await self._driver.execute(_FORGET_NAME, self._district, gone)
        await self._driver.executemany(
            _SAVE, [(self._district, r.entity_id, r.name, r.uscc, r.results, r.latest_id) for r in found]
        )
        named = [(row.entity_id, search_name(row.name)) for row in found]
        await self._driver.executemany(
            _SAVE_NAME, [(self._district, one, name.folded, name.initials, name.pairs) for one, name in named]
        )


def _row(row: Any) -> EntityRow:
    return EntityRow(row["entity_id"], row["name"], row["uscc"], row["results"], row["latest_id"])
