"""Draws as lists and pages need them, and the lists that go with their documents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from services.disclosure.domain.draw_page_views import (
    BeaconSource,
    DrawLine,
    Exchange,
    Party,
    PublicLists,
    PublicSide,
)
from services.disclosure.domain.draw_steps import CeremonyStep
from shared.runtime.database import Driver

LISTS: Final = ("roster", "recusals", "openings")
TOKENS: Final = "tokens/"
"""Before the stratum's id: name of its token file."""
_SAVE: Final = (
    "INSERT INTO draws AS d (district, draw_id, task_id, number, title, state, pool_size, replaces, window_end,"
    " committed_at, changed_at, last_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    " ON CONFLICT (district, draw_id) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at,"
    " last_seq = excluded.last_seq WHERE d.last_seq < excluded.last_seq"
)
_SETTLE: Final = (
    "UPDATE draws SET side_seq = $3, side = $4, drawn = $5, title = CASE WHEN $6 = '' THEN title ELSE $6 END"
    " WHERE district = $1 AND draw_id = $2 AND side_seq <= $3"
)
_UNSETTLED: Final = (
    "SELECT d.draw_id, NOT EXISTS (SELECT 1 FROM draw_lists l WHERE l.district = d.district AND l.draw_id = d.draw_id"
    " AND l.name LIKE 'tokens/%') AS needs_tokens FROM draws d WHERE d.district = $1 AND d.side_seq < d.last_seq"
    " ORDER BY d.last_seq LIMIT 20"
)
_KEEP: Final = (
    "INSERT INTO draw_lists (district, draw_id, name, content) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (district, draw_id, name) DO UPDATE SET content = excluded.content"
)
_LIST: Final = "SELECT content FROM draw_lists WHERE district = $1 AND draw_id = $2 AND name = $3"
_LISTS: Final = "SELECT name, content FROM draw_lists WHERE district = $1 AND draw_id = $2 AND NOT name LIKE 'tokens/%'"
_TOKENS: Final = (
    "SELECT name, content FROM draw_lists WHERE district = $1 AND draw_id = $2 AND name LIKE 'tokens/%' ORDER BY name"
)
_SIDE: Final = "SELECT side, side_seq FROM draws WHERE district = $1 AND draw_id = $2"
_REPLACED: Final = "SELECT draw_id FROM draws WHERE district = $1 AND replaces = $2 ORDER BY committed_at DESC LIMIT 1"
_PAGE: Final = (
    "SELECT draw_id, number, title, state, pool_size, drawn, committed_at, changed_at, window_end FROM draws d"
    " WHERE district = $1 AND ($2::text IS NULL OR strpos(number, $2) > 0 OR strpos(title, $2) > 0"
    "  OR draw_id::text = lower($2))"
    " AND ($3::text IS NULL OR number = $3) AND ($4::text IS NULL OR EXISTS (SELECT 1 FROM tasks t"
    "  WHERE t.district = d.district AND t.task_no = d.number AND t.plan_no = $4))"
    " AND ($5::text[] IS NULL OR state = ANY ($5)) AND ($6::date IS NULL OR committed_at >= $6)"
    " AND ($7::date IS NULL OR committed_at < $7 + 1)"
    " AND ($8::timestamptz IS NULL OR (committed_at, draw_id) < ($8, $9::uuid))"
    " ORDER BY committed_at DESC, draw_id DESC LIMIT $10"
)
_DEPARTMENTS: Final = "SELECT code, name FROM departments WHERE district = $1"


@dataclass(frozen=True, slots=True)
class DrawFilter:
    """None does not filter. `text` is looked for in number and title; the days are of the commitment."""

    text: str | None = None
    task_no: str | None = None
    plan_no: str | None = None
    states: tuple[str, ...] | None = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class DrawSummary:
    """What the documents alone tell of a draw."""

    draw_id: UUID
    task_id: str
    number: str
    title: str
    state: str
    pool_size: int
    replaces: UUID | None
    window_end: date
    committed_at: datetime
    changed_at: datetime
    last_seq: int


class DrawStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def save(self, draw: DrawSummary) -> None:
        """An older summary changes nothing."""
        await self._driver.execute(_SAVE, self._district, *[getattr(draw, name) for name in DrawSummary.__slots__])

    async def unsettled(self) -> list[tuple[UUID, bool]]:
        """Draws with documents whose lists are not here yet, and whether their tokens are missing too."""
        rows = await self._driver.fetch(_UNSETTLED, self._district)
        return [(row["draw_id"], row["needs_tokens"]) for row in rows]

    async def settle(self, draw_id: UUID, side: PublicSide, drawn: int | None) -> None:
        written = json.dumps(asdict(side), ensure_ascii=False, default=str)
        await self._driver.execute(_SETTLE, self._district, draw_id, side.last_seq, written, drawn, side.title)

    async def keep_list(self, draw_id: UUID, name: str, content: bytes) -> None:
        await self._driver.execute(_KEEP, self._district, draw_id, name, content)

    async def side(self, draw_id: UUID) -> PublicSide | None:
        row = await self._driver.fetchrow(_SIDE, self._district, draw_id)
        return None if row is None else _side(json.loads(row["side"]))

    async def lists(self, draw_id: UUID) -> PublicLists:
        rows = await self._driver.fetch(_LISTS, self._district, draw_id)
        found = {row["name"]: bytes(row["content"]).decode() for row in rows}
        rows_of = [tuple(found[name].splitlines()) if name in found else None for name in LISTS]
        return PublicLists(found.get("result_text"), *rows_of)

    async def tokens(self, draw_id: UUID) -> dict[str, bytes]:
        """Stratum → raw file."""
        rows = await self._driver.fetch(_TOKENS, self._district, draw_id)
        return {row["name"].removeprefix(TOKENS): bytes(row["content"]) for row in rows}

    async def tokens_of(self, draw_id: UUID, stratum: str) -> bytes | None:
        found = await self._driver.fetchval(_LIST, self._district, draw_id, TOKENS + stratum)
        return None if found is None else bytes(found)

    async def replaced_by(self, draw_id: UUID) -> UUID | None:
        found: UUID | None = await self._driver.fetchval(_REPLACED, self._district, draw_id)
        return found

    async def page(
        self, wanted: DrawFilter, size: int, after: tuple[datetime, UUID] | None = None
    ) -> Sequence[DrawLine]:
        """The newest first."""
        at, last = after or (None, None)
        states = None if wanted.states is None else list(wanted.states)
        rows = await self._driver.fetch(
            _PAGE,
            self._district,
            *(wanted.text, wanted.task_no, wanted.plan_no, states, wanted.from_on, wanted.to_on),
            *(at, last, size),
        )
        return [DrawLine(**dict(row)) for row in rows]

    async def department_names(self) -> dict[str, str]:
        return {row["code"]: row["name"] for row in await self._driver.fetch(_DEPARTMENTS, self._district)}


def _side(kept: Mapping[str, Any]) -> PublicSide:
    if not kept:
        return PublicSide()
    steps = tuple(CeremonyStep(**one | {"acted_at": _time(one["acted_at"])}) for one in kept["steps"])
    exchanges = tuple(
        Exchange(**one | {name: _time(one[name]) for name in ("requested_at", "confirmed_at", "approved_at")})
        for one in kept["exchanges"]
    )
    start = kept["window_start"]
    return PublicSide(
        last_seq=kept["last_seq"],
        title=kept["title"],
        window_start=None if start is None else date.fromisoformat(start),
        owner_department=kept["owner_department"],
        participants=tuple(kept["participants"]),
        parties=tuple(Party(**one) for one in kept["parties"]),
        steps=steps,
        exchanges=exchanges,
        beacons=tuple(BeaconSource(**one) for one in kept["beacons"]),
        is_complete=kept["is_complete"],
    )


def _time(kept: str | None) -> Any:
    return None if kept is None else datetime.fromisoformat(kept)
