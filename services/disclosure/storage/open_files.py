"""Open-data files (开放数据): what was made when, and the rows that go into them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from services.disclosure.domain.views import OpenFileView
from services.disclosure.domain.words import DATASETS
from shared.runtime.database import Driver

_NEWEST: Final = "SELECT max(day) FROM open_files WHERE district = $1"
_OF_DAY: Final = "SELECT * FROM open_files WHERE district = $1 AND day = $2 ORDER BY dataset, scope, form"
_PAST: Final = (
    "SELECT * FROM open_files WHERE district = $1 AND superseded_on IS NOT NULL ORDER BY day DESC, name LIMIT 200"
)
_BY_NAME: Final = "SELECT * FROM open_files WHERE district = $1 AND name = $2"
_ADD: Final = (
    "INSERT INTO open_files (district, name, dataset, form, scope, day, row_count, size, sha256, after_seq, made_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING"
)
_SUPERSEDE: Final = (
    "UPDATE open_files SET superseded_on = $2 WHERE district = $1 AND day < $2 AND superseded_on IS NULL"
    " RETURNING sha256"
)
_LAST_SEQ: Final = "SELECT coalesce(max(after_seq), 0) FROM open_files WHERE district = $1"
_SEQ: Final = "SELECT coalesce(max(seq), 0) FROM result_versions WHERE district = $1"
_RESULTS: Final = """
SELECT r.*, b.body FROM results r
JOIN LATERAL (SELECT body FROM result_versions v WHERE v.district = r.district AND v.result_id = r.result_id
    AND v.body IS NOT NULL ORDER BY v.version DESC LIMIT 1) b ON true
WHERE r.district = $1 AND r.state IN ('published', 'corrected', 'withdrawn')
  AND ($2::date IS NULL OR (r.concluded_on, r.result_id) > ($2, $3::uuid))
ORDER BY r.concluded_on, r.result_id LIMIT 2000"""
_CHANGED: Final = """
SELECT r.result_id, r.version, r.state, r.changed_at, r.department, r.digest, r.concluded_on, b.body FROM results r
LEFT JOIN LATERAL (SELECT body FROM result_versions v WHERE v.district = r.district AND v.result_id = r.result_id
    AND v.body IS NOT NULL ORDER BY v.version DESC LIMIT 1) b ON true
WHERE r.district = $1 AND (r.changed_at >= $3 OR EXISTS (SELECT FROM result_versions v WHERE v.district = r.district
    AND v.result_id = r.result_id AND v.seq > $2))
ORDER BY r.result_id"""
_PLANS: Final = (
    "SELECT DISTINCT ON (p.plan_id) p.*, e.cancelled_at FROM plan_versions p LEFT JOIN plan_ends e"
    " ON e.district = p.district AND e.plan_id = p.plan_id WHERE p.district = $1 ORDER BY p.plan_id, p.version DESC"
)
_LISTINGS: Final = "SELECT * FROM listings WHERE district = $1 AND removed_on IS NULL ORDER BY entered_on, listing_id"


class OpenFileStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def newest_day(self) -> date | None:
        found: date | None = await self._driver.fetchval(_NEWEST, self._district)
        return found

    async def of_day(self, day: date) -> list[OpenFileView]:
        return [file_of(row) for row in await self._driver.fetch(_OF_DAY, self._district, day)]

    async def past(self) -> list[OpenFileView]:
        return [file_of(row) for row in await self._driver.fetch(_PAST, self._district)]

    async def by_name(self, name: str) -> OpenFileView | None:
        row = await self._driver.fetchrow(_BY_NAME, self._district, name)
        return None if row is None else file_of(row)

    async def add(self, files: Sequence[OpenFileView], after_seq: int) -> None:
        rows = [
            (
                self._district,
                one.name,
                one.dataset,
                one.form,
                one.scope,
                one.day,
                one.rows,
                one.size,
                one.sha256,
                after_seq,
                one.made_at,
            )
            for one in files
        ]
        await self._driver.executemany(_ADD, rows)

    async def supersede(self, day: date) -> list[str]:
        """Marks the files of earlier days; their digests."""
        return [row["sha256"] for row in await self._driver.fetch(_SUPERSEDE, self._district, day)]

    async def told_so_far(self) -> tuple[int, int]:
        """The number of the last version told, and up to which the files tell."""
        told: int = await self._driver.fetchval(_SEQ, self._district)
        written: int = await self._driver.fetchval(_LAST_SEQ, self._district)
        return told, written

    async def results(self) -> AsyncIterator[Any]:
        """Every shown result with its newest body, by day of conclusion."""
        day: date | None = None
        last: UUID | None = None
        while rows := await self._driver.fetch(_RESULTS, self._district, day, last):
            for row in rows:
                yield row
            day, last = rows[-1]["concluded_on"], rows[-1]["result_id"]

    async def changed(self, after_seq: int, since: datetime) -> Sequence[Any]:
        """Results of which something was told since, or that were taken down since."""
        found: Sequence[Any] = await self._driver.fetch(_CHANGED, self._district, after_seq, since)
        return found

    async def plans(self) -> Sequence[Any]:
        found: Sequence[Any] = await self._driver.fetch(_PLANS, self._district)
        return found

    async def listings(self) -> Sequence[Any]:
        found: Sequence[Any] = await self._driver.fetch(_LISTINGS, self._district)
        return found


def file_of(row: Any) -> OpenFileView:
    return OpenFileView(
        name=row["name"],
        dataset=row["dataset"],
        dataset_name=DATASETS.get(row["dataset"], row["dataset"]),
        form=row["form"],
        scope=row["scope"],
        day=row["day"],
        rows=row["row_count"],
        size=row["size"],
        sha256=row["sha256"],
        superseded_on=row["superseded_on"],
        made_at=row["made_at"],
    )
