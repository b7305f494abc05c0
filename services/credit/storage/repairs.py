"""Repairs: a row a version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from services.credit.domain.repairs import Repair
from shared.runtime.database import Driver

_FORM: Final = TypeAdapter(Repair)
_NEWEST: Final = "NOT EXISTS (SELECT FROM repairs AS n WHERE n.district = $1 AND n.id = r.id AND n.version > r.version)"
_ADD: Final = (
    "INSERT INTO repairs (district, id, version, owner_department, entity_id, kind, state, body, applied_at, acted_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
)
_VERSIONS: Final = "SELECT body FROM repairs WHERE district = $1 AND id = $2 ORDER BY version"
_LIST: Final = (
    f"SELECT r.body FROM repairs AS r WHERE r.district = $1 AND {_NEWEST}"  # noqa: S608 - constants only
    " AND ($2::text IS NULL OR r.state = $2) AND ($3::text IS NULL OR r.kind = $3)"
    " AND ($4::uuid IS NULL OR r.entity_id = $4)"
    " AND ($5::timestamptz IS NULL OR (r.applied_at, r.id) < ($5, $6::uuid))"
    " ORDER BY r.applied_at DESC, r.id DESC LIMIT $7"
)
_OPEN: Final = (
    f"SELECT r.body FROM repairs AS r WHERE r.district = $1 AND r.entity_id = $2 AND {_NEWEST}"  # noqa: S608
    " AND r.state IN ('applied', 'accepted')"
)
_ALL_OPEN: Final = (
    f"SELECT r.body FROM repairs AS r WHERE r.district = $1 AND {_NEWEST}"  # noqa: S608 - constants only
    " AND r.state IN ('applied', 'accepted') ORDER BY r.id"
)
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1 || $2::text, 0))"


class RepairStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def lock(self, key: UUID) -> None:
        """One at a time for an application, or for an entity that applies."""
        await self._driver.execute(_LOCK, self._district, str(key))

    async def add(self, made: Repair) -> None:
        """A new application, or its next version: of two made from one version the later fails on the key."""
        body = orjson.dumps(asdict(made), default=str).decode()
        head = (made.id, made.version, made.owner_department, made.entity_id, made.target.kind.value, made.state.value)
        await self._driver.execute(_ADD, self._district, *head, body, made.applied_at, made.acted_at)

    async def versions(self, repair_id: UUID) -> Sequence[Repair]:
        """Every version, the first first."""
        return [_repair(row) for row in await self._driver.fetch(_VERSIONS, self._district, repair_id)]

    async def newest(
        self,
        state: str | None,
        kind: str | None,
        entity_id: UUID | None,
        size: int,
        after: tuple[datetime, UUID] | None = None,
    ) -> Sequence[Repair]:
        """The newest version of each, the newest applications first."""
        at, last = after or (None, None)
        return [
            _repair(row)
            for row in await self._driver.fetch(_LIST, self._district, state, kind, entity_id, at, last, size)
        ]

    async def open_of(self, entity_id: UUID) -> Sequence[Repair]:
        """Those of an entity on which nothing was ruled yet."""
        return [_repair(row) for row in await self._driver.fetch(_OPEN, self._district, entity_id)]

    async def all_open(self) -> Sequence[Repair]:
        """Those of the district on which nothing was ruled yet."""
        return [_repair(row) for row in await self._driver.fetch(_ALL_OPEN, self._district)]


def _repair(row: Mapping[str, Any]) -> Repair:
    return _FORM.validate_json(row["body"])
