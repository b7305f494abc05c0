"""An import whose process is killed at ten random moments is done again, and every row is in once (REL21)."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx2
import pytest

from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from tests.bench.import_file import write_files
from tests.bench.import_rows import Rig, file_blocks

ROWS, KILLS = 60_000, 10
PATIENCE = 60.0


@pytest.fixture
def running() -> Iterator[EmbeddedPlatform]:
    with embedded_platform(options=PlatformOptions(services=("registry",), gateway=False, fast=True)) as platform:
        yield platform


async def asked(rig: Rig, job_id: str) -> dict[str, object]:
    """The job as it stands; a registry that is just coming back is asked again."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            async with rig.client() as client:
                job: dict[str, object] = (await client.get(f"/v1/import-jobs/{job_id}")).raise_for_status().json()
                return job
        except httpx2.HTTPError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.1)


async def started(rig: Rig, file: Path) -> str:
    async with rig.client() as client:
        digest = (await client.post("/v1/import-files", content=file_blocks(file))).json()["digest"]
        body = {"kind": "entities", "file_digest": digest}
        job: dict[str, str] = (await client.post("/v1/import-jobs", json=body)).raise_for_status().json()
    return job["id"]


async def settled(rig: Rig, job_id: str) -> dict[str, object]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        job = await asked(rig, job_id)
        if job["state"] not in ("queued", "validating"):
            return job
        await asyncio.sleep(0.1)
    raise TimeoutError(job_id)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_an_import_killed_at_ten_random_moments_takes_every_row_once(
    running: EmbeddedPlatform, tmp_path: Path
) -> None:
    """REL21: no valid row is missing or there twice, the totals add up, and it is one change set each time."""
    dice = random.Random(21)
    file, _, made = write_files(tmp_path, ROWS)
    owner = await asyncpg.connect(f"{running.admin_dsn.rpartition('/')[0]}/ssj_registry")
    rig = Rig(running, owner)
    await rig.set_up()
    began = time.monotonic()
    await settled(rig, await started(rig, file))
    takes = time.monotonic() - began
    killed_at_work = 0
    for _ in range(KILLS):
        await owner.execute("TRUNCATE entities, entities_past")
        job_id = await started(rig, file)
        await asyncio.sleep(dice.uniform(0, 0.7 * takes))
        await asyncio.to_thread(running.kill, "registry")
        killed_at_work += await owner.fetchval("SELECT count(*) FROM entities") == 0
        await asyncio.to_thread(running.wait_ready, "registry", PATIENCE)
        job = await settled(rig, job_id)
        counts = job["counts"]
        assert isinstance(counts, dict), job
        assert (counts["total"], counts["new"], counts["wrong"]) == (made.rows, made.new, made.wrong)
        stored = await owner.fetchrow(
            "SELECT count(*), count(DISTINCT uscc), count(DISTINCT change_set_id) FROM entities"
        )
        assert tuple(stored) == (made.new, made.new, 1)
    await owner.close()
    assert killed_at_work > KILLS // 2, "the kills came after the work: nothing was shown"
