"""An import job (批量导入): upload → validate → preview → commit, each step re-runnable after a kill (L5, REL21).

queued → validating → (preview) validated → committing → succeeded
                    → succeeded                          any open state → failed, cancelled
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.registry.domain.import_rows import ImportKind
from shared.values.errors import DomainError, Forbidden, Invalid, NotFound, Refused

MAX_ATTEMPTS: Final = 5
RETENTION: Final = timedelta(days=180)
"""How long rejected rows and the uploaded file are kept after a job has ended (SEC14)."""


class ImportJobUnknown(NotFound):
    message = "没有编号为 {job_id} 的导入任务，或无权查看"


class ImportJobNotIn(Refused):
    message = "导入任务当前状态为“{state}”，不能{act}"


class ImportFileMissing(Invalid):
    message = "没有摘要为 {digest} 的已上传文件，请先上传"


class ImportFileUnreadable(Invalid):
    message = "文件无法读取：{reason}"


class ImportRefusedWhole(Invalid):
    """mode `atomic`: all rows or none."""

    message = "文件有 {wrong} 行不符合要求，按“全部成功才导入”的要求，没有导入任何一行"


class ResendUnfit(Refused):
    """A re-send corrects rows that a finished import of the same kind did not take."""

    message = "任务 {job_id} 不能补报：{reason}"


class RejectsOfOthers(Forbidden):
    message = "未导入的行含个人信息，只有导入它们的部门 {department} 可以取回"


class ResendTooLarge(Invalid):
    """More rows than wait for correction: the totals of both jobs would no longer add up."""

    message = "补报文件有 {rows} 行，而原任务只有 {open} 行等待更正，没有导入任何一行；新的数据请另建任务"


class ImportBroken(Invalid):
    message = "导入程序多次中断，没有导入任何一行，请联系管理员"


class ImportState(StrEnum):
    QUEUED = "queued"
    VALIDATING = "validating"
    VALIDATED = "validated"
    COMMITTING = "committing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


STATE_LABELS: Final = {
    ImportState.QUEUED: "排队",
    ImportState.VALIDATING: "校验中",
    ImportState.VALIDATED: "已校验，待提交",
    ImportState.COMMITTING: "提交中",
    ImportState.SUCCEEDED: "已完成",
    ImportState.FAILED: "失败",
    ImportState.CANCELLED: "已取消",
}
_WORKING: Final = (ImportState.VALIDATING, ImportState.COMMITTING)


class ImportMode(StrEnum):
    """`partial`: good rows go in. `atomic`: all rows or none."""

    PARTIAL = "partial"
    ATOMIC = "atomic"


class FileFormat(StrEnum):
    AUTO = "auto"
    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """Nothing is lost: `total` = new + changed + unchanged + duplicate + older + wrong (REL21).

    `older`: what is stored is newer than the file and was kept."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicate: int = 0
    wrong: int = 0
    older: int = 0

    @property
    def total(self) -> int:
        return self.new + self.changed + self.unchanged + self.duplicate + self.older + self.wrong

    @property
    def written(self) -> int:
        return self.new + self.changed

    def corrected_by(self, resent: ImportCounts) -> ImportCounts:
        """Both together: rows sent again leave `wrong` for what became of them, so that the total stays."""
        left = replace(self, wrong=self.wrong - resent.total)
        names = (field.name for field in fields(ImportCounts))
        return ImportCounts(**{name: getattr(left, name) + getattr(resent, name) for name in names})


@dataclass(frozen=True, slots=True)
class ImportSource:
    """The file and how to read it. `mapping`: our field → their header; `defaults`: our field → value where blank."""

    file_digest: str
    file_name: str | None
    format: FileFormat
    encoding: str
    mapping: Mapping[str, str]
    defaults: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportJob:
    """`scope_department`: the only department whose rows it may touch; None for the joint office: all of them.

    `as_of`: the file tells what was true then; what was stored later is not overwritten. `resend_of`: the job whose
    wrong rows this one corrects. `header`: of the file, once it was read."""

    id: UUID
    district: str
    owner_department: str
    scope_department: str | None
    kind: ImportKind
    source: ImportSource
    mode: ImportMode
    is_preview: bool
    created_by: str
    created_at: datetime
    state: ImportState = ImportState.QUEUED
    attempts: int = 0
    counts: ImportCounts | None = None
    ignored_headers: tuple[str, ...] = ()
    change_set_id: UUID | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    finished_at: datetime | None = None
    version: int = 1
    resend_of: UUID | None = None
    as_of: datetime | None = None
    header: tuple[str, ...] = ()

    @property
    def is_working(self) -> bool:
        return self.state in _WORKING

    @property
    def is_waiting(self) -> bool:
        """Whether the worker has something to do for it: begin, or go on where a kill left it."""
        return self.is_working or self.state is ImportState.QUEUED

    @property
    def told_at(self) -> datetime:
        """What the file says was so at this time: that given with it, else when the job was created."""
        return self.as_of or self.created_at

    def check_resend(self, kind: ImportKind) -> None:
        """Raises ResendUnfit unless wrong rows of this job can be sent again as `kind`."""
        if self.kind is not kind:
            raise ResendUnfit(job_id=self.id, reason="内容的种类不同")
        if self.resend_of is not None:
            raise ResendUnfit(job_id=self.id, reason="它本身是补报，请写最初的任务")
        if self.state is not ImportState.SUCCEEDED or self.counts is None or not self.counts.wrong:
            raise ResendUnfit(job_id=self.id, reason="它没有完成，或没有等待更正的行")

    @property
    def commits(self) -> bool:
        """Whether the step at hand writes: a preview only after it was accepted."""
        return self.state is ImportState.COMMITTING or not self.is_preview

    def percent(self, told: int) -> int:
        """How far it is, 0 to 100; `told`: by the worker while it works."""
        if self.is_working:
            return told
        return 0 if self.state is ImportState.QUEUED else 100

    def _to(self, act: str, state: ImportState, *allowed: ImportState) -> ImportJob:
        if self.state not in allowed:
            raise ImportJobNotIn(state=STATE_LABELS[self.state], act=act)
        return replace(self, state=state, version=self.version + 1)

    def begun(self) -> ImportJob:
        """A worker takes it up, for the first time or again after a kill."""
        if self.state is ImportState.QUEUED:
            return replace(self._to("校验", ImportState.VALIDATING, ImportState.QUEUED), attempts=1)
        return replace(self._to("继续", self.state, *_WORKING), attempts=self.attempts + 1)

    @property
    def is_exhausted(self) -> bool:
        return self.attempts > MAX_ATTEMPTS

    def validated(self, counts: ImportCounts, ignored: tuple[str, ...]) -> ImportJob:
        """Raises ImportRefusedWhole for an atomic job with a wrong row."""
        if self.mode is ImportMode.ATOMIC and counts.wrong:
            raise ImportRefusedWhole(wrong=counts.wrong)
        moved = self._to("校验", ImportState.VALIDATED, ImportState.VALIDATING)
        return replace(moved, counts=counts, ignored_headers=ignored)

    def accepted(self) -> ImportJob:
        """The preview was seen and is to be committed."""
        return replace(self._to("提交", ImportState.COMMITTING, ImportState.VALIDATED), attempts=0)

    def succeeded(self, counts: ImportCounts, change_set_id: UUID | None, at: datetime) -> ImportJob:
        """`change_set_id` None: every row was known already, nothing changed."""
        if self.mode is ImportMode.ATOMIC and counts.wrong:
            raise ImportRefusedWhole(wrong=counts.wrong)
        done = self._to("提交", ImportState.SUCCEEDED, *_WORKING)
        return replace(done, counts=counts, change_set_id=change_set_id, finished_at=at)

    def failed(self, error: DomainError, counts: ImportCounts | None, at: datetime) -> ImportJob:
        over = self._to("结束", ImportState.FAILED, ImportState.QUEUED, *_WORKING)
        return replace(over, counts=counts, failure_code=error.code, failure_message=error.detail, finished_at=at)

    def cancelled(self, at: datetime) -> ImportJob:
        """Before the worker took it up, or instead of accepting the preview."""
        over = self._to("取消", ImportState.CANCELLED, ImportState.QUEUED, ImportState.VALIDATED)
        return replace(over, finished_at=at)


def overall(first: ImportCounts, resent: Sequence[ImportCounts]) -> ImportCounts:
    """An import and its re-sends together; `wrong`: the rows that still wait for correction."""
    for counts in resent:
        first = first.corrected_by(counts)
    return first


def check_resent(rows: int, first: ImportCounts, resent: Sequence[ImportCounts]) -> None:
    """Raises ResendTooLarge when a file has more rows than wait for correction."""
    waiting = overall(first, resent).wrong
    if rows > waiting:
        raise ResendTooLarge(rows=rows, open=waiting)
