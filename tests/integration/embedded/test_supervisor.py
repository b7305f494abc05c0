"""The supervisor: order, restarts, stopping, and that nothing outlives it."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded.child import Backoff
from deploy.embedded.errors import ProcessFailed
from deploy.embedded.logbook import LogBook
from deploy.embedded.process import Stage
from deploy.embedded.readiness import is_ready
from deploy.embedded.supervisor import Supervisor
from tests.integration.embedded.support import alive, demo_process, eventually


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(LogBook(tmp_path), backoff=Backoff(first=0.05, ceiling=0.2, stable_after=60)) as running:
        yield running


def test_processes_start_stage_by_stage_and_stop_the_other_way_round(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    with Supervisor(LogBook(tmp_path)) as supervisor:
        for name, stage in (("database", Stage.POSTGRES), ("service", Stage.SERVICES), ("gateway", Stage.GATEWAY)):
            supervisor.start([demo_process(name, stage, journal=str(journal))])
    assert journal.read_text("utf-8").splitlines() == [
        *(f"{name} started" for name in ("database", "service", "gateway")),
        *(f"{name} stopped" for name in ("gateway", "service", "database")),
    ]


def test_a_process_counts_as_started_when_it_answers(supervisor: Supervisor) -> None:
    slow = demo_process("slow", slow="0.5")
    began = time.monotonic()
    supervisor.start([slow])
    assert time.monotonic() - began >= 0.5
    assert is_ready(slow)


def test_a_process_that_dies_before_it_is_ready_is_reported_with_its_last_words(supervisor: Supervisor) -> None:
    with pytest.raises(ProcessFailed, match=r"broken 未能启动：已退出，退出码 3。最后的日志：(.|\n)*缺少设置，退出"):
        supervisor.start([demo_process("broken", dies="yes")])
    assert supervisor.view("broken").restarts == 0


def test_a_process_that_is_not_ready_in_time_is_reported(supervisor: Supervisor) -> None:
    with pytest.raises(ProcessFailed, match="未就绪"):
        supervisor.start([demo_process("late", slow="30", ready_timeout=0.3)])


def test_a_missing_program_is_reported(supervisor: Supervisor) -> None:
    spec = demo_process("absent")
    with pytest.raises(ProcessFailed, match="No such file"):
        supervisor.start([type(spec)(name="absent", argv=("/nowhere/program",), ready_url=spec.ready_url)])


def test_a_crashed_process_comes_back_by_itself_each_time_a_little_later(supervisor: Supervisor) -> None:
    spec = demo_process("worker")
    supervisor.start([spec])
    for crash in range(1, 4):
        pid = supervisor.view("worker").pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda n=crash: supervisor.view("worker").restarts == n)  # type: ignore[misc]
        supervisor.wait_ready("worker", 10)
    assert supervisor.view("worker").exit_code is None


def test_a_killed_process_stays_down_if_asked(supervisor: Supervisor) -> None:
    supervisor.start([demo_process("worker")])
    supervisor.kill("worker", restart=False)
    time.sleep(0.5)
    assert supervisor.view("worker").pid is None
    supervisor.restart("worker")
    assert supervisor.view("worker").pid is not None


def test_a_stopped_process_stays_down_and_returns_with_new_settings(supervisor: Supervisor) -> None:
    supervisor.start([demo_process("worker")])
    supervisor.stop("worker")
    assert supervisor.view("worker").pid is None
    assert supervisor.view("worker").exit_code == 0
    supervisor.restart("worker", {"CRASH_AT": "rel.after_send"})
    settings = Path(f"/proc/{supervisor.view('worker').pid}/environ").read_bytes().split(b"\0")
    assert b"CRASH_AT=rel.after_send" in settings


def test_a_process_that_ignores_the_request_is_killed_after_its_time(supervisor: Supervisor) -> None:
    supervisor.start([demo_process("stubborn", stubborn="yes", stop_timeout=0.3)])
    pid = supervisor.view("stubborn").pid or 0
    began = time.monotonic()
    supervisor.stop("stubborn")
    assert time.monotonic() - began >= 0.3
    assert supervisor.view("stubborn").exit_code == -signal.SIGKILL
    assert not alive(pid)


def test_a_second_request_does_not_wait_for_the_stubborn(tmp_path: Path) -> None:
    hurry = threading.Event()
    with Supervisor(LogBook(tmp_path), hurry=hurry) as supervisor:
        supervisor.start([demo_process("stubborn", stubborn="yes", stop_timeout=60)])
        hurry.set()
        began = time.monotonic()
    assert time.monotonic() - began < 10


def test_a_paused_process_can_still_be_stopped(supervisor: Supervisor) -> None:
    supervisor.start([demo_process("paused")])
    supervisor.signal("paused", signal.SIGSTOP)
    supervisor.stop("paused")
    assert supervisor.view("paused").exit_code == 0


def test_every_process_has_a_log_of_its_own(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start([demo_process("speaker")])
    assert eventually(lambda: (tmp_path / "speaker.log").exists())
    assert (tmp_path / "speaker.log").read_text("utf-8").startswith("演示进程启动")


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    log = LogBook(tmp_path / "absent")
    with Supervisor(log) as supervisor:
        supervisor.start([demo_process("speaker")])
        assert eventually(lambda: log.lost_lines > 0)
        assert supervisor.view("speaker").pid is not None
