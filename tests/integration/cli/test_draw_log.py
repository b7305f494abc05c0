"""The public log of draws, taken back from the events that published it (REL26, 架构 Events)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from cli.backup.draw_log import Shown, take_back
from deploy.embedded.platform import EmbeddedPlatform
from deploy.embedded.provision_postgres import database_name, dsn_of
from services.draw.domain.documents import parse_document
from services.draw.domain.log import LogTail, PublicLog
from services.draw.domain.protocol_time import read_protocol_time
from shared.events.draw import DocumentPublishedV1, PoolCommittedV1
from shared.events.envelope import Event
from shared.runtime.outbox import LoggedEvent
from shared.values.ids import new_id
from tests.support.served import Served

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def documents(name: str = "v1_tiny.json") -> list[str]:
    """The published documents of a test vector, as they follow in the log."""
    log: list[str] = json.loads(next(VECTORS.rglob(name)).read_text("utf-8"))["log"]
    return log


def told(texts: list[str], district: str) -> list[LoggedEvent]:
    """What draw would have told of them."""
    draw_id, task_id = new_id(), new_id()
    pool = PoolCommittedV1(
        aggregate_version=1, draw_id=draw_id, task_id=task_id, commit_hash="x", stratum_sizes={}, committed_at=NOW
    )
    published = [
        DocumentPublishedV1(
            aggregate_version=number,
            draw_id=draw_id,
            log_seq=number,
            kind=json.loads(text)["kind"],
            text=text,
            published_at=read_protocol_time(parse_document(text).head.published_at),
        )
        for number, text in enumerate(texts, start=1)
    ]
    return [event_of(event, draw_id, district, number) for number, event in enumerate([pool, *published], start=1)]


def event_of(event: Event, draw_id: UUID, district: str, number: int) -> LoggedEvent:
    body = event.model_dump_json()
    return LoggedEvent(new_id(), district, "draw", str(draw_id), number, event.SUBJECT, body, None, NOW, 1, number)


@pytest.fixture
async def draw_database(served: Callable[..., Awaitable[Served]], platform: EmbeddedPlatform) -> str:
    await served("draw")
    return dsn_of(platform.admin_dsn, database_name("draw"))


async def test_a_log_taken_back_is_the_chain_that_was_published(draw_database: str, district: str) -> None:
    """The next document follows the last that the public saw, not the last that was backed up."""
    texts = documents()
    assert len(texts) > 2
    connection = await asyncpg.connect(draw_database)
    try:
        added = await take_back(connection, told(texts, district))
        again = await take_back(connection, told(texts, district))
        kept = await connection.fetch("SELECT text FROM log_documents WHERE district = $1 ORDER BY log_seq", district)
        head = await connection.fetchrow("SELECT length, last_text FROM log_heads WHERE district = $1", district)
    finally:
        await connection.close()
    assert added == tuple(range(1, len(texts) + 1))
    assert again == ()
    assert [row["text"] for row in kept] == texts
    assert (head["length"], head["last_text"]) == (len(texts), texts[-1])
    log = PublicLog.resumed(LogTail(), [])
    for text in texts:
        log.append(text)


async def test_a_document_behind_a_gap_is_not_taken(draw_database: str, district: str) -> None:
    events = told(documents(), district)
    connection = await asyncpg.connect(draw_database)
    try:
        added = await take_back(connection, [events[0], *events[2:]])
    finally:
        await connection.close()
    assert added == ()


async def test_what_only_the_public_side_still_has_is_taken_from_there(draw_database: str, district: str) -> None:
    """The broker is gone too: the first document comes as an event, the others from `disclosure`."""
    texts = documents()
    events = told(texts, district)
    draw_id = UUID(events[0].aggregate_id)
    kinds = [json.loads(text)["kind"] for text in texts]
    rest = zip(range(2, len(texts) + 1), kinds[1:], texts[1:], strict=True)
    public = [Shown(district, number, draw_id, kind, text) for number, kind, text in rest]
    connection = await asyncpg.connect(draw_database)
    try:
        added = await take_back(connection, events[:2], public)
    finally:
        await connection.close()
    assert added == tuple(range(1, len(texts) + 1))
