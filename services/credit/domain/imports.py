"""What a fact import did, told to whoever sent it: every row is accounted for (L5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.credit.domain.fact_rows import RawRow, RowProblem
from shared.values.errors import Invalid, NotFound

JSON_LIMIT = 5_000
FILE_LIMIT = 50_000


class TooManyRows(Invalid):
    message = "一次最多导入 {limit} 行，本次 {count} 行，请分批导入"


class NoRows(Invalid):
    message = "没有要导入的内容"


class FactFileUnreadable(Invalid):
    message = "文件无法读取：{reason}"


class FactImportUnknown(NotFound):
    message = "没有编号为 {import_id} 的导入"


class RowBatch:
    """The rows of one import; in the audit trail it stands as their number and digest, not as the rows."""

    def __init__(self, rows: Sequence[RawRow], digest: str) -> None:
        self.rows, self._digest = rows, digest

    def __str__(self) -> str:
        return f"{len(self.rows)} rows, sha256 {self._digest}"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`received` = `accepted` + `unchanged` + `rejected`. `accepted` counts new facts and new versions of known ones;
    `classes` counts the classes that entities moved to."""

    id: UUID
    received: int
    accepted: int
    unchanged: int
    rejected: int
    entities_rated: int
    classes: Mapping[str, int]
    problems: Sequence[RowProblem]
    indicator_version: int
    imported_at: datetime
