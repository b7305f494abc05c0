"""Where the district's rules are kept: every version stays, with the decision on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.decisions import Decision
from services.planning.domain.rule_versions import RuleVersion
from services.planning.domain.rules import LimitFor, RuleCode, RuleEntry, Rules, RuleValue
from shared.runtime.problems import VersionChanged

_COLUMNS = (
    "r.code, r.version, r.value, coalesce(d.effective_on, r.effective_on) AS effective_on, r.reason, r.set_by,"
    " r.set_at, d.is_approved, d.reason AS decision_reason, d.decided_by, d.decided_at"
)
_JOINED = (
    "FROM rules r LEFT JOIN rule_decisions d ON d.district = r.district AND d.code = r.code AND d.version = r.version"
)
_IN_FORCE = text(
    f"SELECT DISTINCT ON (r.code) {_COLUMNS} {_JOINED} WHERE d.is_approved AND d.effective_on <= :on"
    " ORDER BY r.code, d.effective_on DESC, r.version DESC"
)
_VERSIONS = text(f"SELECT {_COLUMNS} {_JOINED} WHERE r.code = :code ORDER BY r.version")
_OPEN = text(f"SELECT {_COLUMNS} {_JOINED} WHERE d.code IS NULL ORDER BY r.code, r.version")
_ONE = text(f"SELECT {_COLUMNS} {_JOINED} WHERE r.code = :code AND r.version = :version")
_ADD = text(
    "INSERT INTO rules (district, code, version, value, effective_on, reason, set_by, set_at)"
    " VALUES (:district, :code, :version, CAST(:value AS jsonb), :effective_on, :reason, :set_by, :set_at)"
)
_DECIDE = text(
    "INSERT INTO rule_decisions (district, code, version, is_approved, effective_on, reason, decided_by, decided_at)"
    " VALUES (:district, :code, :version, :is_approved, :effective_on, :reason, :by, :at) ON CONFLICT DO NOTHING"
)


class RuleStore:
    def __init__(self, connection: AsyncConnection, district: str) -> None:
        self._connection, self._district = connection, district

    async def in_force(self, on: date) -> Rules:
        """The rules as they stand on a day."""
        standing = await self.standing(on)
        return Rules(
            {version.code: version.value for version in standing},
            {version.code: version.version for version in standing},
        )

    async def standing(self, on: date) -> Sequence[RuleVersion]:
        """The version of each rule that is in force on a day, by code."""
        return [_version(row) for row in await self._connection.execute(_IN_FORCE, {"on": on})]

    async def versions(self, code: RuleCode) -> Sequence[RuleVersion]:
        """All versions of a rule, oldest first."""
        return [_version(row) for row in await self._connection.execute(_VERSIONS, {"code": code.value})]

    async def undecided(self) -> Sequence[RuleVersion]:
        """Versions that wait for a second officer, by code."""
        return [_version(row) for row in await self._connection.execute(_OPEN)]

    async def find(self, code: RuleCode, version: int) -> RuleVersion | None:
        row = (await self._connection.execute(_ONE, {"code": code.value, "version": version})).one_or_none()
        return None if row is None else _version(row)

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

    async def decide(self, version: RuleVersion, decision: Decision) -> None:
        """Raises VersionChanged if another decided meanwhile."""
        values = {"code": version.code.value, "version": version.version, "effective_on": version.effective_on}
        values |= {name: getattr(decision, name) for name in Decision.__slots__}
        decided = await self._connection.execute(_DECIDE, values | {"district": self._district})
        if decided.rowcount != 1:
            raise VersionChanged


def decision_of(row: Row[Any]) -> Decision | None:
    """Of a row with `is_approved`, `decided_by`, `decided_at`, `decision_reason`; None where nobody has decided."""
    if row.is_approved is None:
        return None
    return Decision(row.is_approved, row.decided_by, row.decided_at, row.decision_reason)


def _json(value: RuleValue) -> str:
    return orjson.dumps(value).decode()


def _version(row: Row[Any]) -> RuleVersion:
    value: Mapping[str, Any] = row.value
    exceptions = tuple(LimitFor(one["key"], one["limit"]) for one in value["exceptions"])
    read = RuleValue(value["text"], value["limit"], exceptions, tuple(_entry(one) for one in value.get("entries", [])))
    return RuleVersion(
        RuleCode(row.code), row.version, read, row.effective_on, row.reason, row.set_by, row.set_at, decision_of(row)
    )


def _entry(kept: Mapping[str, Any]) -> RuleEntry:
    days = {name: date.fromisoformat(kept[name]) if kept[name] else None for name in ("starts_on", "ends_on")}
    return RuleEntry(kept["key"], kept["text"], **days)
