"""PostgreSQL and NATS as children: durable over kills, gone with the platform."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import embedded_platform
from deploy.embedded.postgres import answers
from deploy.embedded.provision_nats import connect
from tests.integration.embedded.support import (
    alive,
    demo_process,
    descendants,
    eventually,
    open_folder,
    project_environment,
)


async def test_a_killed_database_and_a_killed_bus_come_back_with_everything_acknowledged() -> None:
    with open_folder() as folder, embedded_platform(folder, []) as platform:  # with fsync
        dsn = platform.database_url("credit", "owner")
        before = await asyncpg.connect(dsn)
        await before.execute("CREATE TABLE facts (id int)")
        await before.execute("INSERT INTO facts VALUES (1)")
        client = await connect(platform.nats_admin_url)
        ack = await client.jetstream().publish("credit.probe.made.v1", b"kept")
        await client.close()
        for name in ("postgres", "nats"):
            old = platform.pid(name)
            platform.kill(name)
            platform.wait_ready(name, 15)
            assert platform.pid(name) != old
            assert platform.restarts(name) == 1
        before.terminate()
        after = await asyncpg.connect(dsn)
        assert await after.fetchval("SELECT count(*) FROM facts") == 1
        assert await after.fetchval("SHOW fsync") == "on"
        await after.close()
        client = await connect(platform.nats_admin_url)
        kept = await client.jetstream().get_msg("CREDIT", seq=ack.seq)
        assert kept.data == b"kept"
        await client.close()


async def test_a_stopped_database_stays_down_until_it_is_started() -> None:
    async with embedded_platform(None, [], fast=True) as platform:
        port = int(str(platform.addresses()["postgres"]).rpartition(":")[2])
        platform.stop_process("postgres")
        assert not answers("127.0.0.1", port)
        assert any("database system is shut down" in line for line in platform.log_lines("postgres"))
        platform.start_process("postgres")
        assert answers("127.0.0.1", port)


def test_a_second_start_finds_data_keys_and_passwords_as_they_were() -> None:
    with open_folder() as folder:
        found = []
        for _ in range(2):
            with embedded_platform(folder, [], fast=True) as platform:
                keys = {path.name: path.read_bytes() for path in platform.data.private_keys.iterdir()}
                found.append((platform.site.credentials.passwords, keys))
        assert found[0] == found[1]
        assert not platform.data.pid_file.exists()


def test_a_temporary_platform_leaves_no_process_and_no_folder() -> None:
    options = PlatformOptions(extra=(demo_process("demo"),))
    with embedded_platform(None, [], fast=True, options=options) as platform:
        pids = [platform.pid(name) or 0 for name in ("postgres", "nats", "demo")]
        folder = platform.data.root
        assert all(alive(pid) for pid in pids)
    assert not any(alive(pid) for pid in pids)
    assert not folder.exists()


@contextmanager
def platform_process(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, int]]]:
    script = Path(__file__).with_name("run_platform.py")
    process = subprocess.Popen(
        [sys.executable, str(script), str(folder)], stdout=subprocess.PIPE, env=project_environment()
    )
    assert process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_nothing_survives_the_killing_of_the_supervisor_and_the_next_start_works() -> None:
    with open_folder() as folder:
        with platform_process(folder) as (process, report):
            family = descendants(report["self"])
            assert {report["postgres"], report["nats"], report["demo"]} <= set(family)
            assert len(family) > 3, "PostgreSQL's own children belong to the family"
            process.kill()
            process.wait()
            assert eventually(lambda: not any(alive(pid) for pid in family), within=10)
        assert (folder / "ssj.pid").exists(), "a killed platform leaves its PID file"
        with embedded_platform(folder, [], fast=True) as platform:
            assert (folder / "ssj.pid").read_text("ascii").strip() == str(os.getpid())
            assert platform.pid("postgres") is not None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_whole_platform_in_order(number: signal.Signals) -> None:
    """Sent to the whole process group, as a terminal sends Ctrl-C: the children must not take it for theirs."""
    arguments = [sys.executable, "-m", "deploy.embedded", "up", "--services", "", "--no-gateway"]
    with open_folder() as folder:
        process = subprocess.Popen(
            [*arguments, "--data", str(folder)],
            stdout=subprocess.PIPE,
            env=project_environment(),
            start_new_session=True,
        )
        assert process.stdout is not None
        assert eventually(lambda: (folder / "platform.json").exists(), 30)
        family = descendants(process.pid)
        os.killpg(process.pid, number)
        output = process.stdout.read().decode()
        process.stdout.close()
        assert process.wait(30) == 0
        assert output.index("进程 nats 已结束（退出码 0）") < output.index("进程 postgres 已结束（退出码 0）")
        assert "重启" not in output
        assert not any(alive(pid) for pid in family)
        assert not (folder / "ssj.pid").exists()


def test_the_command_down_stops_the_platform_on_a_folder() -> None:
    with open_folder() as folder, platform_process(folder) as (process, report):
        command = [sys.executable, "-m", "deploy.embedded", "down", "--data", str(folder)]
        done = subprocess.run(command, env=project_environment(), capture_output=True, timeout=60, check=True)
        assert "平台已停止" in done.stdout.decode()
        assert not alive(report["postgres"])
        process.wait(10)
