"""The attack set of docs/security/attacks.md is what the tests are: each test named there exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
TABLE: Final = (ROOT / "docs" / "security" / "attacks.md").read_text("utf-8")
NAMED: Final = sorted(set(re.findall(r"(tests/[\w/]+\.py)::(\w+)", TABLE)))
ASKED_FOR: Final = (
    "JWT",
    "replay",
    "alteration",
    "smuggling",
    "mass assignment",
    "SSRF",
    "formulas",
    "zip slip",
    "bombs",
    "depth",
    "path tricks",
    "cursor",
    "404",
)
"""Issue 7, "Attack set"."""


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_named_test_is_there(path: str, name: str) -> None:
    assert name in functions_of(path)


@pytest.mark.parametrize("attack", ASKED_FOR)
def test_every_attack_has_its_line_and_its_test(attack: str) -> None:
    lines = [line for line in TABLE.splitlines() if line.startswith("|") and attack in line.split("|")[1]]
    assert lines
    assert all("::test_" in line for line in lines)
