"""The public log (公开日志) of the district: texts as they were published, and the head that the next one follows."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.log import LogTail
from services.draw.domain.published import LogEntry

_OPEN: Final = text(
    "INSERT INTO log_heads (district) VALUES (current_setting('ssj.district')) ON CONFLICT (district) DO NOTHING"
)
_LOCK: Final = text("SELECT length, last_text, last_time FROM log_heads FOR UPDATE")
_TEXTS: Final = text("SELECT text FROM log_documents WHERE draw_id = ANY (CAST(:draw_ids AS uuid[])) ORDER BY log_seq")
_COUNT: Final = text("SELECT count(*) FROM log_documents WHERE draw_id = :draw_id")
_ADD: Final = text(
    "WITH head AS (UPDATE log_heads SET length = :log_seq, last_text = :text, last_time = :published_at)"
    " INSERT INTO log_documents (district, log_seq, draw_id, task_id, kind, text, digest, published_at)"
    " VALUES (current_setting('ssj.district'), :log_seq, :draw_id, :task_id, :kind, :text, :digest, :published_at)"
)
_LAST_OF_TASK: Final = text(
    "SELECT draw_id FROM log_documents WHERE task_id = :task_id AND kind = 'commitment' ORDER BY log_seq DESC LIMIT 1"
)
_COLUMNS: Final = "log_seq, draw_id, kind, text, digest, published_at"
_ALL: Final = text("SELECT text FROM log_documents ORDER BY log_seq")
_PAGE: Final = text(
    f"SELECT {_COLUMNS} FROM log_documents WHERE log_seq > :after"  # noqa: S608 - constants only
    " AND (CAST(:draw_id AS uuid) IS NULL OR draw_id = :draw_id) ORDER BY log_seq LIMIT :size"
)
_OF_DRAW: Final = text(
    f"SELECT {_COLUMNS} FROM log_documents WHERE draw_id = :draw_id ORDER BY log_seq"  # noqa: S608
)


class LogStore:
    """One log per district; the head's row lock is the queue in which documents are numbered."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self) -> LogTail:
        await self._connection.execute(_OPEN)
        row = (await self._connection.execute(_LOCK)).one()
        return LogTail(row.length, row.last_text, row.last_time)

    async def add(self, entry: LogEntry, task_id: UUID) -> None:
        """The next document; the head must be locked."""
        values = {name: getattr(entry, name) for name in LogEntry.__slots__}
        await self._connection.execute(_ADD, values | {"task_id": task_id})

    async def texts_of(self, *draw_ids: UUID) -> list[str]:
        return list((await self._connection.execute(_TEXTS, {"draw_ids": list(draw_ids)})).scalars())

    async def count_of(self, draw_id: UUID) -> int:
        return int((await self._connection.execute(_COUNT, {"draw_id": draw_id})).scalar_one())

    async def last_of_task(self, task_id: UUID) -> UUID | None:
        """The last draw of a task that reached the log."""
        found: UUID | None = (await self._connection.execute(_LAST_OF_TASK, {"task_id": task_id})).scalar_one_or_none()
        return found

    async def all_texts(self) -> list[str]:
        return list((await self._connection.execute(_ALL)).scalars())

    async def page(self, size: int, after: int, draw_id: UUID | None) -> list[LogEntry]:
        rows = await self._connection.execute(_PAGE, {"size": size, "after": after, "draw_id": draw_id})
        return [LogEntry(*row) for row in rows]

    async def of_draw(self, draw_id: UUID) -> list[LogEntry]:
        return [LogEntry(*row) for row in await self._connection.execute(_OF_DRAW, {"draw_id": draw_id})]
