"""What stops a start: one clear sentence and an exit code of its own."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded.attach import attach
from deploy.embedded.errors import (
    BinaryMissing,
    BrokerUnreachable,
    DatabaseUnreachable,
    DataFolderUnusable,
    DiskFull,
    EmbeddedError,
    PlatformAlreadyRunning,
    PortInUse,
    UnknownService,
)
from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import embedded_platform
from deploy.embedded.ports import free_port
from tests.integration.embedded.support import open_folder, project_environment


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


def refused(folder: Path, options: PlatformOptions | None = None) -> EmbeddedError:
    """The error a start on the folder ends in."""
    with pytest.raises(EmbeddedError) as caught, embedded_platform(folder, [], fast=True, options=options):
        raise AssertionError("it started")
    return caught.value


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", free_port()))
        holder.listen(1)
        yield int(holder.getsockname()[1])


def run_up(folder: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "deploy.embedded", "up", "--data", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, env=project_environment(), timeout=60)
    return done.returncode, done.stdout.decode()


def test_a_port_in_use_is_named(folder: Path, busy_port: int) -> None:
    for options in (PlatformOptions(postgres_port=busy_port), PlatformOptions(nats_port=busy_port)):
        error = refused(folder, options)
        assert isinstance(error, PortInUse)
        assert str(busy_port) in str(error)


def test_the_gateways_port_is_looked_at_before_anything_starts(folder: Path, busy_port: int) -> None:
    options = PlatformOptions(data_dir=folder, services=(), gateway_port=busy_port)
    with pytest.raises(PortInUse, match=f"{busy_port}（网关）"), embedded_platform(options=options):
        raise AssertionError("it started")
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_named_before_anything_is_written(folder: Path) -> None:
    error = refused(folder, PlatformOptions(needed_bytes=2**60))
    assert isinstance(error, DiskFull)
    assert list(folder.iterdir()) == []


def test_a_folder_of_another_version_is_left_alone(folder: Path) -> None:
    (folder / "VERSION").write_text(json.dumps({"layout": 99}))
    error = refused(folder)
    assert isinstance(error, DataFolderUnusable)
    assert "版本 99" in str(error)
    assert [entry.name for entry in folder.iterdir()] == ["VERSION"]


def test_a_folder_of_somebody_else_is_left_alone(folder: Path) -> None:
    (folder / "照片.jpg").touch()
    assert isinstance(refused(folder), DataFolderUnusable)
    assert [entry.name for entry in folder.iterdir()] == ["照片.jpg"]


def test_a_store_of_another_postgresql_is_left_alone(folder: Path) -> None:
    with embedded_platform(folder, [], fast=True):
        pass
    (folder / "postgres" / "PG_VERSION").write_text("9\n")
    assert "由 PostgreSQL 9 写成" in str(refused(folder))


def test_a_missing_program_is_named(folder: Path) -> None:
    error = refused(folder, PlatformOptions(pgbin=folder))
    assert isinstance(error, BinaryMissing)
    assert "postgres" in str(error)


def test_a_second_platform_on_the_same_folder_is_refused_and_the_first_goes_on(folder: Path) -> None:
    with embedded_platform(folder, [], fast=True) as first:
        assert isinstance(refused(folder), PlatformAlreadyRunning)
        assert first.pid("postgres") is not None
        assert attach(folder).admin_dsn == first.admin_dsn
        assert attach(folder).nats_admin_url == first.nats_admin_url
    with pytest.raises(DataFolderUnusable):
        attach(folder)


def test_the_pid_file_of_a_dead_platform_is_in_nobodys_way(folder: Path) -> None:
    with embedded_platform(folder, [], fast=True):
        pass
    (folder / "ssj.pid").write_text("1\n")  # a number that lives, but is no platform
    with embedded_platform(folder, [], fast=True) as platform:
        assert platform.pid("nats") is not None


def test_an_unknown_service_is_refused_with_the_names_that_exist(folder: Path) -> None:
    with pytest.raises(UnknownService, match="registry"), embedded_platform(folder, ["credits"]):
        raise AssertionError("it started")


def test_servers_given_from_outside_must_answer(folder: Path) -> None:
    nobody = f"postgresql://postgres:x@127.0.0.1:{free_port()}/postgres"
    assert isinstance(refused(folder, PlatformOptions(postgres_dsn=nobody)), DatabaseUnreachable)
    silent = f"nats://admin:x@127.0.0.1:{free_port()}"
    assert isinstance(refused(folder, PlatformOptions(nats_url=silent)), BrokerUnreachable)


def test_the_command_says_one_sentence_and_exits_with_the_errors_code(folder: Path) -> None:
    (folder / "VERSION").write_text(json.dumps({"layout": 99}))
    code, output = run_up(folder, "--services", "", "--no-gateway")
    assert code == DataFolderUnusable.exit_code
    assert output.startswith("✗ ")
    assert output.count("\n") == 1


def test_no_two_errors_share_an_exit_code() -> None:
    kinds = EmbeddedError.__subclasses__()
    assert len({kind.exit_code for kind in kinds}) == len({kind.code for kind in kinds}) == len(kinds)


def test_a_platform_on_servers_from_outside_leaves_them_running(folder: Path) -> None:
    with embedded_platform(None, [], fast=True) as outside:
        options = PlatformOptions(postgres_dsn=outside.admin_dsn, nats_url=outside.nats_admin_url)
        with embedded_platform(folder, [], options=options) as guest:
            assert guest.supervisor.names() == []
            assert guest.site.nats_login("credit") == ("admin", outside.site.credentials["nats_admin"])
        assert outside.pid("postgres") is not None
        assert outside.pid("nats") is not None


def test_a_temporary_folder_without_room_is_refused_and_removed(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with pytest.raises(DiskFull), embedded_platform(None, [], options=PlatformOptions(needed_bytes=2**60)):
        raise AssertionError("it started")
    assert list(folder.iterdir()) == []
