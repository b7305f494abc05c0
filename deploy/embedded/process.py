"""A process to supervise, as data, and the way it is started."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Final

from deploy.embedded.environment import child_environment

PROJECT_ROOT: Final = Path(__file__).resolve().parents[2]
TRAMPOLINE: Final = Path(__file__).with_name("launch.py")


class Stage(IntEnum):
    """Order of starting; stopping goes the other way round."""

    POSTGRES = 0
    NATS = 1
    SERVICES = 2
    GATEWAY = 3
    EXTRA = 4


@dataclass(frozen=True)
class RunAs:
    """The unprivileged user a child runs as; only root may ask for one."""

    uid: int
    gid: int


@dataclass(frozen=True)
class ProcessSpec:
    """One process to supervise.

    `argv[0]` is an absolute path. Ready means `ready_url` answers 200 or `ready_check()` is true (with neither, at
    once). `stop_signals` are sent in turn, each with `stop_timeout` seconds to obey, then SIGKILL. `death_signal` is
    what the kernel sends when the supervisor dies. Times are seconds.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None
    ready_check: Callable[[], bool] | None = None
    stage: Stage = Stage.EXTRA
    user: RunAs | None = None
    cwd: Path = PROJECT_ROOT
    stop_signals: tuple[signal.Signals, ...] = (signal.SIGTERM,)
    stop_timeout: float = 25.0
    death_signal: signal.Signals = signal.SIGKILL
    ready_timeout: float = 60.0


def trampoline_command(argv: tuple[str, ...], user: RunAs | None, death_signal: signal.Signals) -> list[str]:
    """The command line that starts `argv` bound to this process's life, as `user`."""
    uid, gid = (user.uid, user.gid) if user else (-1, -1)
    who = [str(os.getpid()), str(int(death_signal)), str(uid), str(gid)]
    return [sys.executable, "-I", "-S", str(TRAMPOLINE), *who, *argv]


def spawn(spec: ProcessSpec) -> subprocess.Popen[bytes]:
    """Start the process as a direct child, output into one pipe.

    In a session of its own: Ctrl-C at the terminal reaches the supervisor alone, which then stops things in order. The
    kernel ties the child to the *thread* that called this, so that thread must live as long as the supervisor.
    """
    return subprocess.Popen(
        trampoline_command(spec.argv, spec.user, spec.death_signal),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=child_environment(spec.env),
        cwd=spec.cwd,
        start_new_session=True,
    )


def run_once(
    argv: tuple[str, ...], env: Mapping[str, str], user: RunAs | None = None, cwd: Path = PROJECT_ROOT
) -> tuple[int, str]:
    """Run a short program to its end, bound to this process's life; returns (exit code, its output)."""
    done = subprocess.run(
        trampoline_command(argv, user, signal.SIGKILL),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=child_environment(env),
        cwd=cwd,
        start_new_session=True,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8", "replace")
