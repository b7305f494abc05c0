"""Enters the next document in the district's public log (公开日志). The text, once entered, is what is hashed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from services.draw.domain.build import publish
from services.draw.domain.ceremony import Ceremony
from services.draw.domain.documents import KINDS, Body
from services.draw.domain.log import LoggedDraw, LogTail, PublicLog
from services.draw.domain.primitives import SUITES
from services.draw.domain.protocol_time import protocol_time, read_protocol_time
from services.draw.domain.published import LogEntry
from services.draw.domain.refused import protocol_rules
from services.draw.storage.unit_of_work import DrawUnitOfWork
from shared.events.draw import DocumentPublishedV1

MakeBody = Callable[[PublicLog, str], Body]
"""(the log so far, the time of publication) → what is to be published."""


@dataclass(frozen=True, slots=True)
class Published:
    """The document as entered, and its draw as the log knows it now."""

    entry: LogEntry
    logged: LoggedDraw


async def publish_next(uow: DrawUnitOfWork, draw: Ceremony, make: MakeBody, before: UUID | None = None) -> Published:
    """Publishes in the transaction's time. `before`: the task's previous draw, for a new commitment.

    Raises ProtocolRefused; the log is then as before.
    """
    tail = await uow.log.lock()
    at = max(protocol_time(uow.now), tail.last_time)
    texts = await uow.log.texts_of(draw.id, *([before] if before else []))
    suite = SUITES[draw.suite]
    with protocol_rules():
        log = PublicLog.resumed(tail, texts)
        body = make(log, at)
        text = publish(log, suite, draw.draw_id, body, at)
    entry = LogEntry(log.tail.length, draw.id, KINDS[type(body)], text, suite.h(text.encode()), at)
    await uow.log.add(entry, draw.task_id)
    uow.emit(
        DocumentPublishedV1(
            aggregate_version=await uow.log.count_of(draw.id),
            draw_id=draw.id,
            log_seq=entry.log_seq,
            kind=entry.kind,
            text=text,
            published_at=read_protocol_time(at),
        )
    )
    return Published(entry, log.draws[draw.draw_id])


async def logged_draw(uow: DrawUnitOfWork, draw: Ceremony) -> LoggedDraw:
    """The draw as the log knows it; it has been committed. Only reads: the log's head is not locked."""
    return PublicLog.resumed(LogTail(), await uow.log.texts_of(draw.id)).draws[draw.draw_id]
