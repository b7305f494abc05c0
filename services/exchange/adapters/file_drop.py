"""File packages (格式文件交换): a ZIP of manifest and CSV in a folder, receipts as files in another. Nothing is ever
asked of the other side, so it works across a one-way gate (网闸) in each direction (REL38).

A file is written beside, synced and renamed; the `.ok` beside it, with its digest, says that it is whole.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import orjson

from services.exchange.adapters.wire import receipts_of
from services.exchange.domain.batches import Answer, Batch, DeliveryFailed, NotKnown, Pending
from services.exchange.domain.mapping import canonical
from services.exchange.domain.rows import OutboundRow

OUT, RECEIPTS = "out", "receipts"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""Every entry of a package has this time: the same batch is the same bytes."""
_HEAD: Final = ("row_key", "version", "op", "org_code", "digest", "body")
RECEIPT_LIMIT: Final = 4 * 1024 * 1024


class FileDrop:
    def __init__(self, folder: Path, sender: str) -> None:
        self._out, self._receipts, self._sender = folder / OUT, folder / RECEIPTS, sender
        for place in (self._out, self._receipts):
            place.mkdir(parents=True, exist_ok=True)

    async def deliver(self, batch: Batch, rows: Sequence[OutboundRow]) -> Answer:
        """Pending: the receipt comes as a file."""
        await asyncio.to_thread(self._write, batch, rows)
        return Pending()

    async def ask(self, batch: Batch) -> Answer:
        """NotKnown where neither receipt nor package is there: it was never written whole, or was taken away and lost;
        written again it is the same package."""
        return await asyncio.to_thread(self._read, batch)

    def _write(self, batch: Batch, rows: Sequence[OutboundRow]) -> None:
        name, content = package_name(batch, self._sender), package(batch, rows, self._sender)
        try:
            write_whole(self._out / f"{name}.zip", content)
            write_whole(self._out / f"{name}.zip.ok", hashlib.sha256(content).hexdigest().encode())
        except OSError as error:
            raise DeliveryFailed(detail=f"文件无法写入（{error.strerror}）") from error

    def _read(self, batch: Batch) -> Answer:
        name = package_name(batch, self._sender)
        receipt = self._receipts / f"{name}.json"
        ok = self._receipts / f"{name}.json.ok"
        try:
            if ok.exists():
                if receipt.stat().st_size > RECEIPT_LIMIT:
                    raise DeliveryFailed(detail="回执文件过大")
                content = receipt.read_bytes()
                if hashlib.sha256(content).hexdigest() != ok.read_text("ascii").strip():
                    raise DeliveryFailed(detail="回执文件与其摘要不符")
                return receipts_of(content, batch.number)
            return Pending() if (self._out / f"{name}.zip.ok").exists() else NotKnown()
        except (OSError, UnicodeDecodeError) as error:
            raise DeliveryFailed(detail="回执文件无法读取") from error


def package_name(batch: Batch, sender: str) -> str:
    """`{sender}_{dataset}_{yyyymmddHHMMSS}_{seq}`."""
    return f"{sender}_{batch.dataset}_{batch.made_at:%Y%m%d%H%M%S}_{batch.number[-5:]}"


def package(batch: Batch, rows: Sequence[OutboundRow], sender: str) -> bytes:
    """A ZIP of `manifest.json` and `rows.csv`; the manifest has the digest of the part."""
    part = _csv(rows)
    manifest = {
        "sender": sender,
        "receiver": batch.peer,
        "number": batch.number,
        "guid": str(batch.id),
        "dataset": batch.dataset,
        "schema": batch.schema,
        "made_at": batch.made_at.isoformat(),
        "count": len(rows),
        "parts": [{"name": "rows.csv", "sha256": hashlib.sha256(part).hexdigest(), "count": len(rows)}],
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("manifest.json", _EPOCH), canonical(manifest))
        archive.writestr(zipfile.ZipInfo("rows.csv", _EPOCH), part)
    return held.getvalue()


def _csv(rows: Sequence[OutboundRow]) -> bytes:
    """Mapped fields as columns, in the order of their names; lists as JSON. `body` holds the row as it was digested."""
    bodies = [orjson.loads(row.body or "{}") for row in rows]
    fields = sorted({name for body in bodies for name in body} - set(_HEAD))
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow([*_HEAD, *fields])
    for row, body in zip(rows, bodies, strict=True):
        head = (row.row_key, row.version, row.op, row.owner_department, row.digest, row.body)
        out.writerow([*head, *(_cell(body.get(name)) for name in fields)])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else str(value)


def write_whole(path: Path, content: bytes) -> None:
    """A reader sees the whole file or none, whenever the writer is killed."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
