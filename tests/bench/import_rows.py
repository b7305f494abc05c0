"""Job 1: a file of 1,000,000 objects, 1 % of its rows wrong, uploaded and imported through the API.

Product: registry as a process of its own, fsync on; the clock runs from the first byte of the upload until the job's
state is `succeeded` (asked every 50 ms). Floor: COPY of the same file into a bare table of text columns in the same
database, just before; its ragged lines are made whole, since COPY refuses a file that has one. Each round begins with
an empty library. Left out: the gateway; telephones, which would be sealed one by one.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from shared.runtime.principal import Principal
from shared.runtime.tokens import load_private_key, sign
from shared.values.ids import new_id
from tests.bench.frame import Bench, Report
from tests.bench.import_file import COLUMNS, Made, write_files
from tests.builders.people import the_joint_office
from tests.builders.registry import DEPARTMENTS

BENCH = Bench("import", target=6.0, aim=4.5)
ROWS = 1_000_000
_BLOCK = 1 << 20
_DISTRICT = "bench"
_TOWNS = 8


class Wrong(AssertionError):
    """The import did not do what the file asks for: its speed means nothing."""


class Rig:
    """A registry that runs, with departments and regions, and a table for COPY beside it."""

    def __init__(self, platform: EmbeddedPlatform, owner: asyncpg.Connection[Any]) -> None:
        self.platform, self.owner = platform, owner
        self.remarks: list[str] = []
        self.office: Principal = the_joint_office(_DISTRICT)

    def client(self) -> httpx2.AsyncClient:
        key = load_private_key(self.platform.data.private_key("gateway"))

        async def signing(request: httpx2.Request) -> None:
            request.headers["Authorization"] = f"Bearer {sign(self.office, 'gateway', 'registry', key)}"
            if request.method == "POST":
                request.headers.setdefault("Idempotency-Key", str(new_id()))

        url = self.platform.url("registry")
        return httpx2.AsyncClient(base_url=url, event_hooks={"request": [signing]}, timeout=600)

    async def set_up(self) -> None:
        columns = ", ".join(f"c{number} text" for number in range(COLUMNS))
        await self.owner.execute(f"CREATE TABLE bare ({columns})")
        town = {"since": "2021-03-18", "until": None, "successor": None}
        terms = [{"code": "410308", "name": "孟津区", **town}]
        terms += [{"code": f"4103081{number:02d}", "name": f"示例{number}镇", **town} for number in range(_TOWNS)]
        async with self.client() as client:
            for code, (name, short_name) in DEPARTMENTS.items():
                body = {"code": code, "name": name, "short_name": short_name}
                (await client.post("/v1/departments", json=body)).raise_for_status()
            (await client.post("/v1/region-terms", json={"terms": terms})).raise_for_status()

    async def floor(self, plain: Path) -> float:
        await self.owner.execute("TRUNCATE bare")
        started = time.perf_counter()
        await self.owner.copy_to_table("bare", source=plain, format="csv", header=True, timeout=600)
        return time.perf_counter() - started

    async def ours(self, file: Path, made: Made) -> float:
        await self.owner.execute("TRUNCATE entities, entities_past")
        await self.owner.execute("VACUUM ANALYZE entities")
        started = time.perf_counter()
        async with self.client() as client:
            uploaded = (await client.post("/v1/import-files", content=file_blocks(file))).raise_for_status()
            upload = time.perf_counter() - started
            body = {"kind": "entities", "file_digest": uploaded.json()["digest"]}
            job = (await client.post("/v1/import-jobs", json=body)).raise_for_status().json()
            while job["state"] in ("queued", "validating"):
                await asyncio.sleep(0.05)
                job = (await client.get(f"/v1/import-jobs/{job['id']}")).json()
        took = time.perf_counter() - started
        _check(job, made)
        self.remarks.append(f"round: {took:.2f} s, of it the upload {upload:.2f} s")
        return took


async def file_blocks(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            yield block


def _check(job: dict[str, Any], made: Made) -> None:
    """Raises Wrong unless every row is accounted for as the file was made."""
    expected = {"total": made.rows, "new": made.new, "duplicate": made.duplicate, "wrong": made.wrong}
    counts = job["counts"] or {}
    if job["state"] != "succeeded" or {name: counts.get(name) for name in expected} != expected:
        raise Wrong(job)


def _peak_mb(pid: int) -> float:
    """The most that a process has held so far, MB of 10⁶ bytes."""
    status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


async def _measure(platform: EmbeddedPlatform, size: int, bench: Bench) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        file, plain, made = write_files(Path(folder), size)
        owner = await asyncpg.connect(platform.database_url("registry", "owner"))
        rig = Rig(platform, owner)
        await rig.set_up()
        await rig.floor(plain)  # the first pays for pages and files that later ones find
        figures = await bench.measure_async(lambda: rig.floor(plain), lambda: rig.ours(file, made))
        await owner.close()
        pid = platform.pid("registry")
        remarks = (
            f"file {file.stat().st_size / 1e6:.0f} MB, {made.rows} rows: {made.new} new, {made.wrong} wrong in"
            f" {len(made.by_code) + 1} ways, {made.duplicate} repeated",
            *rig.remarks,
            f"peak memory of the registry process {_peak_mb(pid) if pid else 0:.0f} MB; below: this client",
        )
        return bench.report(figures, remarks)


def run(size: int = ROWS, bench: Bench = BENCH) -> Report:
    options = PlatformOptions(services=("registry",), gateway=False)
    with embedded_platform(options=options) as platform:
        return asyncio.run(_measure(platform, size, bench))
