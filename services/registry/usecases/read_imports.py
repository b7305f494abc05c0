"""Read import jobs and what they found, for the doors and the reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from services.registry.domain.import_fields import header_of, template_fields
from services.registry.domain.import_findings import Finding
from services.registry.domain.import_jobs import ImportJob, ImportJobUnknown
from services.registry.domain.import_rows import ImportKind
from services.registry.storage.unit_of_work import RegistryUnitOfWork

REPORT_HEADER = ("行号", "处理", "列", "所填内容", "代码", "说明")
OUTCOMES = {"wrong": "未导入", "duplicate": "重复，只取一行"}
_PAGE = 5000


async def job_known(job_id: UUID, uow: RegistryUnitOfWork) -> ImportJob:
    """Raises ImportJobUnknown."""
    job = await uow.imports.find(job_id)
    if job is None:
        raise ImportJobUnknown(job_id=job_id)
    return job


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
