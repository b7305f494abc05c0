"""Rows of a file, judged and packed in chunks; runs in a thread beside the event loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from services.registry.adapters.csv_files import Row
from services.registry.domain.import_cells import RowFault
from services.registry.domain.import_fields import IMPORT_FIELDS, ColumnPlan
from services.registry.domain.import_findings import Finding, ragged
from services.registry.domain.import_rows import DistrictFacts, ImportKind, read_row
from services.registry.storage.import_staging import RowPacker
from shared.runtime.sealed import masked

CHUNK: Final = 4000
_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records ready for COPY, and what is wrong with the other rows."""

    records: list[tuple[Any, ...]]
    findings: list[Finding]


class RowJudge:
    """Judges rows one by one by the pure readers of `domain.import_rows`."""

    packer: RowPacker

    def __init__(
        self, kind: ImportKind, plan: ColumnPlan, defaults: Mapping[str, str], facts: DistrictFacts, packer: RowPacker
    ) -> None:
        self._kind, self._plan, self._defaults, self._facts, self.packer = kind, plan, defaults, facts, packer
        self.provided = frozenset({*plan.places, *defaults})
        self._personal = {field.name for field in IMPORT_FIELDS[kind] if field.personal}

    def judge(self, row: Row, into: Chunk) -> None:
        extra = [cell for cell in row.cells[self._plan.width :] if cell.strip()]
        if row.torn or extra:
            into.findings.append(ragged(row.line, len(row.cells), self._plan.width))
            return
        read = read_row(self._kind, self._plan.cells(row.cells), self._facts, self._defaults)
        if read.content is None:
            into.findings.extend(self._finding(row.line, fault) for fault in read.faults)
        else:
            into.records.append(self.packer.pack(row.line, read.content))

    def _finding(self, line: int, fault: RowFault) -> Finding:
        value = masked(fault.value) if fault.field in self._personal else fault.value[:_SHOWN]
        return Finding(line, "wrong", fault.field, value or None, fault.code, fault.message)


def chunks(rows: Iterable[Row], judge: RowJudge) -> Iterator[Chunk]:
    rows = iter(rows)
    while taken := list(islice(rows, CHUNK)):
        chunk = Chunk([], [])
        for row in taken:
            judge.judge(row, chunk)
        yield chunk
