"""Where import jobs, their findings and the worker's queue are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.import_findings import Finding
from services.registry.domain.import_jobs import (
    FileFormat,
    ImportCounts,
    ImportJob,
    ImportMode,
    ImportSource,
    ImportState,
)
from services.registry.domain.import_rows import ImportKind

_COLUMNS: Final = (
    "district, id, version, owner_department, scope_department, kind, file_digest, file_name, format, encoding,"
    " mapping, defaults, mode, is_preview, created_by, created_at, state, attempts, counts, ignored_headers,"
    " change_set_id, failure_code, failure_message, finished_at, resend_of, as_of, header"
)
_MOVING: Final = (
    "version", "state", "attempts", "counts", "ignored_headers", "change_set_id", "failure_code", "failure_message",
    "finished_at", "header",
)  # fmt: skip
_FIND = f"SELECT {_COLUMNS} FROM import_jobs WHERE id = :id"  # noqa: S608 - constants only
_PAGE = text(f"SELECT {_COLUMNS} FROM import_jobs WHERE id < :before ORDER BY id DESC LIMIT :size")  # noqa: S608
_RESENDS = text(
    f"SELECT {_COLUMNS} FROM import_jobs WHERE resend_of = ANY (CAST(:ids AS uuid[])) ORDER BY id"  # noqa: S608
)
_ADD = text(
    f"INSERT INTO import_jobs ({_COLUMNS}) VALUES ({', '.join(':' + name for name in _COLUMNS.split(', '))})"  # noqa: S608
)
_MOVE = text(
    f"UPDATE import_jobs SET {', '.join(f'{name} = :{name}' for name in _MOVING)} WHERE id = :id"  # noqa: S608
)
_ENQUEUE = text("INSERT INTO import_queue (job_id, district) VALUES (:id, :district) ON CONFLICT DO NOTHING")
_DEQUEUE = text("DELETE FROM import_queue WHERE job_id = :id")
_WAITING = text("SELECT job_id, district FROM import_queue ORDER BY job_id LIMIT 20")
_CLAIM = text("SELECT pg_try_advisory_xact_lock(hashtextextended('import job ' || :id, 0))")
_FORGET = text("DELETE FROM import_findings WHERE job_id = :job_id")
_REMEMBER = text(
    "INSERT INTO import_findings (district, owner_department, job_id, place, line, outcome, field, value, code,"
    " message) SELECT :district, :owner_department, :job_id,"
    " f.place, f.line, f.outcome, f.field, f.value, f.code, f.message"
    " FROM unnest(CAST(:lines AS integer[]), CAST(:outcomes AS text[]), CAST(:fields AS text[]),"
    " CAST(:values AS text[]), CAST(:codes AS text[]), CAST(:messages AS text[]))"
    " WITH ORDINALITY AS f (line, outcome, field, value, code, message, place)"
)
_FINDINGS = text(
    "SELECT place, line, outcome, field, value, code, message FROM import_findings"
    " WHERE job_id = :job_id AND place > :after AND (CAST(:outcome AS text) IS NULL OR outcome = :outcome)"
    " ORDER BY place LIMIT :size"
)
NEWEST: Final = UUID(int=2**128 - 1)


class ImportJobStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, job_id: UUID, *, for_update: bool = False) -> ImportJob | None:
        lock = " FOR UPDATE" if for_update else ""
        row = (await self._connection.execute(text(_FIND + lock), {"id": job_id})).one_or_none()
        return None if row is None else _job(row)

    async def page(self, size: int, before: UUID | None) -> Sequence[ImportJob]:
        """At most `size` jobs, the newest first."""
        rows = await self._connection.execute(_PAGE, {"size": size, "before": before or NEWEST})
        return [_job(row) for row in rows]

    async def add(self, job: ImportJob) -> None:
        """Keeps a new job and hands it to the worker."""
        await self._connection.execute(_ADD, _row(job))
        await self.enqueue(job)

    async def resends(self, job_ids: Sequence[UUID]) -> Sequence[ImportJob]:
        """The jobs that correct rows of some jobs, in the order they were made."""
        return [_job(row) for row in await self._connection.execute(_RESENDS, {"ids": list(job_ids)})]

    async def enqueue(self, job: ImportJob) -> None:
        await self._connection.execute(_ENQUEUE, {"id": job.id, "district": job.district})

    async def save(self, job: ImportJob) -> None:
        """Keeps the job's state; a job at rest leaves the queue."""
        row = _row(job)
        await self._connection.execute(_MOVE, {name: row[name] for name in ("id", *_MOVING)})
        if not job.is_waiting:
            await self._connection.execute(_DEQUEUE, {"id": job.id})

    async def waiting(self) -> Sequence[tuple[UUID, str]]:
        """(job, district) of what the worker has to do, in the order it came."""
        return [(row.job_id, row.district) for row in await self._connection.execute(_WAITING)]

    async def claim(self, job_id: UUID) -> bool:
        """Whether this transaction is the only one at work on the job, until it ends."""
        return bool((await self._connection.execute(_CLAIM, {"id": str(job_id)})).scalar_one())

    async def replace_findings(self, job: ImportJob, findings: Sequence[Finding]) -> None:
        """Findings of a job, by line, in place of those of an earlier run."""
        await self._connection.execute(_FORGET, {"job_id": job.id})
        if not findings:
            return
        ordered = sorted(findings, key=lambda finding: finding.line)
        values: dict[str, Any] = {
            f"{name}s": [getattr(finding, name) for finding in ordered]
            for name in ("line", "outcome", "field", "value", "code", "message")
        }
        about = {"district": job.district, "owner_department": job.owner_department, "job_id": job.id}
        await self._connection.execute(_REMEMBER, values | about)

    async def findings(self, job_id: UUID, outcome: str | None, size: int, after: int) -> Sequence[tuple[int, Finding]]:
        """At most `size` findings after a place, each with its place."""
        values = {"job_id": job_id, "outcome": outcome, "size": size, "after": after}
        rows = await self._connection.execute(_FINDINGS, values)
        return [
            (row.place, Finding(row.line, row.outcome, row.field, row.value, row.code, row.message)) for row in rows
        ]


def _row(job: ImportJob) -> dict[str, Any]:
    values = {name: getattr(job, name) for name in ImportJob.__slots__ if name not in ("source", "counts")}
    source = {name: getattr(job.source, name) for name in ImportSource.__slots__}
    json = {name: orjson.dumps(dict(source[name])).decode() for name in ("mapping", "defaults")}
    counts = None if job.counts is None else orjson.dumps(asdict(job.counts)).decode()
    lists = {"ignored_headers": list(job.ignored_headers), "header": list(job.header)}
    return values | source | json | {"counts": counts} | lists


def _job(row: Any) -> ImportJob:
    values = dict(row._mapping)
    source = ImportSource(
        file_digest=values.pop("file_digest"),
        file_name=values.pop("file_name"),
        format=FileFormat(values.pop("format")),
        encoding=values.pop("encoding"),
        mapping=values.pop("mapping"),
        defaults=values.pop("defaults"),
    )
    return ImportJob(
        **values
        | {
            "source": source,
            "kind": ImportKind(row.kind),
            "mode": ImportMode(row.mode),
            "state": ImportState(row.state),
            "counts": None if row.counts is None else ImportCounts(**row.counts),
            "ignored_headers": tuple(row.ignored_headers),
            "header": tuple(row.header),
        }
    )
