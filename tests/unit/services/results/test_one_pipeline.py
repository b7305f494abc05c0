"""W13: whatever the channel, nothing becomes public past the state machine."""

from __future__ import annotations

import re
from pathlib import Path

import services.results

HERE = Path(services.results.__file__).parent
_WRITES_VERSION = re.compile(r"records\.save\([^)]*\), version\)")
_INSERTS = re.compile(r"INSERT INTO (result_versions|inspection_records)\b")


def sources() -> dict[str, str]:
    return {str(path.relative_to(HERE)): path.read_text("utf-8") for path in HERE.rglob("*.py")}


def test_public_versions_are_written_by_three_acts_alone() -> None:
    """R6, R7: each of them asks the record for its move first."""
    writers = {name for name, source in sources().items() if _WRITES_VERSION.search(source)}
    assert writers == {
        "usecases/publish_result.py",
        "usecases/correct_result.py",
        "usecases/withdraw_result.py",
    }


def test_no_statement_makes_a_record_that_is_already_recorded() -> None:
    """Records begin as duties to inspect, drawn or assigned; results come into them by recording alone."""
    found = {
        name: _INSERTS.findall(source)
        for name, source in sources().items()
        if _INSERTS.search(source) and "migrations" not in name
    }
    assert found == {
        "storage/records.py": ["result_versions"],
        "storage/visits.py": ["inspection_records"],
        "storage/undrawn.py": ["inspection_records"],
    }
