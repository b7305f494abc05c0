"""`python -m tests.bench [name]`: one benchmark, or all of them, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping

from tests.bench import chain, check, draw, gateway, import_rows, match, replay, search, xlsx_read, xlsx_write
from tests.bench.frame import Report, show

Run = Callable[[], Report]
BENCHES: Mapping[str, Run] = {
    "chain": chain.run_chain,
    "check": check.run_check,
    "check-batch": check.run_check_batch,
    "drain": chain.run_drain,
    "draw": draw.run,
    "gateway": gateway.run,
    "import": import_rows.run,
    "match": match.run,
    "replay": replay.run,
    "search": search.run,
    "xlsx-read": xlsx_read.run,
    "xlsx-write": xlsx_write.run,
}
"""Every benchmark by name, one line each."""


def main(arguments: list[str], benches: Mapping[str, Run] = BENCHES) -> int:
    """0: every must reached; 1: one missed; 2: no such benchmark."""
    match arguments:
        case []:
            return run_all(benches)
        case [name] if name in benches:
            report = benches[name]()
            show(report)
            return 0 if report.reached else 1
    print(f"benchmarks: {', '.join(benches)}", file=sys.stderr)
    return 2


def run_all(benches: Mapping[str, Run]) -> int:
    """Each in a fresh process, so that peak memory is its own."""
    code = 0
    for name in benches:
        print(f"{name}:", flush=True)
        code = max(code, subprocess.run([sys.executable, "-m", "tests.bench", name], check=False).returncode)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
