"""The audit chain in the database: places, nodes of the tree, checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from shared.runtime.audit_rows import AUDIT, AUDITS, AUDITS_WAITING, EVENT, EVENTS_AFTER, canonical, shown
from shared.runtime.audit_tree import Edge, Node, Range, edge_nodes, leaf_hash, nodes_of, root_of
from shared.runtime.database import Driver

_LAST_PLACE: Final = "SELECT seq, chain FROM audit_places ORDER BY seq DESC LIMIT 1"
_LAST_EVENT: Final = "SELECT log_seq FROM audit_places WHERE log_seq IS NOT NULL ORDER BY seq DESC LIMIT 1"
_FIRST_SEALED: Final = "SELECT sealed_at FROM audit_places WHERE seq = 1"
_LEAVES: Final = "SELECT seq - 1 AS place, leaf AS hash FROM audit_places WHERE seq = ANY ($1::bigint[])"
_NODES: Final = "SELECT place, hash FROM audit_nodes WHERE level = $1 AND place = ANY ($2::bigint[])"
_ADD: Final = """
    WITH nodes AS (
        INSERT INTO audit_nodes (level, place, hash)
        SELECT * FROM unnest($6::integer[], $7::bigint[], $8::bytea[])
    )
    INSERT INTO audit_places (seq, kind, row_id, log_seq, leaf, chain)
    SELECT $1 + n.place, n.kind, n.row_id, n.log_seq, n.leaf, n.chain
    FROM unnest($2::text[], $3::uuid[], $4::bigint[], $5::bytea[], $9::bytea[]) WITH ORDINALITY
         AS n (kind, row_id, log_seq, leaf, chain, place)
"""
_PLACE: Final = "SELECT seq, kind, row_id, leaf FROM audit_places WHERE row_id = $1"
_CHECKPOINTS: Final = (
    "SELECT number, size, body, signature FROM audit_checkpoints WHERE number < $1 ORDER BY number DESC LIMIT $2"
)
_ADD_CHECKPOINT: Final = "INSERT INTO audit_checkpoints (number, size, body, signature) VALUES ($1, $2, $3, $4)"
_NOW: Final = (
    "SELECT statement_timestamp() AS real,"
    " statement_timestamp() + coalesce((SELECT moved_by FROM demo_clocks), interval '0') AS told"
)
NEWEST: Final = 2**31 - 1


class Waiting(NamedTuple):
    """A row that waits for its place."""

    kind: str
    row_id: UUID
    log_seq: int | None
    leaf: bytes
    type: str


class Place(NamedTuple):
    """Where a row stands: `seq` counts from 1."""

    seq: int
    kind: str
    row_id: UUID
    leaf: bytes


class Sealed(NamedTuple):
    """A batch with its places: what is written."""

    rows: list[Waiting]
    chain: list[bytes]
    nodes: list[tuple[Node, bytes]]


class KeptCheckpoint(NamedTuple):
    """A checkpoint as it was signed: `body` is the signed text."""

    number: int
    size: int
    body: str
    signature: bytes


class Times(NamedTuple):
    """PostgreSQL's own time, and the same as the platform tells it (a demonstration may have moved it)."""

    real: datetime
    told: datetime


@dataclass(slots=True)
class Tail:
    """Where the chain ends: what the next place follows."""

    edge: Edge
    chain: bytes
    log_seq: int


async def read_tail(driver: Driver) -> Tail:
    """As the last sealing step left it."""
    last = await driver.fetchrow(_LAST_PLACE)
    size, chain = (0, b"") if last is None else (last["seq"], last["chain"])
    log_seq = await driver.fetchval(_LAST_EVENT) or 0
    levels = edge_nodes(size)
    kept = await read_nodes(driver, [node for level in levels for node in level])
    return Tail(Edge(size, [[kept[node] for node in level] for level in levels]), chain, log_seq)


async def read_nodes(driver: Driver, wanted: Sequence[Node]) -> dict[Node, bytes]:
    """The kept hashes of these nodes."""
    found: dict[Node, bytes] = {}
    for level in {node.level for node in wanted}:
        places = sorted({node.place for node in wanted if node.level == level})
        rows = (
            await driver.fetch(_NODES, level, places)
            if level
            else await driver.fetch(_LEAVES, [place + 1 for place in places])
        )
        found |= {Node(level, row["place"]): row["hash"] for row in rows}
    return found


async def roots_of(driver: Driver, path: Sequence[Range]) -> list[bytes]:
    """The roots that a proof names, in its order."""
    kept = await read_nodes(driver, [node for span in path for node in nodes_of(span)])
    return [root_of(span, kept.__getitem__) for span in path]


async def events_after(driver: Driver, log_seq: int, limit: int) -> list[Waiting]:
    """The next numbered events of the log."""
    return [
        Waiting(EVENT, row["event_id"], row["producer_seq"], leaf_hash(canonical(shown(EVENT, row))), row["type"])
        for row in await driver.fetch(EVENTS_AFTER, log_seq, limit)
    ]


async def audits_waiting(driver: Driver, after: UUID, limit: int) -> tuple[UUID | None, list[Waiting]]:
    """Of the next `limit` audit rows by id: the last id (None: no more), and those that have no place."""
    row = await driver.fetchrow(AUDITS_WAITING, after, limit)
    assert row is not None
    if not row["waiting"]:
        return row["last"], []
    found = await driver.fetch(AUDITS, row["waiting"])
    return row["last"], [
        Waiting(AUDIT, one["id"], None, leaf_hash(canonical(shown(AUDIT, one))), one["action"]) for one in found
    ]


async def add_places(driver: Driver, before: int, sealed: Sealed) -> None:
    """One statement: all of the batch or nothing of it."""
    rows, nodes = sealed.rows, sealed.nodes
    await driver.execute(
        _ADD,
        before,
        [row.kind for row in rows],
        [row.row_id for row in rows],
        [row.log_seq for row in rows],
        [row.leaf for row in rows],
        [node.level for node, _ in nodes],
        [node.place for node, _ in nodes],
        [found for _, found in nodes],
        sealed.chain,
    )


async def place_of(driver: Driver, row_id: UUID) -> Place | None:
    row = await driver.fetchrow(_PLACE, row_id)
    return None if row is None else Place(*row)


async def checkpoints_before(driver: Driver, number: int, limit: int) -> list[KeptCheckpoint]:
    """The newest first."""
    return [KeptCheckpoint(*row) for row in await driver.fetch(_CHECKPOINTS, number, limit)]


async def last_checkpoint(driver: Driver) -> KeptCheckpoint | None:
    found = await checkpoints_before(driver, NEWEST, 1)
    return found[0] if found else None


async def add_checkpoint(driver: Driver, kept: KeptCheckpoint) -> None:
    await driver.execute(_ADD_CHECKPOINT, *kept)


async def read_times(driver: Driver) -> Times:
    row = await driver.fetchrow(_NOW)
    assert row is not None
    return Times(*row)


async def first_sealed_at(driver: Driver) -> datetime | None:
    found: datetime | None = await driver.fetchval(_FIRST_SEALED)
    return found
