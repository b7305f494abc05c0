"""Restriction checks (C5): one indexed query for one question or five hundred, and the log of answers given.

On the driver: this is the read that other systems wait for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from services.credit.domain.listings import Flag
from services.credit.domain.restrictions import Finding, KeptAnswer, Named, Question
from services.credit.storage.ledger_rows import flag_of
from shared.runtime.database import Driver

_COLUMNS: Final = ", ".join(f"f.{name}" for name in Flag.__slots__ if name != "entity_id")
_CHECK: Final = (
    "SELECT q.place, e.entity_id, e.uscc, e.name, f.*,"  # noqa: S608 - constants only
    " (SELECT max(version) FROM measure_catalogues WHERE district = $1) AS measures"
    " FROM unnest($3::text[], $4::uuid[], $5::text[], $6::date[])"
    "  WITH ORDINALITY AS q (uscc, entity_id, area, day, place)"
    " LEFT JOIN LATERAL ("
    "  (SELECT r.entity_id, r.uscc, r.name FROM replica_entities AS r"
    "   WHERE r.district = $1 AND r.uscc = q.uscc ORDER BY r.known_from DESC, r.entity_id LIMIT 1)"
    "  UNION ALL"
    "  SELECT r.entity_id, r.uscc, r.name FROM replica_entities AS r"
    "   WHERE r.district = $1 AND r.entity_id = q.entity_id) AS e ON true"
    f" LEFT JOIN LATERAL (SELECT DISTINCT ON (f.id) {_COLUMNS}, f.in_force_from, f.in_force_to FROM flags AS f"
    "  WHERE f.district = $1 AND f.entity_id = e.entity_id AND f.area = q.area AND f.known_from <= $2"
    "  ORDER BY f.id, f.version DESC) AS f"
    " ON f.in_force_from <= q.day AND (f.in_force_to IS NULL OR q.day <= f.in_force_to)"
    " ORDER BY q.place, f.starts_on, f.id"
)
_KEEP: Final = (
    "WITH kept AS (INSERT INTO restriction_answers (district, id, asked_by, body, digest, answered_at)"
    " VALUES ($1, $2, $3, $4, $5, $6)) SELECT set_config('synchronous_commit', 'off', true)"
)
_ANSWER: Final = (
    "SELECT id, asked_by, body, digest, answered_at FROM restriction_answers WHERE district = $1 AND id = $2"
)


class RestrictionStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def find(self, questions: Sequence[Question], known_at: datetime) -> tuple[list[Finding], int | None]:
        """A finding per question, in order, with the flags in force on its day as known at `known_at`; and the version
        of the measures in force now (None: none activated yet)."""
        if not questions:
            return [], None
        usccs, ids, areas, days = zip(*((one.uscc, one.entity_id, one.area, one.on) for one in questions), strict=True)
        rows = await self._driver.fetch(_CHECK, self._district, known_at, usccs, ids, areas, days)
        findings: list[Finding] = []
        for row in rows:
            if row["place"] > len(findings):
                named = None if row["entity_id"] is None else Named(row["entity_id"], row["uscc"], row["name"])
                findings.append(Finding(questions[row["place"] - 1], named, []))
            if row["id"] is not None:
                findings[-1].flags.append(flag_of(row))
        return findings, rows[0]["measures"] if rows else None

    async def keep(self, answer: KeptAnswer) -> None:
        """Notes an answer. Its commit does not wait for the disk, so a check costs no disk round trip: what the answer
        rests on is durable already, and a line lost with a power cut can be asked again."""
        values = (answer.id, answer.asked_by, answer.body, answer.digest, answer.answered_at)
        await self._driver.execute(_KEEP, self._district, *values)

    async def answer(self, answer_id: UUID) -> KeptAnswer | None:
        row = await self._driver.fetchrow(_ANSWER, self._district, answer_id)
        return None if row is None else KeptAnswer(*row)
