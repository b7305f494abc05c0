"""What the tests of the stand-alone verifier share: the vectors, and one file verified in-process."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from verifier import verify as v

FOLDER = Path(__file__).parents[2] / "vectors" / "draw"


@pytest.fixture
def vector() -> Callable[[str], Any]:
    """A fresh copy of a vector by its name."""
    return lambda name: json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def verify(tmp_path: Path) -> Callable[[Any], str]:
    """OK, or the name of the refusal. Any other exception fails the test."""

    def run(doc: Any) -> str:
        path = tmp_path / "record.json"
        path.write_text(json.dumps(doc), encoding="utf-8")
        try:
            verification = v.Verification(v.load_record(path))
        except v.Refusal as refusal:
            return refusal.code
        verification.run()
        return "OK" if verification.outcome is None else verification.outcome.code

    return run


@pytest.fixture
def put() -> Callable[[Any, tuple[str | int, ...], Any], Any]:
    """A copy of a JSON value with another value at one place."""

    def run(doc: Any, at: tuple[str | int, ...], value: Any) -> Any:
        changed = copy.deepcopy(doc)
        parent = changed
        for key in at[:-1]:
            parent = parent[key]
        parent[at[-1]] = value
        return changed

    return run
