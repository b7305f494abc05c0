"""Reading the journal back: everything in the order applied, one entity as known at an instant, or all by entity."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from services.credit.domain.indicators import IndicatorSystem
from services.credit.domain.measures import MeasureCatalogue
from services.credit.domain.record import Rules
from services.credit.domain.step import Input
from services.credit.storage.journal import INDICATORS_ACTIVATED, MEASURES_ACTIVATED, input_of
from services.credit.storage.rulebooks import indicators_of, measures_of
from shared.runtime.database import Driver

_COLUMNS: Final = "seq, kind, entity_id, payload, indicator_version, measure_version, known_from"
_AFTER: Final = f"""
SELECT {_COLUMNS} FROM credit_journal WHERE district = $1 AND entity_id IS NOT NULL AND seq > $2 ORDER BY seq LIMIT $3
"""  # noqa: S608 - constants only
_OF_ENTITY: Final = f"""
SELECT {_COLUMNS} FROM credit_journal WHERE district = $1 AND entity_id = $2 AND known_from <= $3 ORDER BY seq
"""  # noqa: S608 - constants only
_RULES_AT: Final = (
    "SELECT (SELECT max(version) FROM indicator_systems WHERE district = $1 AND activated_at <= $2),"
    " (SELECT max(version) FROM measure_catalogues WHERE district = $1 AND activated_at <= $2)"
)

_BY_ENTITY: Final = f"""
SELECT {_COLUMNS} FROM credit_journal WHERE district = $1 AND entity_id IS NOT NULL ORDER BY entity_id, seq
"""  # noqa: S608 - constants only
_ACTIVATED: Final = """
SELECT kind, payload, indicator_version, measure_version FROM credit_journal
WHERE district = $1 AND entity_id IS NULL AND kind = ANY ($2::text[]) ORDER BY seq
"""
_DISTRICTS: Final = "SELECT DISTINCT district FROM credit_journal ORDER BY district"
_UNFORCED: Final = "ALTER TABLE credit_journal NO FORCE ROW LEVEL SECURITY"
_PREFETCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Line:
    """One input of an entity, with the versions of the rules it was applied by and when credit came to know it."""

    seq: int
    cause: Input
    indicator_version: int
    measure_version: int
    known_from: datetime


class JournalStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def after(self, seq: int = 0, size: int = 100_000) -> Sequence[Line]:
        """Inputs of entities behind place `seq`, in the order applied."""
        return [_line(row) for row in await self._driver.fetch(_AFTER, self._district, seq, size)]

    async def of_entity(self, entity_id: UUID, known_at: datetime) -> Sequence[Line]:
        """Inputs of one entity that credit knew by the instant, in the order applied."""
        found = await self._driver.fetch(_OF_ENTITY, self._district, entity_id, known_at)
        return [_line(row) for row in found]

    async def rules_at(self, at: datetime) -> tuple[int | None, int | None]:
        """Versions of indicators and measures in force at the instant; None: the shipped ones."""
        indicators, measures = await self._driver.fetchrow(_RULES_AT, self._district, at)
        return indicators, measures


class JournalReader:
    """All of the journal, district by district, over the owner's connection and inside its transaction: the owner too
    is bound by row-level security."""

    def __init__(self, driver: Driver) -> None:
        self._driver, self._district = driver, ""

    async def districts(self) -> Sequence[str]:
        """Row-level security binds the owner too: it looks over the districts inside a savepoint, whose rollback puts
        the policy in force again and lets go of the lock, before anybody else could see it otherwise."""
        looking = self._driver.transaction()
        await looking.start()
        try:
            await self._driver.execute(_UNFORCED)
            return [row["district"] for row in await self._driver.fetch(_DISTRICTS)]
        finally:
            await looking.rollback()

    async def enter(self, district: str) -> None:
        self._district = district
        await self._driver.execute(
            "SELECT set_config('ssj.district', $1, true), set_config('ssj.worker', 'on', true)", district
        )

    async def rules(self) -> dict[tuple[int, int], Rules]:
        """Every pair of versions of the two rulebooks, from the journal alone."""
        kinds = [INDICATORS_ACTIVATED, MEASURES_ACTIVATED]
        indicators, measures = dict[int, IndicatorSystem](), dict[int, MeasureCatalogue]()
        for row in await self._driver.fetch(_ACTIVATED, self._district, kinds):
            body = orjson.loads(row["payload"])
            if row["kind"] == INDICATORS_ACTIVATED:
                indicators[row["indicator_version"]] = indicators_of(body, row["indicator_version"])
            else:
                measures[row["measure_version"]] = measures_of(body, row["measure_version"])
        return {(i, m): Rules(indicators[i], measures[m]) for i in indicators for m in measures}

    async def lines(self) -> AsyncIterator[Line]:
        """Inputs by entity, each entity's in the order applied."""
        async for row in self._driver.cursor(_BY_ENTITY, self._district, prefetch=_PREFETCH):
            yield _line(row)


def _line(row: Any) -> Line:
    return Line(
        row["seq"],
        input_of(row["kind"], row["payload"]),
        row["indicator_version"],
        row["measure_version"],
        row["known_from"],
    )
