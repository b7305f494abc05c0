"""Where the district's rules are kept: every version stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.rules import LimitFor, RuleCode, RuleEntry, Rules, RuleValue, RuleVersion

_COLUMNS = "code, version, value, effective_on, reason, set_by, set_at"
_IN_FORCE = text(
    f"SELECT DISTINCT ON (code) {_COLUMNS} FROM rules WHERE effective_on <= :on"  # noqa: S608 - constants only
    " ORDER BY code, effective_on DESC, version DESC"
)
_VERSIONS = text(f"SELECT {_COLUMNS} FROM rules WHERE code = :code ORDER BY version")  # noqa: S608
_ADD = text(
    "INSERT INTO rules (district, code, version, value, effective_on, reason, set_by, set_at)"
    " VALUES (:district, :code, :version, CAST(:value AS jsonb), :effective_on, :reason, :set_by, :set_at)"
)


class RuleStore:
    def __init__(self, connection: AsyncConnection, district: str) -> None:
        self._connection, self._district = connection, district

    async def in_force(self, on: date) -> Rules:
        """The rules as they stand on a day."""
        return Rules({version.code: version.value for version in await self.standing(on)})

    async def standing(self, on: date) -> Sequence[RuleVersion]:
        """The version of each rule that is in force on a day, by code."""
        return [_version(row) for row in await self._connection.execute(_IN_FORCE, {"on": on})]

    async def versions(self, code: RuleCode) -> Sequence[RuleVersion]:
        """All versions of a rule, oldest first."""
        return [_version(row) for row in await self._connection.execute(_VERSIONS, {"code": code.value})]

    async def add(self, version: RuleVersion) -> None:
        await self._connection.execute(
            _ADD,
            {
                "district": self._district,
                "code": version.code.value,
                "version": version.version,
                "value": _json(version.value),
                "effective_on": version.effective_on,
                "reason": version.reason,
                "set_by": version.set_by,
                "set_at": version.set_at,
            },
        )


def _json(value: RuleValue) -> str:
    return orjson.dumps(value).decode()


def _version(row: Row[Any]) -> RuleVersion:
    value: Mapping[str, Any] = row.value
    exceptions = tuple(LimitFor(one["key"], one["limit"]) for one in value["exceptions"])
    read = RuleValue(value["text"], value["limit"], exceptions, tuple(_entry(one) for one in value.get("entries", [])))
    return RuleVersion(RuleCode(row.code), row.version, read, row.effective_on, row.reason, row.set_by, row.set_at)


def _entry(kept: Mapping[str, Any]) -> RuleEntry:
    days = {name: date.fromisoformat(kept[name]) if kept[name] else None for name in ("starts_on", "ends_on")}
    return RuleEntry(kept["key"], kept["text"], **days)
