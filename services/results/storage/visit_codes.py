"""Visit codes (检查码) and what enterprises say of visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.visit_codes import Rating, VisitCode
from shared.runtime.sealed import seal_keys

_COLUMNS: Final = "visit_id, code, issued_at, first_opened_at"
# A visit told again keeps its code: it may be on paper already. Only who takes part follows.
_ISSUE: Final = text(
    "INSERT INTO visit_codes (district, owner_department, participants, visit_id, code, issued_at)"
    " SELECT v.district, v.owner_department, v.participants, v.id, n.code, :at"
    " FROM jsonb_to_recordset(CAST(:new AS jsonb)) AS n (visit_id uuid, code text)"
    " JOIN replica_visits v ON v.district = current_setting('ssj.district') AND v.id = n.visit_id"
    " ON CONFLICT (district, visit_id) DO UPDATE SET participants = excluded.participants"
)
_OPENED: Final = text("UPDATE visit_codes SET first_opened_at = :at WHERE code = :code AND first_opened_at IS NULL")
_RATE: Final = text(
    "INSERT INTO visit_ratings (district, owner_department, participants, visit_id, stars, showed_certificates,"
    " asked_outside, comment, rated_at)"
    " SELECT district, owner_department, participants, visit_id, :stars, :showed_certificates, :asked_outside,"
    " :comment, :at FROM visit_codes WHERE visit_id = :visit_id ON CONFLICT DO NOTHING"
)
_RATING: Final = text(
    "SELECT stars, showed_certificates, asked_outside, comment, rated_at FROM visit_ratings WHERE visit_id = :visit_id"
)


class VisitCodeStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def issue(self, codes: Mapping[UUID, str], at: datetime) -> None:
        """Visit → code; a visit that has one keeps it."""
        new = [{"visit_id": visit_id, "code": code} for visit_id, code in codes.items()]
        await self._connection.execute(_ISSUE, {"new": orjson.dumps(new).decode(), "at": at})

    async def of_visits(self, visit_ids: Sequence[UUID]) -> dict[UUID, VisitCode]:
        """Those that have one."""
        query = f"SELECT {_COLUMNS} FROM visit_codes WHERE visit_id = ANY (CAST(:ids AS uuid[]))"  # noqa: S608
        rows = await self._connection.execute(text(query), {"ids": list(visit_ids)})
        return {row.visit_id: VisitCode(*row) for row in rows}

    async def find(self, code: str) -> VisitCode | None:
        query = f"SELECT {_COLUMNS} FROM visit_codes WHERE code = :code"  # noqa: S608
        row = (await self._connection.execute(text(query), {"code": code})).one_or_none()
        return None if row is None else VisitCode(*row)

    async def note_opened(self, code: str, at: datetime) -> None:
        await self._connection.execute(_OPENED, {"code": code, "at": at})

    async def rate(self, visit_id: UUID, rating: Rating, at: datetime) -> bool:
        """False if it was rated before."""
        values = {
            "visit_id": visit_id,
            "stars": rating.stars,
            "showed_certificates": rating.showed_certificates,
            "asked_outside": rating.asked_outside,
            "comment": None if rating.comment is None else seal_keys().seal(rating.comment),
            "at": at,
        }
        return (await self._connection.execute(_RATE, values)).rowcount == 1

    async def rating(self, visit_id: UUID) -> tuple[Rating, datetime] | None:
        row = (await self._connection.execute(_RATING, {"visit_id": visit_id})).one_or_none()
        return None if row is None else _rating_of(row)


def _rating_of(row: Row[Any]) -> tuple[Rating, datetime]:
    comment = None if row.comment is None else seal_keys().open(bytes(row.comment))
    return Rating(row.stars, row.showed_certificates, row.asked_outside, comment), row.rated_at
