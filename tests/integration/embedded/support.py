"""What the tests of the embedded platform share: a demo child, and looking at processes."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

from deploy.embedded.environment import postgres_binaries_override
from deploy.embedded.ports import free_port
from deploy.embedded.process import PROJECT_ROOT, ProcessSpec, Stage

DEMO = Path(__file__).with_name("demo_server.py")


def demo_process(
    name: str, stage: Stage = Stage.EXTRA, *, stop_timeout: float = 5.0, ready_timeout: float = 20.0, **wishes: str
) -> ProcessSpec:
    """A spec of the demo child on a free port; `wishes`: journal=file, dies, stubborn, slow=seconds."""
    port = free_port()
    argument = json.dumps({"port": port, "name": name, **wishes})
    return ProcessSpec(
        name=name,
        argv=(sys.executable, "-S", str(DEMO), argument),
        ready_url=f"http://127.0.0.1:{port}/health/ready",
        stage=stage,
        stop_timeout=stop_timeout,
        ready_timeout=ready_timeout,
    )


@contextmanager
def open_folder(parent: Path | None = None, mode: int = 0o711) -> Iterator[Path]:
    """A temporary folder of a chosen mode. pytest's own are closed to the user PostgreSQL runs as under root."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="ssj-test-", dir=parent or (memory if memory.is_dir() else None)))
    folder.chmod(mode)
    try:
        yield folder
    finally:
        rmtree(folder)


def alive(pid: int) -> bool:
    """Whether a process still runs. One that only waits to be reaped does not: who adopts orphans may take seconds."""
    return _state_and_parent(pid)[0] not in ("", "Z", "X")


def descendants(pid: int) -> list[int]:
    """All living processes below `pid`."""
    parents = {int(entry.name): _state_and_parent(int(entry.name))[1] for entry in Path("/proc").glob("[0-9]*")}
    found: list[int] = []
    level = [pid]
    while level:
        level = [child for child, parent in parents.items() if parent in level]
        found += level
    return [child for child in found if alive(child)]


def _state_and_parent(pid: int) -> tuple[str, int]:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return "", 0
    return fields[0], int(fields[1])


def eventually(condition: Callable[[], bool], within: float = 10.0) -> bool:
    """Whether the condition comes true in time (seconds)."""
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def project_environment() -> dict[str, str]:
    """The environment for a script of this folder run as a process of its own; it uses the same PostgreSQL."""
    chosen = postgres_binaries_override()
    own = {"PGBIN": str(chosen)} if chosen else {}
    return {"PATH": os.defpath, "PYTHONPATH": str(PROJECT_ROOT), "LANG": "C.UTF-8", **own}
