"""The public log of draws (公开日志), taken back from what the public was shown: it is one chain for a district, so a
draw service that went on from an older end would fork it in public."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from deploy.embedded.provision_postgres import database_name, dsn_of
from deploy.embedded.services import Site
from services.draw.domain.commitment import Terms
from services.draw.domain.documents import parse_document
from shared.events.draw import DocumentPublishedV1, PoolCommittedV1
from shared.runtime.outbox import LoggedEvent

PUBLIC_SIDE = "disclosure"
_PUBLIC = "SELECT district, log_seq, draw_id, kind, text FROM draw_documents ORDER BY district, log_seq"
_LENGTH = "SELECT length FROM log_heads WHERE district = $1"
_TASK = "SELECT task_id FROM draws WHERE id = $1"
_ADD = (
    "INSERT INTO log_documents (district, log_seq, draw_id, task_id, kind, text, digest, published_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
)
_HEAD = (
    "INSERT INTO log_heads (district, length, last_text, last_time) VALUES ($1, $2, $3, $4) ON CONFLICT (district)"
    " DO UPDATE SET length = excluded.length, last_text = excluded.last_text, last_time = excluded.last_time"
)


@dataclass(frozen=True, slots=True, order=True)
class Shown:
    """One document as the public has it."""

    district: str
    log_seq: int
    draw_id: UUID
    kind: str
    text: str


async def shown_to_the_public(site: Site) -> list[Shown]:
    """All that `disclosure` keeps; nothing where that service is not installed."""
    dsn = dsn_of(site.admin_dsn, database_name(PUBLIC_SIDE))
    with contextlib.suppress(asyncpg.InvalidCatalogNameError, asyncpg.UndefinedTableError):
        driver: asyncpg.Connection[Any] = await asyncpg.connect(dsn, timeout=5, command_timeout=60)
        try:
            return [Shown(*row) for row in await driver.fetch(_PUBLIC)]
        finally:
            await driver.close()
    return []


async def take_back(
    driver: asyncpg.Connection[Any], told: Iterable[LoggedEvent], public: Iterable[Shown] = ()
) -> tuple[int, ...]:
    """Adds the documents behind the restored end of each district's log, from events and from the public side; returns
    their numbers. What does not follow the end is left: a gap is never closed by a guess."""
    events = list(told)
    tasks = _tasks_of(events)
    added = []
    async with driver.transaction():
        for one in sorted({*_documents_of(events), *public}):
            length = await driver.fetchval(_LENGTH, one.district) or 0
            task = tasks.get(one.draw_id) or await driver.fetchval(_TASK, one.draw_id) or _task_named_in(one.text)
            if task is None or one.log_seq != length + 1:
                continue
            tasks[one.draw_id] = task
            head = parse_document(one.text).head
            digest, at = head.suite.h(one.text.encode()), head.published_at
            await driver.execute(_ADD, one.district, one.log_seq, one.draw_id, task, one.kind, one.text, digest, at)
            await driver.execute(_HEAD, one.district, one.log_seq, one.text, at)
            added.append(one.log_seq)
    return tuple(added)


def _tasks_of(events: Iterable[LoggedEvent]) -> dict[UUID, UUID]:
    pools = (
        PoolCommittedV1.model_validate_json(event.payload) for event in events if event.type == PoolCommittedV1.SUBJECT
    )
    return {pool.draw_id: pool.task_id for pool in pools}


def _documents_of(events: Iterable[LoggedEvent]) -> Iterable[Shown]:
    for event in events:
        if event.type == DocumentPublishedV1.SUBJECT:
            body = DocumentPublishedV1.model_validate_json(event.payload)
            yield Shown(event.district, body.log_seq, body.draw_id, body.kind, body.text)


def _task_named_in(text: str) -> UUID | None:
    """A commitment names its task."""
    body = parse_document(text).body
    with contextlib.suppress(ValueError):
        return UUID(body.task_id) if isinstance(body, Terms) else None
    return None
