"""Restriction checks (C5): one statement for one question, one for five hundred.

This is the read that other systems wait for: functions of the database set the context themselves, so that neither a
transaction nor its round trips stand around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from services.credit.domain.restrictions import Findings, Named, Question, Raised
from shared.runtime.database import Database

_ONE: Final = "SELECT * FROM check_restriction($1, $2, $3, $4, $5)"
_MANY: Final = "SELECT * FROM check_restrictions($1, $2, $3, $4, $5)"


class CheckStore:
    """Outside any transaction: each call is one statement."""

    def __init__(self, database: Database, district: str) -> None:
        self._database, self._district = database, district

    async def find(self, questions: Sequence[Question], known_at: datetime | None) -> Findings:
        """What is known of all whom the questions name, at `known_at` (None: now)."""
        pool = await self._database.bare()
        if len(questions) == 1:
            (asked,) = questions
            found = await pool.fetchrow(_ONE, self._district, known_at, asked.uscc, asked.entity_id, asked.area)
        else:
            codes = [one.uscc for one in questions if one.uscc is not None]
            ids = [one.entity_id for one in questions if one.entity_id is not None]
            areas = list({one.area for one in questions})
            found = await pool.fetchrow(_MANY, self._district, known_at, codes, ids, areas)
        return _findings(found)


def _findings(row: Any) -> Findings:
    asked_at, catalogue, entity_ids, usccs, names, raised = row
    known = list(map(Named, entity_ids or (), usccs or (), names or ()))
    return Findings(
        asked_at=asked_at,
        catalogue=catalogue,
        # Of two with one code the last told of comes last, and stays.
        by_uscc={one.uscc: one for one in known},
        by_id={one.entity_id: one for one in known},
        flags=_newest(orjson.loads(raised)) if raised else {},
    )


def _newest(raised: Sequence[Raised]) -> dict[tuple[str, str], list[Raised]]:
    """The first of each flag is its newest version; the others are only its past."""
    flags: dict[tuple[str, str], list[Raised]] = {}
    seen: set[str] = set()
    for flag in raised:
        if flag["flag_id"] not in seen:
            seen.add(flag["flag_id"])
            flags.setdefault((flag["entity_id"], flag["area"]), []).append(flag)
    return flags
