"""SEC21, SEC25 at the real registry: workbooks made to burst, to climb out of their folder, to fetch; and formulas,
which come in as text and never leave as formulas, whatever the file."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

import httpx2
import openpyxl
import pytest
import xlsxwriter

from shared.runtime.exports import is_formula
from tests.builders.registry import ENTITY_HEADER, entity_cells
from tests.contract.examples import operations
from tests.security.knocking import an_allrounder, filled, queries
from tests.security.street import Street

DISTRICT: Final = "mengjin-files"
"""Its own: other tests load regions and departments into the ordinary one."""
FORMULAS: Final = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    '=HYPERLINK("http://127.0.0.1:9/")',
    "＝1+1",
    "=cmd|' /C calc'!A0",
)
BURST: Final = 200 * 2**20
BLANKS: Final = b" " * BURST
ROOM: Final = 120 * 2**20
"""What reading a refused file of a few kilobytes may cost at most."""
SECONDS: Final = 20.0
Job = dict[str, Any]


@pytest.fixture(scope="module")
def desk(street: Street) -> Iterator[httpx2.Client]:
    """An officer of a department that exists."""
    body = {"code": "SCJG", "name": "洛阳市孟津区市场监督管理局", "short_name": "区市场监管局"}
    with street.client("registry", an_allrounder(DISTRICT)) as client:
        assert client.post("/v1/departments", json=body).status_code in (201, 409)
        yield client


def workbook(*rows: list[str]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def an_entity_book(**changes: str) -> bytes:
    return workbook(ENTITY_HEADER.split(","), list(entity_cells(1, **changes).values()))


def with_part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A right workbook in which one part is another."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(an_entity_book())) as good, ZipFile(out, "w", ZIP_DEFLATED) as bad:
        for one in good.namelist():
            bad.writestr(one, change(good.read(one)) if one == name else good.read(one))
        if name not in good.namelist():
            bad.writestr(name, change(b""))
    return out.getvalue()


def imported(desk: httpx2.Client, content: bytes) -> Job:
    """Uploads, starts a preview and waits until the worker is done with it."""
    stored = desk.post("/v1/import-files", content=content)
    assert stored.status_code in (200, 201), stored.text
    started = desk.post(
        "/v1/import-jobs", json={"file_digest": stored.json()["digest"], "kind": "entities", "preview": True}
    )
    assert started.status_code in (201, 202), started.text
    until = time.monotonic() + SECONDS
    job: Job = started.json()
    while job["state"] in ("queued", "validating", "committing") and time.monotonic() < until:
        time.sleep(0.1)
        job = desk.get(f"/v1/import-jobs/{job['id']}").json()
    return job


def peak(street: Street) -> int:
    """Bytes that registry's process held at most so far."""
    status = Path(f"/proc/{street.platform.pid('registry')}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


SHEET: Final = "xl/worksheets/sheet1.xml"
STRINGS: Final = "xl/sharedStrings.xml"
ENTITY: Final = (
    b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY x SYSTEM "file:///etc/passwd">]>'
)
BAD_BOOKS: Final[dict[str, Callable[[], bytes]]] = {
    "a sheet that bursts": lambda: with_part(SHEET, lambda part: part.replace(b"<sheetData>", b"<sheetData>" + BLANKS)),
    "strings that burst": lambda: with_part(STRINGS, lambda part: part + b"A" * BURST),
    "a part nobody reads that bursts": lambda: with_part("docProps/x.xml", lambda _: b"\0" * BURST),
    "no sheet": lambda: with_part("xl/workbook.xml", lambda _: b"<workbook/>"),
    "half a workbook": lambda: an_entity_book()[:600],
    "a beginning only": lambda: b"PK\x03\x04",
    "noise behind a beginning": lambda: b"PK\x03\x04" + bytes(range(256)) * 40,
}


@pytest.mark.parametrize("kind", list(BAD_BOOKS))
def test_a_workbook_that_would_break_the_reader_is_refused_with_a_reason(
    street: Street, desk: httpx2.Client, kind: str
) -> None:
    imported(desk, an_entity_book())
    before = peak(street)
    job = imported(desk, BAD_BOOKS[kind]())
    assert job["state"] == "failed", job
    assert job["failure_code"] == "registry.import_file_unreadable", job
    assert peak(street) - before < ROOM


@pytest.mark.parametrize("name", ["../../../../tmp/ssj-climbed", "/tmp/ssj-climbed", "..\\..\\ssj-climbed"])
def test_a_part_that_would_climb_out_is_never_written(desk: httpx2.Client, name: str) -> None:
    """Zip slip: parts are read by name and unpacked nowhere."""
    job = imported(desk, with_part(name, lambda _: b"climbed"))
    assert job["state"] in ("validated", "failed")
    assert not Path("/tmp/ssj-climbed").exists()


def test_entities_of_xml_are_not_followed(desk: httpx2.Client) -> None:
    """XXE and the billion laughs: neither the file nor the ten thousand letters come back."""
    changed = with_part(STRINGS, lambda part: ENTITY + part.replace("孟津示例1有限公司".encode(), b"&x;&b;"))
    job = imported(desk, changed)
    report = desk.get(f"/v1/import-jobs/{job['id']}/rows").text
    assert "root:" not in report
    assert "a" * 100 not in report


# Formulas


def cells_of(answer: httpx2.Response) -> list[str]:
    rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    return [cell for row in rows for cell in row]


def formulas_in(answer: httpx2.Response) -> list[str]:
    """Cells that a spreadsheet would calculate."""
    if answer.content.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return [str(cell.value) for sheet in book for row in sheet for cell in row if cell.data_type == "f"]
    return [cell for cell in cells_of(answer) if is_formula(cell)]


@pytest.fixture(scope="module")
def planted(desk: httpx2.Client) -> None:
    """Objects and marks whose names are formulas, as far as registry takes them."""
    for number, formula in enumerate(FORMULAS, start=1):
        body = {"kind": "enterprise", "name": formula, "external_no": f"FX{number:06d}", "region_code": "410308100"}
        made = desk.post("/v1/entities", json=body | {"departments": ["SCJG"], "address": formula, "tags": [formula]})
        assert made.status_code in (201, 422), made.text
        if made.status_code == 201:
            desk.post(f"/v1/entities/{made.json()['id']}/marks", json={"name": formula, "since": "2026-01-01"})


def test_the_formulas_are_in(desk: httpx2.Client, planted: None) -> None:
    names = [one["name"] for one in desk.get("/v1/entities", params={"page_size": 200}).json()["items"]]
    assert set(FORMULAS[:4]) <= set(names)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_export_of_any_service_holds_a_formula(street: Street, planted: None, form: str) -> None:
    """Every export there is; each is written by the one writer, which states the file's digest."""
    wrong: list[str] = []
    exports = [op for op in operations() if op.path.endswith("/export") and op.path.count("{") == 0]
    assert len(exports) > 15
    for operation in exports:
        with street.client(operation.service, an_allrounder(DISTRICT)) as client:
            answer = client.get(filled(operation.path), params=queries(operation)[0] | {"format": form})
        if answer.status_code == 409 or answer.status_code == 503:
            continue
        if answer.status_code != 200 or "repr-digest" not in answer.headers or formulas_in(answer):
            wrong.append(f"{operation}: {answer.status_code} {answer.text[:80]}")
    assert wrong == []


def test_the_export_of_objects_shows_them_as_text(desk: httpx2.Client, planted: None) -> None:
    """The test above does not pass for want of formulas."""
    cells = cells_of(desk.get("/v1/entities/export", params={"format": "csv"}))
    assert {f"'{formula}" for formula in FORMULAS[:4]} <= set(cells)


@pytest.mark.parametrize("ending", ["report.csv", "report.xlsx", "rejected-rows.xlsx"])
def test_no_report_of_an_import_holds_a_formula(desk: httpx2.Client, ending: str) -> None:
    """Rows that were not taken go back to the department as they came, but for this."""
    bad = [list(entity_cells(number, registered_on=text, name=text).values()) for number, text in enumerate(FORMULAS)]
    job = imported(desk, workbook(ENTITY_HEADER.split(","), *bad))
    assert job["counts"]["wrong"] == len(FORMULAS), job
    answer = desk.get(f"/v1/import-jobs/{job['id']}/{ending}")
    assert answer.status_code == 200, answer.text
    assert formulas_in(answer) == []
