"""Pools (冻结的抽取名册) as they were frozen. Nothing here changes a row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.audit import PrivateObject
from services.draw.domain.commitment import Stratum
from services.draw.domain.drawing_plan import EXCLUDED, Task
from services.draw.domain.lists import Recusal
from services.draw.domain.pool import TokenFile
from services.draw.storage.tasks import task_json, task_of
from shared.runtime.sealed import seal_keys

_ADD: Final = text(
    "INSERT INTO pools (draw_id, district, owner_department, participants, blind_key, task, feed, snapshot_digest,"
    " roster_hash, recusal_hash) VALUES (:draw_id, current_setting('ssj.district'), :owner,"
    " CAST(:participants AS text[]), :blind_key, CAST(:task AS jsonb), CAST(:feed AS jsonb), :snapshot_digest,"
    " :roster_hash, :recusal_hash)"
)
_FIND: Final = text(
    "SELECT draw_id, blind_key, task, feed, snapshot_digest, roster_hash, recusal_hash FROM pools"
    " WHERE draw_id = :draw_id"
)
_ADD_STRATUM: Final = text(
    "INSERT INTO pool_strata (district, draw_id, place, stratum, size, root, tokens)"
    " VALUES (current_setting('ssj.district'), :draw_id, :place, :stratum, :size, :root, :tokens)"
)
_STRATA: Final = text("SELECT stratum, size, root FROM pool_strata WHERE draw_id = :draw_id ORDER BY place")
_TOKENS: Final = text("SELECT stratum, tokens FROM pool_strata WHERE draw_id = :draw_id ORDER BY place")
_ROSTER: Final = text(
    "SELECT roster_row FROM pool_inspectors WHERE draw_id = :draw_id AND roster_row IS NOT NULL"
    ' ORDER BY roster_row COLLATE "C"'
)
_INSPECTORS: Final = text(
    "SELECT token, inspector_id, record FROM pool_inspectors WHERE draw_id = :draw_id AND token IS NOT NULL"
)
_STATUSES: Final = text(
    "SELECT department, status, count(*) AS n FROM pool_inspectors WHERE draw_id = :draw_id GROUP BY department, status"
)
_RECUSALS: Final = text("SELECT object_token, inspector_token FROM pool_recusals WHERE draw_id = :draw_id")
_WHYS: Final = text("SELECT why, count(*) AS n FROM pool_recusals WHERE draw_id = :draw_id GROUP BY why")
_RECORDS: Final = text("SELECT record, stratum FROM pool_objects WHERE draw_id = :draw_id ORDER BY entity_id")
_AT_ONCE: Final = 5_000
_OBJECTS: Final = text(
    "SELECT token, entity_id, record FROM pool_objects WHERE draw_id = :draw_id"
    " AND token = ANY (CAST(:tokens AS bytea[]))"
)
_REGIONS: Final = text(
    "SELECT region, count(*) AS n FROM pool_objects WHERE draw_id = :draw_id AND stratum <> :excluded GROUP BY region"
)
_GROUNDS: Final = text(
    "SELECT split_part(record, chr(9), 5) AS ground, count(*) AS n FROM pool_objects"
    " WHERE draw_id = :draw_id AND stratum = :excluded GROUP BY 1"
)
_PATIENCE: Final = text(
    "SELECT set_config('statement_timeout', '10min', true), set_config('idle_in_transaction_session_timeout', '10min',"
    " true)"
)


@dataclass(frozen=True, slots=True)
class Pool:
    """The pool behind a draw: `task` as it was at the freeze, `feed` where the registry stood. The key stays here."""

    draw_id: UUID
    blind_key: bytes
    task: Task
    feed: dict[str, Any]
    snapshot_digest: bytes
    roster_hash: bytes
    recusal_hash: bytes


@dataclass(frozen=True, slots=True)
class DrawnObject:
    token: bytes
    entity_id: UUID
    record: str


@dataclass(frozen=True, slots=True)
class RosterInspector:
    token: bytes
    inspector_id: UUID
    record: str


class PoolStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def be_patient(self) -> None:
        """For acts that compute for a while inside their transaction."""
        await self._connection.execute(_PATIENCE)

    async def add(self, pool: Pool, strata: Sequence[Stratum], tokens: dict[str, TokenFile]) -> None:
        task = pool.task
        values = {
            "draw_id": pool.draw_id,
            "owner": task.initiator,
            "participants": list(task.participants),
            "blind_key": seal_keys().seal(pool.blind_key.hex()),
            "task": orjson.dumps(task_json(task)).decode(),
            "feed": orjson.dumps(pool.feed).decode(),
            "snapshot_digest": pool.snapshot_digest,
            "roster_hash": pool.roster_hash,
            "recusal_hash": pool.recusal_hash,
        }
        await self._connection.execute(_ADD, values)
        rows = [
            {
                "draw_id": pool.draw_id,
                "place": place,
                "stratum": stratum.id,
                "size": stratum.size,
                "root": stratum.root,
                "tokens": tokens[stratum.id].raw,
            }
            for place, stratum in enumerate(strata)
        ]
        await self._connection.execute(_ADD_STRATUM, rows)

    async def find(self, draw_id: UUID) -> Pool | None:
        """None also where the pool is another department's."""
        row = (await self._connection.execute(_FIND, {"draw_id": draw_id})).one_or_none()
        if row is None:
            return None
        return Pool(
            draw_id=row.draw_id,
            blind_key=bytes.fromhex(seal_keys().open(bytes(row.blind_key))),
            task=task_of(row.task, "issued"),
            feed=row.feed,
            snapshot_digest=bytes(row.snapshot_digest),
            roster_hash=bytes(row.roster_hash),
            recusal_hash=bytes(row.recusal_hash),
        )

    async def strata(self, draw_id: UUID) -> tuple[Stratum, ...]:
        rows = await self._connection.execute(_STRATA, {"draw_id": draw_id})
        return tuple(Stratum(row.stratum, row.size, bytes(row.root)) for row in rows)

    async def tokens(self, draw_id: UUID) -> dict[str, TokenFile]:
        rows = await self._connection.execute(_TOKENS, {"draw_id": draw_id})
        return {row.stratum: TokenFile(bytes(row.tokens)) for row in rows}

    async def roster_rows(self, draw_id: UUID) -> list[str]:
        return list((await self._connection.execute(_ROSTER, {"draw_id": draw_id})).scalars())

    async def roster_inspectors(self, draw_id: UUID) -> list[RosterInspector]:
        rows = await self._connection.execute(_INSPECTORS, {"draw_id": draw_id})
        return [RosterInspector(bytes(row.token), row.inspector_id, row.record) for row in rows]

    async def statuses(self, draw_id: UUID) -> dict[str, dict[str, int]]:
        """Department → status → officers."""
        found: dict[str, dict[str, int]] = {}
        for row in await self._connection.execute(_STATUSES, {"draw_id": draw_id}):
            found.setdefault(row.department, {})[row.status] = row.n
        return found

    async def recusals(self, draw_id: UUID) -> tuple[Recusal, ...]:
        rows = await self._connection.execute(_RECUSALS, {"draw_id": draw_id})
        return tuple(Recusal(bytes(row.object_token), bytes(row.inspector_token)) for row in rows)

    async def recused_why(self, draw_id: UUID) -> dict[str, int]:
        """Why → pairs recused on it."""
        return {row.why: row.n for row in await self._connection.execute(_WHYS, {"draw_id": draw_id})}

    async def records(self, draw_id: UUID) -> AsyncIterator[list[PrivateObject]]:
        """Every record with its stratum in the order of the objects' ids, some thousands at a time."""
        async with self._connection.stream(_RECORDS, {"draw_id": draw_id}) as rows:
            async for part in rows.partitions(_AT_ONCE):
                yield [PrivateObject(row.record, (row.stratum,)) for row in part]

    async def objects(self, draw_id: UUID, tokens: Sequence[bytes]) -> list[DrawnObject]:
        rows = await self._connection.execute(_OBJECTS, {"draw_id": draw_id, "tokens": list(tokens)})
        return [DrawnObject(bytes(row.token), row.entity_id, row.record) for row in rows]

    async def regions(self, draw_id: UUID) -> dict[str, int]:
        """Region code → objects that may be drawn."""
        rows = await self._connection.execute(_REGIONS, {"draw_id": draw_id, "excluded": EXCLUDED})
        return {row.region: row.n for row in rows}

    async def grounds(self, draw_id: UUID) -> dict[str, int]:
        """Ground → objects set aside on it."""
        rows = await self._connection.execute(_GROUNDS, {"draw_id": draw_id, "excluded": EXCLUDED})
        return {row.ground: row.n for row in rows}
