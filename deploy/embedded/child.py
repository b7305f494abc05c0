"""One child of the supervisor: its process, its output, its restarts. Touched by the keeper's thread alone."""

import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from deploy.embedded.process import ProcessSpec, spawn

READ_SIZE: Final = 65_536
LONGEST_LINE: Final = 65_536


@dataclass(frozen=True)
class Backoff:
    """Seconds to wait before a restart: doubling from `first` to `ceiling`; `stable_after` alive starts afresh."""

    first: float = 0.1
    ceiling: float = 10.0
    stable_after: float = 10.0

    def delay(self, failures: int) -> float:
        """The wait after `failures` ends in a row without a stable life between (1 or more)."""
        return float(min(self.first * 2 ** min(failures - 1, 16), self.ceiling))


@dataclass(frozen=True)
class ProcessView:
    """What anybody may know of a child: `pid` is None while it does not run; `restarts` counts the supervisor's own."""

    name: str
    pid: int | None
    restarts: int
    exit_code: int | None


class Child:
    """A spec and its present process. `kept` means the supervisor starts it again when it ends."""

    def __init__(self, spec: ProcessSpec, emit: Callable[[str, str], None]) -> None:
        self.spec = spec
        self.kept = False
        self.failures = 0
        self.restarts = 0
        self.relaunch_at: float | None = None
        self._emit = emit
        self._started_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._exit_code: int | None = None
        self._partial = b""

    @property
    def running(self) -> bool:
        return self._process is not None

    def view(self) -> ProcessView:
        pid = self._process.pid if self._process else None
        return ProcessView(self.spec.name, pid, self.restarts, self._exit_code)

    def launch(self, now: float) -> int:
        """Start the process; returns the descriptor its output is read from."""
        self._process = spawn(self.spec)
        self._started_at = now
        self.relaunch_at = None
        self._exit_code = None
        output = self._process.stdout
        if output is None:  # spawn() always asks for a pipe
            raise RuntimeError("child without output pipe")
        os.set_blocking(output.fileno(), False)
        return output.fileno()

    def signal(self, number: signal.Signals, *, whole_group: bool = False) -> None:
        """Send a signal if the process still runs; it is unreaped until then, so its number cannot be another's."""
        if self._process is None:
            return
        if whole_group:
            os.killpg(self._process.pid, number)
        else:
            os.kill(self._process.pid, number)

    def read_output(self, descriptor: int) -> bool:
        """Pass on the lines that have arrived; False at the end of the output."""
        while True:
            try:
                data = os.read(descriptor, READ_SIZE)
            except BlockingIOError:
                return True
            if not data:
                return False
            self._take(data)

    def reap(self, now: float, backoff: Backoff) -> int | None:
        """If the process has ended: close it, plan the restart of a kept one, return its exit code (−N: signal N)."""
        if self._process is None or self._process.poll() is None:
            return None
        process, self._process = self._process, None
        if process.stdout is not None:
            self.read_output(process.stdout.fileno())
            process.stdout.close()
        self._flush()
        self._exit_code = process.returncode
        if self.kept:
            lived_long = now - self._started_at >= backoff.stable_after
            self.failures = 1 if lived_long else self.failures + 1
            self.relaunch_at = now + backoff.delay(self.failures)
        return self._exit_code

    def output_descriptor(self) -> int | None:
        return self._process.stdout.fileno() if self._process and self._process.stdout else None

    def _take(self, data: bytes) -> None:
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            self._emit(self.spec.name, line.decode("utf-8", "replace").rstrip("\r"))
        if len(self._partial) > LONGEST_LINE:
            self._flush()

    def _flush(self) -> None:
        if self._partial:
            self._emit(self.spec.name, self._partial.decode("utf-8", "replace"))
            self._partial = b""
