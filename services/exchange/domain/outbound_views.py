"""What is asked of outbound rows and batches, and the rates departments are assessed by (及时率、合格率、重复率)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.exchange.domain.rows import RowState


@dataclass(frozen=True, slots=True)
class RowFilter:
    """`q`: a row or source key, or words of the record."""

    peer: str | None = None
    dataset: str | None = None
    states: Sequence[RowState] | None = None
    department: str | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class BatchFilter:
    peer: str | None = None
    dataset: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """Rows of one department and dataset that occurred in a month. `in_time`: first accepted within the days allowed
    (integration 4). Rates in parts per million; None where nothing was judged."""

    department: str
    dataset: str
    month: date
    rows: int
    judged: int
    accepted: int
    in_time: int
    duplicates: int
    on_work_list: int

    @property
    def acceptance_ppm(self) -> int | None:
        return _share(self.accepted, self.judged)

    @property
    def timeliness_ppm(self) -> int | None:
        return _share(self.in_time, self.rows)

    @property
    def duplicate_ppm(self) -> int | None:
        return _share(self.duplicates, self.judged)


def _share(part: int, whole: int) -> int | None:
    return part * 1_000_000 // whole if whole else None
