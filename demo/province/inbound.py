"""The two quiet ways in: file packages in a folder, rows in the sender's front tables."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import os
import zipfile
from itertools import groupby
from pathlib import Path
from typing import Any

import asyncpg

from demo.province.book import Book
from demo.province.judging import Sent

csv.field_size_limit(10_000_000)
_OPEN = """
SELECT r.batch_number, r.dataset, r.schema_version, r.row_key, r.version, r.op, r.org_code, r.row_digest, r.body
FROM front_rows AS r WHERE NOT EXISTS (SELECT FROM front_receipts AS f WHERE f.district = r.district
    AND f.batch_number = r.batch_number AND f.row_key = r.row_key AND f.version = r.version)
ORDER BY r.batch_number, r.row_key, r.version
"""
_WRITE = (
    "INSERT INTO front_receipts (district, batch_number, row_key, version, outcome, receipt_no, code, message)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"
)


async def watch_files(book: Book, drop: Path, pause: float) -> None:
    """Until cancelled."""
    while True:
        await take_files(book, drop)
        await asyncio.sleep(pause)


async def take_files(book: Book, drop: Path) -> None:
    out, receipts = drop / "out", drop / "receipts"
    receipts.mkdir(parents=True, exist_ok=True)
    for ok in sorted(out.glob("*.zip.ok")) if out.is_dir() else ():
        name = ok.name.removesuffix(".zip.ok")
        if (receipts / f"{name}.json.ok").exists():
            continue
        content = (out / f"{name}.zip").read_bytes()
        if hashlib.sha256(content).hexdigest() != ok.read_text():
            continue  # not whole: the sender has to write it again
        manifest, rows = open_package(content)
        await book.take("file", manifest["number"], manifest["dataset"], manifest["schema"], rows)
        answer = await book.answer(manifest["number"])
        if isinstance(answer, list):
            told = json.dumps({"number": manifest["number"], "receipts": answer}, ensure_ascii=False).encode()
            _write(receipts / f"{name}.json", told)
            _write(receipts / f"{name}.json.ok", hashlib.sha256(told).hexdigest().encode())


def open_package(content: bytes) -> tuple[dict[str, Any], list[Sent]]:
    """Raises ValueError where a part is not what the manifest says."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        part = archive.read("rows.csv")
    if hashlib.sha256(part).hexdigest() != manifest["parts"][0]["sha256"]:
        raise ValueError("part and manifest differ")
    lines = csv.DictReader(io.StringIO(part.decode("utf-8-sig")))
    rows = [
        Sent(
            line["row_key"],
            int(line["version"]),
            line["op"],
            line["org_code"],
            line["digest"],
            json.loads(line["body"]),
        )
        for line in lines
    ]
    return manifest, rows


def _write(path: Path, content: bytes) -> None:
    beside = path.with_suffix(".part")
    beside.write_bytes(content)
    os.replace(beside, path)


async def watch_front(book: Book, url: str, district: str, pause: float) -> None:
    """Until cancelled; a database that is away is tried again."""
    while True:
        try:
            await take_front(book, url, district)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(pause)
        await asyncio.sleep(pause)


async def take_front(book: Book, url: str, district: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT set_config('ssj.district', $1, false)", district)
        rows = await connection.fetch(_OPEN)
        for number, group in groupby(rows, key=lambda row: row["batch_number"]):
            await _take_laid(book, connection, (number, district), list(group))
    finally:
        await connection.close()


async def _take_laid(book: Book, connection: Any, place: tuple[str, str], rows: list[Any]) -> None:
    number, district = place
    sent = [
        Sent(
            row["row_key"],
            row["version"],
            row["op"],
            row["org_code"],
            row["row_digest"],
            json.loads(row["body"]),
        )
        for row in rows
    ]
    await book.take("table", number, rows[0]["dataset"], rows[0]["schema_version"], sent)
    answer = await book.answer(number)
    for one in answer if isinstance(answer, list) else ():
        values = (one["row_key"], one["version"], one["outcome"], one["receipt_no"], one["code"], one["message"])
        await connection.execute(_WRITE, district, number, *values)
