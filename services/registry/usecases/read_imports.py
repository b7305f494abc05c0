"""Read import jobs and what they found, for the doors and the reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registry.domain.import_fields import header_of, template_fields
from services.registry.domain.import_findings import Finding
from services.registry.domain.import_jobs import (
    ImportCounts,
    ImportJob,
    ImportJobUnknown,
    ImportState,
    RejectsOfOthers,
    overall,
)
from services.registry.domain.import_rows import ImportKind
from services.registry.storage.unit_of_work import RegistryUnitOfWork

REPORT_HEADER = ("行号", "处理", "列", "所填内容", "代码", "说明")
OUTCOMES = {"wrong": "未导入", "duplicate": "重复，只取一行", "older": "库中较新，未覆盖"}
REJECT_HEADER = ("原文件行号", "需要更正")
_FAULTS_SHOWN = 500
_PAGE = 5000


async def job_known(job_id: UUID, uow: RegistryUnitOfWork) -> ImportJob:
    """Raises ImportJobUnknown."""
    job = await uow.imports.find(job_id)
    if job is None:
        raise ImportJobUnknown(job_id=job_id)
    return job


@dataclass(frozen=True, slots=True)
class ReadRejects:
    job_id: UUID


@dataclass(frozen=True, slots=True)
class JobShown:
    """A job with its progress in percent and, where rows were sent again, the counts of all its jobs together."""

    job: ImportJob
    percent: int
    overall: ImportCounts | None


async def shown(jobs: Sequence[ImportJob], uow: RegistryUnitOfWork) -> list[JobShown]:
    told = await uow.rejects.told([job.id for job in jobs if job.is_working])
    resends = await uow.imports.resends([job.id for job in jobs if job.state is ImportState.SUCCEEDED])
    return [
        JobShown(
            job, job.percent(told.get(job.id, 0)), _overall(job, [one for one in resends if one.resend_of == job.id])
        )
        for job in jobs
    ]


def _overall(job: ImportJob, resends: Sequence[ImportJob]) -> ImportCounts | None:
    counts = [each.counts for each in resends if each.state is ImportState.SUCCEEDED and each.counts is not None]
    return overall(job.counts, counts) if counts and job.counts is not None else None


async def read_rejects(command: ReadRejects, uow: RegistryUnitOfWork) -> tuple[ImportJob, list[tuple[str, ...]]]:
    """The rows that wait for correction as they were sent, each with its line and what is wrong, below a header.

    Personal values are in the clear: only the department that sent them reads them, and that is audited (SEC5, SEC12).
    Raises ImportJobUnknown, RejectsOfOthers.
    """
    uow.acting("read_import_rejects", command)
    async with uow:
        job = await job_known(command.job_id, uow)
        if uow.principal.department != job.owner_department:
            raise RejectsOfOthers(department=job.owner_department)
        faults: dict[int, list[str]] = {}
        for finding in await all_findings(job.id, uow):
            faults.setdefault(finding.line, []).append(
                f"{header_of(job.kind, finding.field)} {finding.message}".strip()
            )
        rows: list[tuple[str, ...]] = [(*REJECT_HEADER, *job.header)]
        after = 0
        while page := await uow.rejects.page(job.id, _PAGE, after):
            after = page[-1][0]
            rows += [(str(line), "；".join(faults.get(line, ()))[:_FAULTS_SHOWN], *cells) for line, cells in page]
        await uow.commit(job)
    return job, rows


async def all_findings(job_id: UUID, uow: RegistryUnitOfWork) -> Sequence[Finding]:
    found: list[Finding] = []
    place = 0
    while page := await uow.imports.findings(job_id, None, _PAGE, place):
        found += [finding for _, finding in page]
        place = page[-1][0]
    return found


def report_rows(kind: ImportKind, findings: Sequence[Finding]) -> Iterator[tuple[str, ...]]:
    """The rows of a report, in Chinese."""
    for finding in findings:
        header = header_of(kind, finding.field)
        outcome = OUTCOMES.get(finding.outcome, finding.outcome)
        yield str(finding.line), outcome, header, finding.value or "", finding.code, finding.message


def template_rows(kind: ImportKind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Headers and one example row."""
    fields = template_fields(kind)
    return tuple(field.header for field in fields), tuple(field.example for field in fields)
