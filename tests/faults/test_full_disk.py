"""A full disk under the broker: nothing acknowledged is lost, the API goes on, and the runbook's one step heals it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from deploy import topology
from deploy.embedded.layout import open_data_folder
from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from deploy.embedded.servers import temporary_data_folder
from shared.runtime.files import FileStore
from shared.values.ids import new_id
from tests.faults.scene import Scene, until_true

SIZE_MB = 24
LEFT_BYTES = 16 * 1024


def _mount(folder: Path) -> str | None:
    """Why no small disk can be made here; None when it was mounted."""
    argv = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=10)
    except FileNotFoundError:
        return "no mount command"
    return None if done.returncode == 0 else done.stderr.strip()


@pytest.fixture
def small_disk() -> Iterator[EmbeddedPlatform]:
    """A platform whose broker keeps its store on a disk of its own."""
    root = temporary_data_folder(True)
    data = open_data_folder(root, 0)
    reason = _mount(data.nats)
    if reason is not None:
        shutil.rmtree(root)
        pytest.skip(f"no small disk can be mounted here: {reason}")
    try:
        options = PlatformOptions(stream_max_bytes=64 * topology.MIB)
        with embedded_platform(root, topology.SERVICES, fast=True, options=options) as running:
            yield running
    finally:
        subprocess.run(["umount", str(data.nats)], check=True, timeout=10)
        shutil.rmtree(root)


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


async def eight_blocks() -> AsyncIterator[bytes]:
    for _ in range(8):
        yield b"x" * 65536


def fill(folder: Path) -> Path:
    """Leaves a few pages free: a disk is full when the next write fails, not when nothing fits."""
    ballast = folder / "ballast"
    with ballast.open("wb") as out:
        while (free := shutil.disk_usage(folder).free) > LEFT_BYTES:
            out.write(b"\0" * min(free - LEFT_BYTES // 2, 1 << 20))
            out.flush()
    return ballast


@pytest.mark.slow
async def test_with_the_brokers_disk_full_publication_answers_and_all_arrives_after_the_runbook(
    small_disk: EmbeddedPlatform, seed: int, tmp_path: Path
) -> None:
    """REL16, REL4: events wait in their log and say so; space, then a restart of the broker (as documented)."""
    scene = Scene(small_disk, seed, f"d{str(new_id())[-12:]}", tmp_path)
    try:
        before, meanwhile = await scene.approved(4), await scene.approved(400)
        await scene.publish_all(before)
        await scene.settled()
        ballast = fill(small_disk.data.nats)
        answers = await scene.publish_all(meanwhile)

        async def waits() -> bool:
            return await scene.metric("results", 'ssj_outbox_pending{service="results"}') > 0

        await until_true(waits, 30, "the relay does not say that events wait")
        assert {(answer.status, answer.attempts) for answer in answers} == {(200, 1)}
        await scene.hands(small_disk.stop_process, "nats")
        ballast.unlink()
        await scene.hands(small_disk.start_process, "nats")
        took = await scene.settled(60)
        print(f"disk full: {len(meanwhile)} published meanwhile, settled {took:.1f} s after the restart")
        await scene.assert_each_published_once()
    finally:
        await scene.close()


@pytest.mark.slow
async def test_a_full_disk_under_files_refuses_and_leaves_no_half_file(tmp_path: Path) -> None:
    """REL16, REL38: a file appears whole under its digest or not at all; with space again the same file is taken."""
    reason = _mount(tmp_path)
    if reason is not None:
        pytest.skip(f"no small disk can be mounted here: {reason}")
    try:
        store = FileStore(tmp_path)
        ballast = fill(tmp_path)

        with pytest.raises(OSError, match="No space left"):
            await store.put(eight_blocks(), 1 << 30)
        assert files_below(tmp_path) == {ballast}
        ballast.unlink()
        stored = await store.put(eight_blocks(), 1 << 30)
        assert store.path(stored.digest).stat().st_size == stored.size == 8 * 65536
    finally:
        await asyncio.to_thread(subprocess.run, ["umount", str(tmp_path)], check=True, timeout=10)
