"""Results that came through another channel (其他渠道的检查结果): read, taken in as drafts, and no further.

Whatever was recorded elsewhere is a draft here: its officers stand by it and submit it, it is reviewed, and one of
those who inspected publishes it, as if it had been typed here (W13). A record is named by its source and its number
there: sent again it is the same, with other content it revises the draft.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.results.domain.content import Content
from services.results.domain.signatures import content_digest
from shared.values.errors import Invalid, NotFound

MOST_RECORDS: Final = 10_000
MOST_LINES: Final = 100_000
"""Lines of a table file: a record has a line for each outcome of an item."""


class ImportUnknown(NotFound):
    message = "没有这次导入，或不是本部门的"


class ImportUnreadable(Invalid):
    message = "文件无法读取：{reason}"


class TooManyRecords(Invalid):
    message = "一次最多导入 {limit} 份检查结果，现有 {count} 份，请分次导入"


class ImportEmpty(Invalid):
    message = "没有可导入的检查结果"


class RowState(StrEnum):
    """`pending`: not taken in yet; `unchanged`: known with this very content; `wrong`: refused, says why."""

    PENDING = "pending"
    RECORDED = "recorded"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a record: a stable code, the field it is in (may be empty), a Chinese sentence."""

    code: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """One record as the reader found it. `number`: of its line in the file, or which of the list, from 1. Without
    content it has its problem."""

    number: int
    record_no: str
    visit_id: UUID | None
    content: Content | None
    problem: RowProblem | None = None


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A record of an import and what became of it."""

    import_id: UUID
    number: int
    record_no: str
    visit_id: UUID | None
    content: Content | None
    state: RowState
    result_id: UUID | None = None
    problem: RowProblem | None = None


@dataclass(frozen=True, slots=True)
class ResultImport:
    """`filed_by` and `inspector_id` are who sent it: what he may not record himself he cannot import."""

    id: UUID
    department: str
    source: str
    filed_by: str
    inspector_id: UUID | None
    filed_at: datetime
    counts: dict[str, int]

    @property
    def is_done(self) -> bool:
        return not self.counts.get(RowState.PENDING, 0)


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A record of a source that became a result before, and the content it had then."""

    result_id: UUID
    digest: str


def row_digest(visit_id: UUID, content: Content) -> str:
    """SHA-256 (hex): the same record sent again has the same."""
    return hashlib.sha256(f"{visit_id}\n{content_digest(content)}".encode()).hexdigest()


def check_batch(records: Sequence[ReadRecord]) -> tuple[ReadRecord, ...]:
    """The records; of two with one number in one batch the later is wrong. Raises ImportEmpty, TooManyRecords."""
    if not records:
        raise ImportEmpty
    if len(records) > MOST_RECORDS:
        raise TooManyRecords(limit=MOST_RECORDS, count=len(records))
    seen: set[str] = set()
    checked = []
    for one in records:
        is_repeated = bool(one.record_no) and one.record_no in seen
        seen.add(one.record_no)
        checked.append(_repeated(one) if is_repeated and one.problem is None else one)
    return tuple(checked)


def _repeated(one: ReadRecord) -> ReadRecord:
    problem = RowProblem("results.record_no_repeated", "record_no", f"记录编号“{one.record_no}”在本次导入中重复")
    return ReadRecord(one.number, one.record_no, one.visit_id, None, problem)
