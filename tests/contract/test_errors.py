"""The error catalogue is what the code says, and a code has one meaning (`conventions.md` 4.3)."""

from __future__ import annotations

import re
from collections import Counter

from cli.errors import PAGE, TITLES, entries, error_catalogue
from tests.contract.examples import EVERYWHERE, operations

BY_THE_DOOR = {"405", "412", "413", "428", "429", "500", "502", "504"}
"""Answers of HTTP's own manners and of the gateway, which no single operation declares for itself."""
ENTRIES = entries()


def test_the_catalogue_is_as_committed() -> None:
    assert PAGE.read_text("utf-8") == error_catalogue(), "run `make snapshots` and review the change"


def test_a_code_has_one_meaning_and_names_its_service() -> None:
    codes = Counter(entry.code for entry in ENTRIES)
    assert [code for code, times in codes.items() if times > 1] == []
    pattern = re.compile(rf"^({'|'.join(TITLES)})\.[a-z][a-z0-9_]*$")
    assert [code for code in codes if not pattern.match(code)] == []


def test_every_message_is_chinese_and_shows_no_machinery() -> None:
    wrong = [
        entry.code
        for entry in ENTRIES
        if not re.search(r"[\u4e00-\u9fff]", entry.message) or re.search(r"/[a-z]+/|SELECT|Traceback", entry.message)
    ]
    assert wrong == []


def test_every_status_is_declared() -> None:
    declared = {status for operation in operations() for status in operation.facts["responses"]}
    assert declared >= EVERYWHERE
    assert sorted({str(entry.status) for entry in ENTRIES} - declared - BY_THE_DOOR) == []
