"""Run an import (the worker's side): read, judge and, where the step commits, write, all in one transaction.

Two transactions a step. The first says that the work began, so that a kill is seen and counted; the second does all of
it: staged rows, findings, written versions, the change set, its event, the job's new state. Killed anywhere, the step
is done again from its file, which is kept by digest and cannot have changed (L5, REL21).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID

import polars as pl
import structlog

from services.registry.adapters.fast_entities import FastEntities
from services.registry.adapters.table_files import open_table
from services.registry.domain.change_sets import IMPORT
from services.registry.domain.import_fields import plan_columns
from services.registry.domain.import_findings import Finding
from services.registry.domain.import_jobs import (
    ImportBroken,
    ImportCounts,
    ImportFileMissing,
    ImportFileUnreadable,
    ImportJob,
)
from services.registry.domain.import_rows import ImportKind
from services.registry.storage.import_staging import RowPacker
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases._facts import district_facts
from services.registry.usecases._import_chunks import RowJudge
from services.registry.usecases._import_reading import stage_each, stage_many
from shared.values.errors import DomainError

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RunImport:
    job_id: UUID


@dataclass(slots=True)
class _Judged:
    """What a run found: the counts, what is to be said of rows, the headers nobody asked for."""

    counts: ImportCounts
    findings: list[Finding]
    ignored: tuple[str, ...]
    fresh: pl.DataFrame | None
    """Rows that are new beyond doubt and were not staged."""


async def begin_import(job_id: UUID, uow: RegistryUnitOfWork) -> ImportJob | None:
    """Takes a job up, for the first time or again. None when there is nothing to do, or it was tried too often."""
    async with uow:
        # Whoever is at work on the job holds the claim; only a job left behind by a kill counts a new attempt.
        if not await uow.imports.claim(job_id):
            return None
        job = await uow.imports.find(job_id, for_update=True)
        if job is None or not job.is_waiting:
            return None
        job = job.begun()
        if job.is_exhausted:
            job = job.failed(ImportBroken(), None, uow.now)
        await uow.imports.save(job)
        await uow.commit(job)
    return job if job.is_working else None


async def run_import(command: RunImport, uow: RegistryUnitOfWork) -> ImportJob | None:
    """Does the step at hand. None when another worker is at it. A fault of the file fails the job by its name."""
    uow.acting("run_import", command)
    async with uow:
        if not await uow.imports.claim(command.job_id):
            return None
        job = await uow.imports.find(command.job_id)
        if job is None or not job.is_working:
            return None
        await uow.act_as(replace(uow.principal, act_for=job.created_by))
        try:
            job, judged = await _judged(job, uow)
        except DomainError as error:
            job, judged = job.failed(error, None, uow.now), None
        if judged is not None:
            await uow.imports.replace_findings(job, judged.findings)
        await uow.imports.save(job)
        await uow.commit(job)
    _log.info("import.step_done", job_id=str(job.id), state=job.state.value, kind=job.kind.value)
    return job


async def _judged(job: ImportJob, uow: RegistryUnitOfWork) -> tuple[ImportJob, _Judged]:
    judged = await _stage(job, uow)
    try:
        if not job.commits:
            return job.validated(judged.counts, judged.ignored), judged
        # Asked before anything is written: an atomic import with a wrong row writes nothing.
        done = replace(job.succeeded(judged.counts, None, uow.now), ignored_headers=judged.ignored)
    except DomainError as refusal:
        return job.failed(refusal, judged.counts, uow.now), judged
    change_set_id = await _write(job, judged, uow)
    return replace(done, change_set_id=change_set_id), judged


async def _write(job: ImportJob, judged: _Judged, uow: RegistryUnitOfWork) -> UUID | None:
    counts = judged.counts
    if not counts.written:
        return None
    change_set = uow.change_set(job.kind.value, IMPORT, rows=counts.written, owner=job.scope_department)
    await uow.staging.write(change_set)
    if judged.fresh is not None:
        await uow.fresh.write(judged.fresh, change_set)
    await uow.record(change_set)
    return change_set.id


async def _stage(job: ImportJob, uow: RegistryUnitOfWork) -> _Judged:
    source = job.source
    path = uow.files.path(source.file_digest)
    if not path.is_file():
        raise ImportFileMissing(digest=source.file_digest)
    table = await asyncio.to_thread(open_table, path, source)
    header = table.header
    if header is None:
        raise ImportFileUnreadable(reason="文件是空的")
    plan = plan_columns(job.kind, header.cells, source.mapping, source.defaults)
    facts = await district_facts(uow)
    judge = RowJudge(job.kind, plan, source.defaults, facts, RowPacker(job.kind))
    await uow.staging.open(job.kind, {*plan.places, *source.defaults})
    if job.kind is ImportKind.ENTITIES and table.is_plain and FastEntities.reads(source.defaults):
        fast = FastEntities(plan, source.defaults, facts)
        findings, fresh = await stage_many(table, fast, judge, job.scope_department, uow)
    else:
        findings, fresh = await stage_each(table, judge, uow), None
    unread = len({finding.line for finding in findings})
    findings += await uow.staging.settle(job.scope_department)
    counts = await uow.staging.counts()
    new = counts.new + (0 if fresh is None else fresh.height)
    return _Judged(replace(counts, new=new, wrong=counts.wrong + unread), findings, plan.ignored, fresh)
