"""The supervisor: starts processes in order, waits until they are ready, restarts what crashes, stops in reverse order.

Usable from any thread. Nothing outlives it: every child gets a death signal from the kernel when the supervisor's
process is gone, however it went.
"""

import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from types import TracebackType
from typing import Final, Self

from deploy.embedded.child import Backoff, ProcessView
from deploy.embedded.errors import ProcessFailed
from deploy.embedded.keeper import Keeper
from deploy.embedded.logbook import LogBook
from deploy.embedded.process import ProcessSpec
from deploy.embedded.readiness import is_ready

FIRST_LOOK: Final = 0.02
LAST_LOOK: Final = 0.25
"""Waits between two looks grow from the one to the other (seconds): a slow start is not hammered with questions."""
LEAST_GRACE: Final = 2.0
"""Seconds every stage still gets to stop in when the deadline of the whole stop is used up."""


class Supervisor:
    """Keeps a set of named processes. Open it, or use it as a context manager; closing stops everything."""

    def __init__(self, log: LogBook, *, backoff: Backoff | None = None, hurry: threading.Event | None = None) -> None:
        """Setting `hurry` cuts every wait of a stop short: what does not obey at once is killed (a second Ctrl-C)."""
        self._log = log
        self._keeper = Keeper(log, backoff or Backoff())
        self._hurry = hurry or threading.Event()

    def __enter__(self) -> Self:
        self._keeper.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self.stop_all()
        finally:
            self._keeper.close()

    # Starting

    def start(self, specs: Sequence[ProcessSpec]) -> None:
        """Start the processes together and wait until each is ready; from then on they are restarted when they end.

        Raises `ProcessFailed` for the first that ends before it is ready, or is not ready in its time.
        """
        for spec in specs:
            self._keeper.launch(spec, kept=False)
        for spec in specs:
            self._await_first_ready(spec)

    def wait_ready(self, name: str, timeout: float | None = None) -> None:
        """Wait until a running or restarting process answers. Raises `ProcessFailed` after `timeout` seconds."""
        spec = self.spec(name)
        limit = spec.ready_timeout if timeout is None else timeout
        if not _wait_until(lambda: self.view(name).pid is not None and is_ready(spec), limit):
            raise ProcessFailed(name, f"{limit:.0f} 秒内未就绪", self._log.last_lines(name))

    def _await_first_ready(self, spec: ProcessSpec) -> None:
        def settled() -> bool:
            return self.view(spec.name).pid is None or is_ready(spec)

        in_time = _wait_until(settled, spec.ready_timeout)
        view = self.view(spec.name)
        if in_time and view.pid is not None:
            self._keeper.keep(spec.name, True)
            return
        reason = f"已退出，退出码 {view.exit_code}" if view.pid is None else f"{spec.ready_timeout:.0f} 秒内未就绪"
        raise ProcessFailed(spec.name, reason, self._log.last_lines(spec.name))

    # One process

    def view(self, name: str) -> ProcessView:
        """The state of one process; KeyError for an unknown name."""
        return self._keeper.view(name)

    def spec(self, name: str) -> ProcessSpec:
        """The spec a process was last started with; KeyError for an unknown name."""
        return {spec.name: spec for spec in self._keeper.specs()}[name]

    def names(self) -> list[str]:
        return [spec.name for spec in self._keeper.specs()]

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send any signal (SIGSTOP, SIGCONT …) to a process, if it runs."""
        self._keeper.signal(name, number)

    def kill(self, name: str, *, restart: bool = True) -> None:
        """SIGKILL and wait until it is gone; with `restart` the supervisor starts it again after its back-off."""
        self._keeper.keep(name, restart)
        before = self.view(name)
        self._keeper.signal(name, signal.SIGKILL, whole_group=True)
        _wait_until(lambda: self.view(name).pid != before.pid, 10.0)

    def stop(self, name: str) -> None:
        """Stop one process in its ordinary way; it stays down until `restart`."""
        self._stop_together([self.spec(name)], None)

    def restart(self, name: str, env: Mapping[str, str] | None = None) -> None:
        """Stop a process if it runs, start it (with `env` added to its environment) and wait until it is ready."""
        self.stop(name)
        spec = self.spec(name)
        self.start([replace(spec, env={**spec.env, **(env or {})})])

    # Everything

    def stop_all(self, deadline: float = 45.0) -> None:
        """Stop stage by stage, the last started first, the processes of one stage together, within `deadline` s."""
        end = time.monotonic() + deadline
        specs = sorted(self._keeper.specs(), key=lambda spec: spec.stage, reverse=True)
        for _, stage in groupby(specs, key=lambda spec: spec.stage):
            self._stop_together(list(stage), end)

    def _stop_together(self, specs: list[ProcessSpec], end: float | None) -> None:
        for spec in specs:
            self._keeper.keep(spec.name, False)
        for turn in range(max((len(spec.stop_signals) for spec in specs), default=0)):
            for spec in specs:
                self._ask_to_stop(spec, turn)
            grace = max(spec.stop_timeout for spec in specs)
            if end is not None:
                grace = max(min(grace, end - time.monotonic()), LEAST_GRACE)
            if self._wait_gone(specs, grace):
                return
        for spec in specs:
            self._keeper.signal(spec.name, signal.SIGKILL, whole_group=True)
        _wait_until(lambda: self._all_gone(specs), 10.0)

    def _ask_to_stop(self, spec: ProcessSpec, turn: int) -> None:
        if turn < len(spec.stop_signals):
            self._keeper.signal(spec.name, spec.stop_signals[turn])
            self._keeper.signal(spec.name, signal.SIGCONT)  # a paused process hears nothing

    def _wait_gone(self, specs: list[ProcessSpec], grace: float) -> bool:
        _wait_until(lambda: self._hurry.is_set() or self._all_gone(specs), grace)
        return self._all_gone(specs)

    def _all_gone(self, specs: list[ProcessSpec]) -> bool:
        return all(self.view(spec.name).pid is None for spec in specs)


def _wait_until(condition: Callable[[], bool], timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    pause = FIRST_LOOK
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 1.3, LAST_LOOK)
    return True
