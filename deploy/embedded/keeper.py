"""The one thread that owns every child: it alone starts, signals and reaps them, so nothing needs a lock.

It is one thread for the whole life of the supervisor because the kernel ties a child's death signal to the thread that
started it.
"""

import os
import queue
import selectors
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from deploy.embedded.child import Backoff, Child, ProcessView
from deploy.embedded.logbook import SUPERVISOR, LogBook
from deploy.embedded.process import ProcessSpec

IDLE: Final = 0.1
"""Longest time in seconds between two looks at the children; output or a command wakes the thread at once."""

Answer = TypeVar("Answer")


class Keeper:
    """Runs commands given from any thread, moves output to the log, reaps the dead and restarts the kept ones."""

    def __init__(self, log: LogBook, backoff: Backoff) -> None:
        self._log = log
        self._backoff = backoff
        self._children: dict[str, Child] = {}
        self._commands: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ssj-keeper", daemon=True)

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End the thread. The caller has stopped the children; any left die with the thread."""
        self._closing.set()
        os.write(self._wake_write, b"x")
        self._thread.join()
        self._selector.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    # Commands: called from any thread, carried out on the keeper's.

    def launch(self, spec: ProcessSpec, *, kept: bool) -> ProcessView:
        """Start a process. `kept`: start it again whenever it ends."""
        return self._call(lambda: self._launch_new(spec, kept))

    def keep(self, name: str, kept: bool) -> ProcessView:
        """Say whether the process is to be started again when it ends."""
        return self._call(lambda: self._set_kept(name, kept))

    def signal(self, name: str, number: signal.Signals, *, whole_group: bool = False) -> None:
        """Send a signal to a process, if it runs."""
        self._call(lambda: self._children[name].signal(number, whole_group=whole_group))

    def view(self, name: str) -> ProcessView:
        """The present state of one process. Raises KeyError for a name never launched."""
        return self._call(lambda: self._children[name].view())

    def specs(self) -> list[ProcessSpec]:
        """The specs of all processes ever launched and not replaced, running or not."""
        return self._call(lambda: [child.spec for child in self._children.values()])

    def _call(self, work: Callable[[], Answer]) -> Answer:
        if self._closing.is_set() or not self._thread.is_alive():
            raise RuntimeError("the supervisor is closed")
        future: Future[Answer] = Future()
        self._commands.put((future, work))
        os.write(self._wake_write, b"x")
        return future.result()

    # The keeper's thread.

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self._pump()
                self._obey()
                self._reap()
                self._relaunch_due()
        finally:
            self._closing.set()
            self._obey()

    def _pump(self) -> None:
        for key, _ in self._selector.select(self._time_to_next()):
            if key.data is None:
                os.read(self._wake_read, 4096)
            elif not key.data.read_output(key.fd):
                self._selector.unregister(key.fd)

    def _time_to_next(self) -> float:
        now = time.monotonic()
        due = [child.relaunch_at - now for child in self._children.values() if child.relaunch_at is not None]
        return max(0.0, min([IDLE, *due]))

    def _obey(self) -> None:
        while not self._commands.empty():
            future, work = self._commands.get_nowait()
            try:
                future.set_result(work())
            except Exception as error:  # handed to the thread that asked
                future.set_exception(error)

    def _reap(self) -> None:
        now = time.monotonic()
        for child in self._children.values():
            descriptor = child.output_descriptor()
            code = child.reap(now, self._backoff)
            if code is None:
                continue
            if descriptor is not None and descriptor in self._selector.get_map():
                self._selector.unregister(descriptor)
            wait = f"，{child.relaunch_at - now:.1f} 秒后重启" if child.relaunch_at is not None else ""
            self._log.write(SUPERVISOR, f"进程 {child.spec.name} 已结束（{_how_it_ended(code)}）{wait}")

    def _relaunch_due(self) -> None:
        now = time.monotonic()
        for child in self._children.values():
            if child.relaunch_at is not None and child.relaunch_at <= now and not self._closing.is_set():
                child.restarts += 1
                self._launch(child)
                self._log.write(SUPERVISOR, f"进程 {child.spec.name} 已重启（第 {child.restarts} 次）")

    def _launch_new(self, spec: ProcessSpec, kept: bool) -> ProcessView:
        old = self._children.get(spec.name)
        if old is not None and old.running:
            raise RuntimeError(f"process {spec.name} runs already")
        child = Child(spec, self._log.write)
        child.kept = kept
        child.restarts = old.restarts if old else 0
        self._children[spec.name] = child
        self._launch(child)
        return child.view()

    def _launch(self, child: Child) -> None:
        try:
            descriptor = child.launch(time.monotonic())
        except OSError as error:  # no memory or no process number for now: as good as a process that ended at once
            self._log.write(SUPERVISOR, f"进程 {child.spec.name} 无法创建：{error.strerror}")
            child.failures += 1
            child.relaunch_at = time.monotonic() + self._backoff.delay(child.failures) if child.kept else None
            return
        self._selector.register(descriptor, selectors.EVENT_READ, child)

    def _set_kept(self, name: str, kept: bool) -> ProcessView:
        child = self._children[name]
        child.kept = kept
        if not kept:
            child.relaunch_at = None
        elif not child.running:
            child.relaunch_at = child.relaunch_at or time.monotonic()
        return child.view()


def _how_it_ended(exit_code: int) -> str:
    return f"信号 {signal.Signals(-exit_code).name}" if exit_code < 0 else f"退出码 {exit_code}"
