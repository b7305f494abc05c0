"""Results: the versions as told, the exemptions, and the row that is shown, folded from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.disclosure.domain.facts import Exemption, Repair, ResultVersion
from services.disclosure.domain.fold import Known, ShownResult
from services.disclosure.domain.views import ResultState
from shared.runtime.database import Driver

_ADD: Final = (
    "INSERT INTO result_versions (district, result_id, version, state, entity_id, body, reason, digest, told_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"
)
_ADD_EXEMPTION: Final = "INSERT INTO result_exemptions VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
_VERSIONS: Final = (
    "SELECT * FROM result_versions WHERE district = $1 AND result_id = ANY ($2::uuid[]) ORDER BY result_id, version"
)
_EXEMPTIONS: Final = "SELECT * FROM result_exemptions WHERE district = $1 AND result_id = ANY ($2::uuid[])"
_REPAIRS: Final = (
    "SELECT DISTINCT ON (result_id) * FROM repairs WHERE district = $1 AND result_id = ANY ($2::uuid[])"
    " AND stops_publicity ORDER BY result_id, effective_on"
)
_STANDING: Final = (
    "SELECT result_id, state, entity_id FROM results WHERE district = $1 AND result_id = ANY ($2::uuid[]) FOR UPDATE"
)
_COLUMNS: Final = (
    "result_id",
    "version",
    "state",
    "digest",
    "changed_at",
    "entity_id",
    "entity_name",
    "uscc",
    "department",
    "task_id",
    "task_no",
    "plan_id",
    "outcome",
    "outcome_codes",
    "has_problem",
    "findings",
    "origin",
    "industry",
    "concluded_on",
    "due_on",
    "published_at",
    "is_late",
    "public_until",
)
_CHANGES: Final = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
_SAVE: Final = (
    f"INSERT INTO results (district, {', '.join(_COLUMNS)})"  # noqa: S608 - our own words
    f" VALUES ($1, {', '.join(f'${place}' for place in range(2, len(_COLUMNS) + 2))})"
    f" ON CONFLICT (district, result_id) DO UPDATE SET {_CHANGES}"
)
_EMPTY: Final = (
    "UPDATE result_versions SET body = NULL, entity_id = NULL, reason = NULL"
    " WHERE district = $1 AND result_id = ANY ($2::uuid[])"
)
_FORGET_FOLLOW_UPS: Final = "DELETE FROM follow_ups WHERE district = $1 AND result_id = ANY ($2::uuid[])"
_FORGET_STATEMENTS: Final = "DELETE FROM statements WHERE district = $1 AND result_id = ANY ($2::uuid[])"
_OVER: Final = (
    "SELECT result_id FROM results WHERE district = $1 AND state IN ('published', 'corrected', 'withdrawn')"
    " AND (public_until < $2 OR result_id IN (SELECT result_id FROM repairs WHERE district = $1"
    " AND result_id IS NOT NULL AND stops_publicity AND effective_on <= $2)) LIMIT $3"
)


class ResultStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def add_versions(self, versions: Sequence[ResultVersion]) -> None:
        rows = [
            (self._district, v.result_id, v.version, v.state, v.entity_id, v.body, v.reason, v.digest, v.told_at)
            for v in versions
        ]
        await self._driver.executemany(_ADD, rows)

    async def add_exemptions(self, exemptions: Sequence[Exemption]) -> None:
        rows = [(self._district, e.result_id, e.department, e.ground, e.exempted_on) for e in exemptions]
        await self._driver.executemany(_ADD_EXEMPTION, rows)

    async def known(self, result_ids: Sequence[UUID]) -> list[Known]:
        """All public facts about these results, by result."""
        asked = (self._district, list(result_ids))
        versions: dict[UUID, list[ResultVersion]] = {one: [] for one in result_ids}
        for row in await self._driver.fetch(_VERSIONS, *asked):
            versions[row["result_id"]].append(_version(row))
        exemptions = {row["result_id"]: row for row in await self._driver.fetch(_EXEMPTIONS, *asked)}
        repairs = {row["result_id"]: row for row in await self._driver.fetch(_REPAIRS, *asked)}
        return [
            Known(one, versions[one], _exemption(exemptions.get(one)), _repair(repairs.get(one))) for one in versions
        ]

    async def standing(self, result_ids: Sequence[UUID]) -> dict[UUID, tuple[ResultState, UUID | None]]:
        """What is shown of these results now, locked: state and object."""
        rows = await self._driver.fetch(_STANDING, self._district, list(result_ids))
        return {row["result_id"]: (ResultState(row["state"]), row["entity_id"]) for row in rows}

    async def save(self, shown: Sequence[ShownResult]) -> None:
        rows = [(self._district, *(_bound(getattr(one, name)) for name in _COLUMNS)) for one in shown]
        await self._driver.executemany(_SAVE, rows)

    async def empty(self, result_ids: Sequence[UUID]) -> None:
        """Takes the bodies of tombstones away: versions and digests stay."""
        await self._driver.execute(_EMPTY, self._district, list(result_ids))
        await self._driver.execute(_FORGET_FOLLOW_UPS, self._district, list(result_ids))
        await self._driver.execute(_FORGET_STATEMENTS, self._district, list(result_ids))

    async def over(self, today: date, most: int) -> list[UUID]:
        """Shown results whose term is over, or that a repair takes down."""
        rows = await self._driver.fetch(_OVER, self._district, today, most)
        return [row["result_id"] for row in rows]


def _bound(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _version(row: Any) -> ResultVersion:
    return ResultVersion(
        row["result_id"], row["version"], row["state"], row["entity_id"], row["body"], row["reason"], row["told_at"]
    )


def _exemption(row: Any) -> Exemption | None:
    return None if row is None else Exemption(row["result_id"], row["department"], row["ground"], row["exempted_on"])


def _repair(row: Any) -> Repair | None:
    if row is None:
        return None
    return Repair(
        row["repair_id"],
        row["entity_id"],
        row["kind"],
        row["listing_id"],
        row["result_id"],
        row["document_no"],
        row["department"],
        row["effective_on"],
        row["stops_publicity"],
    )
