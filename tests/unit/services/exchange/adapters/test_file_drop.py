"""File packages: whole or not there, the same for the same batch, receipts as files (REL38)."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import orjson
import pytest

from demo.province.inbound import open_package
from services.exchange.adapters.file_drop import FileDrop, package, package_name
from services.exchange.domain.batches import Batch, BatchState, DeliveryFailed, NotKnown, Outcome, Pending, Receipt
from services.exchange.domain.mapping import digest_of
from shared.values.ids import new_id
from tests.architecture.source import ROOT
from tests.unit.services.exchange.domain.test_batches import a_row

NOW = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
BATCH = Batch(
    id=new_id(),
    peer="necips",
    dataset="necips.results",
    schema="1",
    number="mengjin-2026112400001",
    state=BatchState.READY,
    row_count=1,
    digest="",
    attempts=0,
    made_at=NOW,
    due_at=NOW,
    waiting_since=NOW,
)
BODY = '{"details":[{"a":"1"}],"entName":"某，公司","x":null}'
ROW = replace(a_row("k"), body=BODY, digest=digest_of(BODY))


async def test_a_package_says_what_it_holds_and_the_receiver_reads_the_same(tmp_path: Path) -> None:
    drop = FileDrop(tmp_path, "mengjin")
    assert isinstance(await drop.deliver(BATCH, [ROW]), Pending)
    name = package_name(BATCH, "mengjin")
    assert name == "mengjin_necips.results_20261124010203_00001"
    content = (tmp_path / "out" / f"{name}.zip").read_bytes()
    assert (tmp_path / "out" / f"{name}.zip.ok").read_text() == hashlib.sha256(content).hexdigest()
    manifest, rows = open_package(content)
    assert (manifest["number"], manifest["count"], manifest["receiver"]) == (BATCH.number, 1, "necips")
    assert (rows[0].row_key, rows[0].digest, rows[0].body) == ("k", ROW.digest, orjson.loads(BODY))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.read("rows.csv").decode("utf-8-sig").splitlines()[0].endswith("body,details,entName,x")


def test_the_same_batch_is_the_same_bytes() -> None:
    assert package(BATCH, [ROW], "mengjin") == package(BATCH, [ROW], "mengjin")


_WRITER = """
import sys
from pathlib import Path
from services.exchange.adapters.file_drop import write_whole
print("ready", flush=True)
for number in range(10_000):
    write_whole(Path(sys.argv[1]), bytes([number % 256]) * 4_000_000)
"""


@pytest.mark.parametrize("pause", [0.01, 0.05, 0.11])
def test_a_writer_killed_in_between_leaves_a_whole_file_or_none(tmp_path: Path, pause: float) -> None:
    path = tmp_path / "package.zip"
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(pause)
        writer.kill()
    if path.exists():
        content = path.read_bytes()
        assert len(content) == 4_000_000
        assert len(set(content)) == 1


async def test_a_package_that_cannot_be_written_is_written_again(tmp_path: Path) -> None:
    drop = FileDrop(tmp_path, "mengjin")
    in_the_way = tmp_path / "out" / f".{package_name(BATCH, 'mengjin')}.zip.part"
    in_the_way.mkdir()
    with pytest.raises(DeliveryFailed):
        await drop.deliver(BATCH, [ROW])
    assert isinstance(await drop.ask(BATCH), NotKnown)
    in_the_way.rmdir()
    assert isinstance(await drop.deliver(BATCH, [ROW]), Pending)


async def test_a_receipt_counts_only_when_it_is_whole_and_for_this_batch(tmp_path: Path) -> None:
    drop = FileDrop(tmp_path, "mengjin")
    await drop.deliver(BATCH, [ROW])
    name = package_name(BATCH, "mengjin")
    receipt, ok = tmp_path / "receipts" / f"{name}.json", tmp_path / "receipts" / f"{name}.json.ok"
    one = {"row_key": "k", "version": 1, "outcome": "accepted"}
    receipt.write_bytes(content := orjson.dumps({"number": BATCH.number, "receipts": [one]}))
    assert isinstance(await drop.ask(BATCH), Pending), "no .ok yet"
    ok.write_text("0" * 64)
    with pytest.raises(DeliveryFailed, match="摘要不符"):
        await drop.ask(BATCH)
    ok.write_text(hashlib.sha256(content).hexdigest())
    assert await drop.ask(BATCH) == [Receipt("k", 1, Outcome.ACCEPTED)]
    receipt.write_bytes(content := orjson.dumps({"number": "other", "receipts": []}))
    ok.write_text(hashlib.sha256(content).hexdigest())
    with pytest.raises(DeliveryFailed, match="批次号不符"):
        await drop.ask(BATCH)
