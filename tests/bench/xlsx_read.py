"""Job 8b: an XLSX import file of 100,000 rows by 8 columns, read and validated.

Floor: inflate and expat over the parts of the same workbook that hold its cells, with handlers for elements and texts,
without which nothing is read, that do nothing and are no Python. Product: what an import does with the
file: unsealed, opened, every row judged by the validator of CSV files, 1 % of them wrong. Left out: the database.
"""

from __future__ import annotations

import asyncio
import io
import operator
import tempfile
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from xml.parsers import expat

import xlsxwriter

from services.registry.adapters.fast_entities import FastEntities
from services.registry.adapters.table_files import open_table
from services.registry.domain.import_fields import plan_columns
from services.registry.domain.import_jobs import FileFormat, ImportSource
from services.registry.domain.import_rows import ImportKind
from services.registry.storage.import_staging import RowPacker
from services.registry.usecases._import_chunks import RowJudge
from services.registry.usecases._import_reading import judge_block
from shared.runtime.files import FileStore, KeptFile
from shared.runtime.sealed import SealKeys, use_seal_keys
from tests.bench.frame import Bench, Report, seconds
from tests.builders.registry import ENTITY_HEADER, entity_cells, facts

BENCH = Bench("xlsx-read", target=3.0, aim=2.0)
ROWS = 100_000
COLUMNS = ("name", "uscc", "kind", "status", "registered_on", "region_code", "address", "departments")
WRONG_EVERY = 100
_PARTS = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml")


class Wrong(AssertionError):
    """The rows were not judged as they were made: the speed means nothing."""


def a_workbook(rows: int) -> bytes:
    """A register as a spreadsheet keeps it, strings shared."""
    headers = dict(zip(entity_cells(), ENTITY_HEADER.split(","), strict=True))
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [headers[name] for name in COLUMNS])
        for number in range(1, rows + 1):
            spoilt = {"kind": "公司"} if number % WRONG_EVERY == 0 else {}
            cells = entity_cells(number, **spoilt)
            sheet.write_row(number, 0, [cells[name] for name in COLUMNS])
    return out.getvalue()


def parse(content: bytes) -> None:
    """The floor."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in _PARTS:
            parser = expat.ParserCreate()
            parser.buffer_text = True
            parser.StartElementHandler, parser.CharacterDataHandler = operator.is_, operator.truth
            parser.Parse(book.read(name), True)


def judge(kept: KeptFile, rows: int) -> None:
    """The product. Raises Wrong."""
    table = open_table(kept, ImportSource("", None, FileFormat.AUTO, "auto", {}, {}))
    assert table.header is not None
    plan = plan_columns(ImportKind.ENTITIES, table.header.cells, {}, {})
    one = RowJudge(ImportKind.ENTITIES, plan, {}, facts(), RowPacker(ImportKind.ENTITIES))
    many = FastEntities(plan, {}, facts())
    good = wrong = 0
    for block in table.blocks():
        sure, chunk = judge_block(block, many, one)
        good += sure.height + len(chunk.records)
        wrong += len({finding.line for finding in chunk.findings})
    if (good, wrong) != (rows - rows // WRONG_EVERY, rows // WRONG_EVERY):
        raise Wrong(good, wrong)


async def _kept(store: FileStore, content: bytes) -> KeptFile:
    async def sent() -> AsyncIterator[bytes]:
        yield content

    return store.kept((await store.put(sent(), len(content), sealed=True)).digest)


def run(rows: int = ROWS, bench: Bench = BENCH) -> Report:
    use_seal_keys(SealKeys({"bench": bytes(32)}))
    content = a_workbook(rows)
    with tempfile.TemporaryDirectory() as folder:
        kept = asyncio.run(_kept(FileStore(Path(folder)), content))
        figures = bench.measure(seconds(lambda: parse(content)), seconds(lambda: judge(kept, rows)))
    return bench.report(figures, (f"workbook of {len(content) / 1e6:.1f} MB, {rows} × {len(COLUMNS)} cells",))
