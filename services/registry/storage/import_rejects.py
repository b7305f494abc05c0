"""Rows that an import did not take, sealed as they were sent, until they are sent again or expire; and its progress."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.import_jobs import RETENTION, ImportJob
from services.registry.storage.sealing import opened, sealed

_CHUNK: Final = 5000
_KEEP = text(
    "INSERT INTO import_rejects (district, owner_department, job_id, line, cells)"
    " SELECT :district, :owner_department, :job_id, r.line, r.cells"
    " FROM unnest(CAST(:lines AS integer[]), CAST(:cells AS bytea[])) AS r (line, cells)"
)
_DROP = text("DELETE FROM import_rejects WHERE job_id = ANY (CAST(:job_ids AS uuid[]))")
_PAGE = text(
    "SELECT line, cells FROM import_rejects WHERE job_id = :job_id AND line > :after ORDER BY line LIMIT :size"
)
_TELL = text(
    "INSERT INTO import_progress (district, owner_department, job_id, done, total, told_at)"
    " VALUES (:district, :owner_department, :job_id, :done, 100, :at)"
    " ON CONFLICT (district, job_id) DO UPDATE SET done = excluded.done, told_at = excluded.told_at"
)
_TOLD = text("SELECT job_id, done FROM import_progress WHERE job_id = ANY (CAST(:job_ids AS uuid[]))")
_EXPECT = text(
    "INSERT INTO import_expiries (job_id, district, file_digest, due_at)"
    " VALUES (:job_id, :district, :file_digest, :due_at) ON CONFLICT (job_id) DO UPDATE SET due_at = excluded.due_at"
)
_DUE = text("SELECT job_id, district, file_digest FROM import_expiries WHERE due_at <= :at ORDER BY due_at LIMIT 100")
_EXPIRED = text("DELETE FROM import_expiries WHERE job_id = :job_id")
_NEEDED = text("SELECT EXISTS (SELECT 1 FROM import_expiries WHERE file_digest = :file_digest)")
Cells = Sequence[str]


class ImportRejects:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, job: ImportJob, rows: Iterable[tuple[int, Cells]]) -> None:
        """Keeps rows by line, in place of those of an earlier run of the job."""
        await self.drop([job.id])
        about = {"district": job.district, "owner_department": job.owner_department, "job_id": job.id}
        rows = iter(rows)
        while part := list(islice(rows, _CHUNK)):
            lines, cells = [line for line, _ in part], [sealed(orjson.dumps(each).decode()) for _, each in part]
            await self._connection.execute(_KEEP, {**about, "lines": lines, "cells": cells})

    async def drop(self, job_ids: Sequence[UUID]) -> None:
        await self._connection.execute(_DROP, {"job_ids": list(job_ids)})

    async def page(self, job_id: UUID, size: int, after: int) -> list[tuple[int, Cells]]:
        """At most `size` rows behind a line, in the clear."""
        rows = await self._connection.execute(_PAGE, {"job_id": job_id, "size": size, "after": after})
        return [(row.line, orjson.loads(opened(row.cells) or "[]")) for row in rows]

    async def expect(self, job: ImportJob, since: datetime) -> None:
        """Says from when on the 180 days of a job's file and rejected rows are counted."""
        values = {"job_id": job.id, "district": job.district, "file_digest": job.source.file_digest}
        await self._connection.execute(_EXPECT, values | {"due_at": since + RETENTION})

    async def due(self, at: datetime) -> Sequence[tuple[UUID, str, str]]:
        """(job, district, digest of its file) of what has expired, of every district."""
        return [tuple(row) for row in await self._connection.execute(_DUE, {"at": at})]

    async def expired(self, job_id: UUID, file_digest: str) -> bool:
        """Forgets a job's expiry. Whether its file is still needed by another."""
        await self._connection.execute(_EXPIRED, {"job_id": job_id})
        return bool((await self._connection.execute(_NEEDED, {"file_digest": file_digest})).scalar_one())

    async def tell(self, job: ImportJob, percent: int, at: datetime) -> None:
        values: dict[str, Any] = {"job_id": job.id, "done": percent, "at": at}
        about = {"district": job.district, "owner_department": job.owner_department}
        await self._connection.execute(_TELL, values | about)

    async def told(self, job_ids: Sequence[UUID]) -> dict[UUID, int]:
        """Percent done by job, of those that have been told of."""
        return {row.job_id: row.done for row in await self._connection.execute(_TOLD, {"job_ids": list(job_ids)})}
