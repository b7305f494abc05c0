"""Runs the JavaScript verifier under node, for tests that need its outcome (D2, B4)."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests" / "vectors" / "draw"
CLI = ROOT / "verifier" / "verify.mjs"
CORE = ROOT / "verifier" / "ssj-verify.js"
NODE = shutil.which("node")

needs_node = pytest.mark.skipif(NODE is None, reason="node is not on this machine: the JavaScript verifier cannot run")

Record = dict[str, Any]


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert NODE is not None
    return subprocess.run(
        [NODE, *arguments], capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )


def evaluate(expression: str) -> Any:
    """JSON value of an expression over the verifier's modules `ssj`."""
    script = f"const ssj = require({json.dumps(str(CORE))}).internals; console.log(JSON.stringify({expression}))"
    run = node("-e", script)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def vector(name: str) -> Record:
    record: Record = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return record


def verify(record: Record | str, folder: Path) -> tuple[str, str]:
    """First word printed for a record, and the explanation on standard error."""
    file = folder / "record.json"
    text = record if isinstance(record, str) else json.dumps(record, ensure_ascii=False)
    file.write_text(text, encoding="utf-8")
    run = node(str(CLI), str(file))
    assert run.returncode == (0 if run.stdout.startswith("OK ") else 1)
    return run.stdout.split()[0], run.stderr


def flip(text: str) -> str:
    """The last hex digit with its lowest bit flipped."""
    return text[:-1] + format(int(text[-1], 16) ^ 1, "x")
