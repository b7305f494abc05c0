"""The phases behind `make check` and `make test`: each shown while it runs, with the time it took."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass

from rich.console import Console

_PYTHON = sys.executable
_OUT = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Phase:
    """One command of a check."""

    name: str
    argv: tuple[str, ...]


def _module(name: str, *argv: str) -> tuple[str, ...]:
    return (_PYTHON, "-m", name, *argv)


PURE = ("tests/unit", "tests/architecture")
"""The tests that start no process and need no server."""

CHECK = (
    Phase("格式", _module("ruff", "format", "--check", "--quiet", ".")),
    Phase("规范", _module("ruff", "check", "--quiet", ".")),
    Phase("类型", _module("mypy", "--no-error-summary", "shared", "services", "gateway", "deploy", "demo", "cli")),
    Phase("依赖方向", (_PYTHON, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache")),
    # These share nothing and take every core; those on real servers share one platform and stay in one process.
    Phase("单元与架构测试", _module("pytest", "-q", "-m", "not slow", "-n", "auto", "--dist", "worksteal", *PURE)),
)
TEST = (
    *CHECK,
    Phase(
        "其余测试",
        _module("pytest", "-m", "not slow", "--durations=10", "tests", *(f"--ignore={folder}" for folder in PURE)),
    ),
)


def run(phases: tuple[Phase, ...]) -> int:
    """Runs the phases in order; stops at the first that fails and returns its exit code."""
    started = time.monotonic()
    for place, phase in enumerate(phases, start=1):
        _OUT.print(f"[bold][{place}/{len(phases)}] {phase.name}[/] …", markup=True)
        begun = time.monotonic()
        code = subprocess.run(phase.argv, check=False).returncode  # noqa: S603 - our own argv
        took = time.monotonic() - begun
        if code:
            _OUT.print(f"    [red]未通过[/]（{took:.1f} 秒）")
            return code
        _OUT.print(f"    通过（{took:.1f} 秒）")
    _OUT.print(f"全部通过，共 {time.monotonic() - started:.1f} 秒")
    return 0


if __name__ == "__main__":
    sys.exit(run({"check": CHECK, "test": TEST}[sys.argv[1]]))
