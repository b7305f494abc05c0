"""Writes a district as files: the ones a department would hand in, with their usual encodings."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from demo.district.model import District
from demo.district.tables import (
    CREDIT_COLUMNS,
    ENTITY_COLUMNS,
    EXPERT_COLUMNS,
    INSPECTOR_COLUMNS,
    credit_cells,
    entity_cells,
    expert_cells,
    inspector_cells,
)
from demo.district.workbook import workbook

MANIFEST: Final = "manifest.json"

_BOM_UTF8: Final = "utf-8-sig"


def render(district: District) -> dict[str, bytes]:
    """Every file but the manifest: name → bytes, the same bytes for the same district."""
    names = {department.code: department.name for department in district.departments}
    return {
        "departments.json": _json(_departments(district)),
        "towns.csv": _csv(("代码", "名称"), ((town.code, town.name) for town in district.towns), _BOM_UTF8),
        "entities.csv": _csv(ENTITY_COLUMNS, (entity_cells(one, names) for one in district.entities), _BOM_UTF8),
        "inspectors.csv": _csv(
            INSPECTOR_COLUMNS, (inspector_cells(one, names) for one in district.inspectors), "gb18030"
        ),
        "inspectors.xlsx": workbook(
            "执法检查人员", INSPECTOR_COLUMNS, (inspector_cells(one, names) for one in district.inspectors)
        ),
        "experts.csv": _csv(EXPERT_COLUMNS, (expert_cells(one) for one in district.experts), "utf-8"),
        "items.json": _json([asdict(item) for item in district.items]),
        "credit_facts.csv": _csv(CREDIT_COLUMNS, (credit_cells(fact) for fact in district.credit_facts), _BOM_UTF8),
        "entities_bad_rows.csv": _csv(ENTITY_COLUMNS, (row.cells for row in district.import_rows), _BOM_UTF8),
    }


def manifest(district: District, files: Mapping[str, bytes]) -> bytes:
    """Seed, counts, the defect of each row of the bad file, and size and SHA-256 of every file."""
    return _json(
        {
            "seed": district.seed,
            "scale": district.scale,
            "as_of": district.as_of.isoformat(),
            "counts": _counts(district),
            "bad_rows": [
                {"line": line, "defect": row.defect, "column": row.column}
                for line, row in enumerate(district.import_rows, start=2)
                if row.defect is not None
            ],
            "files": {
                name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                for name, content in files.items()
            },
        }
    )


def write(district: District, out: Path) -> dict[str, int]:
    """Writes all files and the manifest into `out`, made if missing; gives the counts."""
    out.mkdir(parents=True, exist_ok=True)
    files = render(district)
    for name, content in (*files.items(), (MANIFEST, manifest(district, files))):
        (out / name).write_bytes(content)
    return _counts(district)


def _departments(district: District) -> dict[str, object]:
    return {
        "departments": [asdict(department) for department in district.departments],
        "duty_map": [asdict(duty) for duty in district.duties],
    }


def _counts(district: District) -> dict[str, int]:
    return {
        "departments": len(district.departments),
        "towns": len(district.towns),
        "duties": len(district.duties),
        "items": len(district.items),
        "entities": len(district.entities),
        "inspectors": len(district.inspectors),
        "experts": len(district.experts),
        "credit_facts": len(district.credit_facts),
        "import_rows": len(district.import_rows),
    }


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]], encoding: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
