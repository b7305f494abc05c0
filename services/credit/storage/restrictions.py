"""Restriction checks (C5): one statement for one question, one for five hundred.

This is the read that other systems wait for: functions of the database set the context themselves, so that neither a
transaction nor its round trips stand around them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from services.credit.domain.restrictions import Findings, Key, Named, Raised
from shared.runtime.database import Database

_ONE: Final = "SELECT * FROM check_restriction($1, $2, $3, $4, $5)"
_MANY: Final = "SELECT * FROM check_restrictions($1, $2, string_to_array($3, ' '), $4, $5)"


class CheckStore:
    """Outside any transaction: each call is one statement."""

    def __init__(self, database: Database, district: str) -> None:
        self._database, self._district = database, district

    async def find(self, keys: Sequence[Key], areas: Collection[str], known_at: datetime | None) -> Findings:
        """What is known of all whom the keys name, in some areas, at `known_at` (None: now)."""
        pool = await self._database.bare()
        codes = [key for key in keys if isinstance(key, str)]
        ids = [key for key in keys if isinstance(key, UUID)]
        if len(keys) == 1:
            (area,), code, who = areas, next(iter(codes), None), next(iter(ids), None)
            found = await pool.fetchrow(_ONE, self._district, known_at, code, who, area)
        else:
            found = await pool.fetchrow(_MANY, self._district, known_at, " ".join(codes), ids, list(areas))
        return _findings(found, ids)


def _findings(row: Any, ids: Sequence[UUID]) -> Findings:
    asked_at, catalogue, entity_ids, usccs, names, raised = row
    known: list[Named] = list(zip(entity_ids or (), usccs or (), names or (), strict=True))
    # Of two with one code the last told of comes last, and stays.
    named: dict[Key, Named] = dict(zip(usccs or (), known, strict=True))
    named.pop(None, None)
    if ids:
        by_id = {one[0]: one for one in known}
        named |= {key: by_id[str(key)] for key in ids if str(key) in by_id}
    return Findings(asked_at, catalogue, named, _newest(orjson.loads(raised)) if raised else {})


def _newest(raised: Sequence[Raised]) -> dict[str, list[Raised]]:
    """The first of each flag is its newest version; the others are only its past."""
    flags: dict[str, list[Raised]] = {}
    seen: set[str] = set()
    for flag in raised:
        if flag["flag_id"] not in seen:
            seen.add(flag["flag_id"])
            flags.setdefault(flag["entity_id"], []).append(flag)
    return flags
