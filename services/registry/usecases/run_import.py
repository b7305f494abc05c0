"""Run an import (the worker's side): read, judge and, where the step commits, write, all in one transaction.

Two transactions a step. The first says that the work began, so that a kill is seen and counted; the second does all of
it: staged rows, findings, written versions, the change set, its event, the job's new state. Killed anywhere, the step
is done again from its file, which is kept by digest and cannot have changed (L5, REL21).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID

import structlog

from services.registry.adapters.fast_entities import FastEntities
from services.registry.adapters.table_files import Table, open_table
from services.registry.domain.change_sets import IMPORT
from services.registry.domain.import_fields import plan_columns
from services.registry.domain.import_findings import WRONG, Finding
from services.registry.domain.import_jobs import (
    ImportBroken,
    ImportCounts,
    ImportFileMissing,
    ImportFileUnreadable,
    ImportJob,
    ImportJobUnknown,
    ImportState,
    check_resent,
    overall,
)
from services.registry.domain.import_rows import ImportKind
from services.registry.storage.fresh_rows import FreshObjects
from services.registry.storage.import_staging import RowPacker
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases._facts import district_facts
from services.registry.usecases._import_chunks import RowJudge
from services.registry.usecases._import_reading import Tell, stage_each, stage_many
from shared.runtime.settings import crash_point
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
    fresh: FreshObjects | None
    """Rows that are new beyond doubt and were not staged."""
    header: tuple[str, ...]
    rejected: asyncio.Task[list[tuple[int, list[str]]]]
    """Fetches the wrong rows from the file while the good ones are being written."""


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


async def _untold(read: float) -> None:
    """Nobody follows."""


async def run_import(command: RunImport, uow: RegistryUnitOfWork, tell: Tell = _untold) -> ImportJob | None:
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
            job, judged = await _judged(job, uow, tell)
        except DomainError as error:
            job, judged = job.failed(error, None, uow.now), None
        if judged is not None:
            await _keep_what_was_found(job, judged, uow)
        await uow.imports.save(job)
        if job.finished_at is not None:
            await uow.rejects.expect(job, uow.now)
        crash_point("imp.before_finish")
        await uow.commit(job)
    _log.info("import.step_done", job_id=str(job.id), state=job.state.value, kind=job.kind.value)
    return job


async def _judged(job: ImportJob, uow: RegistryUnitOfWork, tell: Tell) -> tuple[ImportJob, _Judged]:
    judged = await _stage(job, uow, tell)
    try:
        resent = await _resent(job, judged.counts, uow)
        if not job.commits:
            return replace(job.validated(judged.counts, judged.ignored), header=judged.header), judged
        # Asked before anything is written: an atomic import with a wrong row writes nothing.
        done = replace(
            job.succeeded(judged.counts, None, uow.now), ignored_headers=judged.ignored, header=judged.header
        )
    except DomainError as refusal:
        return job.failed(refusal, judged.counts, uow.now), judged
    change_set_id = await _write(job, judged, uow)
    await uow.rejects.drop(resent)
    return replace(done, change_set_id=change_set_id), judged


async def _resent(job: ImportJob, counts: ImportCounts, uow: RegistryUnitOfWork) -> list[UUID]:
    """The jobs of which no row waits any more once this re-send is done.

    Raises ResendTooLarge. Holds the job that is corrected, so that two re-sends do not count the same rows.
    """
    if job.resend_of is None:
        return []
    first = await uow.imports.find(job.resend_of, for_update=True)
    if first is None or first.counts is None:
        raise ImportJobUnknown(job_id=job.resend_of)
    before = [each for each in await uow.imports.resends([first.id]) if each.state is ImportState.SUCCEEDED]
    resent = [each.counts for each in before if each.counts is not None]
    check_resent(counts.total, first.counts, resent)
    is_whole = counts.total == overall(first.counts, resent).wrong
    return [first.id, *(each.id for each in before)] if is_whole else []


async def _keep_what_was_found(job: ImportJob, judged: _Judged, uow: RegistryUnitOfWork) -> None:
    """Findings, and the wrong rows themselves; of an import that took nothing the whole file is sent again."""
    await uow.imports.replace_findings(job, judged.findings)
    rows = await judged.rejected
    await uow.rejects.keep(job, [] if job.state is ImportState.FAILED else rows)


def _rows_on(table: Table, findings: list[Finding]) -> list[tuple[int, list[str]]]:
    lines = frozenset(finding.line for finding in findings if finding.outcome == WRONG)
    return [(row.line, row.cells) for row in table.rows_on(lines)]


async def _write(job: ImportJob, judged: _Judged, uow: RegistryUnitOfWork) -> UUID | None:
    counts = judged.counts
    if not counts.written:
        return None
    change_set = uow.change_set(job.kind.value, IMPORT, rows=counts.written, owner=job.scope_department)
    # What is sorted first: keys of staged rows, all over the index, would have it split every page in the middle.
    if judged.fresh is not None and judged.fresh.rows.height:
        first, last = await uow.fresh.write(judged.fresh, change_set)
        change_set = replace(change_set, first_id=first, last_id=last)
    await uow.staging.write(change_set)
    await uow.record(change_set)
    return change_set.id


async def _stage(job: ImportJob, uow: RegistryUnitOfWork, tell: Tell) -> _Judged:
    source = job.source
    if not uow.files.path(source.file_digest).is_file():
        raise ImportFileMissing(digest=source.file_digest)
    table = await asyncio.to_thread(open_table, uow.files.kept(source.file_digest), source)
    header = table.header
    if header is None:
        raise ImportFileUnreadable(reason="文件是空的")
    plan = plan_columns(job.kind, header.cells, source.mapping, source.defaults)
    facts = await district_facts(uow)
    judge = RowJudge(job.kind, plan, source.defaults, facts, RowPacker(job.kind))
    await uow.staging.open(job.kind, {*plan.places, *source.defaults})
    if job.kind is ImportKind.ENTITIES and table.is_plain and FastEntities.reads(source.defaults):
        fast = FastEntities(plan, source.defaults, facts)
        staged = await stage_many(table, fast, judge, job.scope_department, uow, tell)
    else:
        staged = await stage_each(table, judge, uow)
    findings = staged.findings
    unread = len({finding.line for finding in findings})
    findings += await uow.staging.settle(job.scope_department, job.told_at)
    counts = await uow.staging.counts()
    new = counts.new + (0 if staged.fresh is None else staged.fresh.rows.height)
    counts = replace(counts, new=new, unchanged=counts.unchanged + staged.unchanged, wrong=counts.wrong + unread)
    crash_point("imp.after_chunk")
    rejected = asyncio.create_task(asyncio.to_thread(_rows_on, table, findings))
    return _Judged(counts, findings, plan.ignored, staged.fresh, tuple(header.cells), rejected)
