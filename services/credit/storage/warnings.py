"""Warnings raised, and the moves between classes they are found in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.credit.domain.warnings import CreditWarning, Move, WarningFilter, WarningKind, WarningLine
from shared.runtime.database import Driver
from shared.values.credit_class import CreditClass

_MOVES: Final = """
SELECT c.entity_id, c.record_version, c.before, c.after, c.score, c.changed_at, e.name, e.town, e.industry,
    coalesce((SELECT p.score FROM credit_classes_history AS p WHERE p.district = $1 AND p.entity_id = c.entity_id
        AND p.record_version < c.record_version ORDER BY p.record_version DESC LIMIT 1), 0) AS score_before
FROM credit_classes_history AS c
LEFT JOIN replica_entities AS e ON e.district = c.district AND e.entity_id = c.entity_id
WHERE c.district = $1 AND c.known_from > $2 AND c.source <> 'system.applied'
  AND NOT (c.before = 'U' AND c.source = 'import')
ORDER BY c.known_from, c.entity_id, c.record_version
"""
_LAST_MOVE: Final = "SELECT max(known_from) FROM credit_classes_history WHERE district = $1"
_ADD: Final = """
INSERT INTO credit_warnings (district, id, kind, scope, entity_id, count, before, after, text, entity_ids, from_on,
                             to_on, indicator_version, raised_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING RETURNING id
"""
_LIST: Final = """
SELECT w.*, e.name, e.uscc FROM credit_warnings AS w
LEFT JOIN replica_entities AS e ON e.district = w.district AND e.entity_id = w.entity_id
WHERE w.district = $1 AND ($2::text IS NULL OR w.kind = $2) AND ($3::text IS NULL OR w.scope = $3)
  AND ($4::uuid IS NULL OR $4 = ANY (w.entity_ids)) AND ($5::text IS NULL OR strpos(w.text, $5) > 0 OR e.uscc = $5)
  AND ($6::date IS NULL OR w.to_on >= $6) AND ($7::date IS NULL OR w.from_on <= $7)
  AND ($8::timestamptz IS NULL OR (w.raised_at, w.id) < ($8, $9::uuid))
ORDER BY w.raised_at DESC, w.id DESC LIMIT $10
"""


class WarningStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def last_move(self) -> datetime | None:
        """When credit last came to know of a move; None: of none yet."""
        at: datetime | None = await self._driver.fetchval(_LAST_MOVE, self._district)
        return at

    async def moves(self, known_after: datetime) -> Sequence[Move]:
        """Moves credit came to know since the instant, but those of a new version of the system and the first rating
        of what a source handed in: neither is news of the entity."""
        rows = await self._driver.fetch(_MOVES, self._district, known_after)
        return [
            Move(**dict(row) | {"before": CreditClass(row["before"]), "after": CreditClass(row["after"])})
            for row in rows
        ]

    async def add(self, one: CreditWarning, indicator_version: int, now: datetime) -> bool:
        """True when it is new."""
        found = await self._driver.fetchval(
            _ADD,
            self._district,
            one.id,
            one.kind.value,
            one.scope,
            one.entity_id,
            one.count,
            one.before,
            one.after,
            one.text,
            list(one.entity_ids),
            one.from_on,
            one.to_on,
            indicator_version,
            now,
        )
        return found is not None

    async def newest(
        self, wanted: WarningFilter, size: int, after: tuple[datetime, UUID] | None = None
    ) -> Sequence[WarningLine]:
        """The newest first."""
        at, last = after or (None, None)
        values = [getattr(wanted, name) for name in WarningFilter.__slots__]
        return [_line(row) for row in await self._driver.fetch(_LIST, self._district, *values, at, last, size)]


def _line(row: Mapping[str, Any]) -> WarningLine:
    values = {name: row[name] for name in CreditWarning.__slots__}
    values |= {"kind": WarningKind(row["kind"]), "entity_ids": tuple(row["entity_ids"])}
    return WarningLine(CreditWarning(**values), row["raised_at"], row["indicator_version"], row["name"], row["uscc"])
