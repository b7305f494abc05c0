"""What may stand in a beacon file, and which file a draw may take its value from (D2)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.draw.domain.beacon_files import (
    LARGEST,
    BeaconFile,
    BeaconFileBad,
    BeaconFileMissing,
    BeaconFilesDisagree,
    BeaconReading,
    BeaconSeenTooEarly,
    choose,
    read_beacon_file,
)
from services.draw.domain.commitment import Beacon
from services.draw.domain.pattern import parse_pattern
from services.draw.domain.protocol_time import protocol_time
from shared.values.ids import new_id

GOOD = {"format": "ssj-beacon/1", "ref": "快乐8 第2026310期", "value": "03,07,11", "source": "中国福彩网 21:35"}
BORN = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
BEACON = Beacon("快乐8", GOOD["ref"], protocol_time(BORN), parse_pattern("[0-9][0-9](,[0-9][0-9]){2}"))


def content(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}, ensure_ascii=False).encode()


def a_file(minutes: int = 1, value: str = "03,07,11", name: str = "kl8.json") -> BeaconFile:
    reading = BeaconReading(GOOD["ref"], value, GOOD["source"])
    return BeaconFile(new_id(), name, "ab" * 32, BORN + timedelta(minutes=minutes), reading)


def test_a_good_file_is_read_word_for_word() -> None:
    assert read_beacon_file(content()) == BeaconReading(GOOD["ref"], "03,07,11", GOOD["source"])


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\xff", "draw.beacon_file_not_text"),
        (b"[]", "draw.beacon_file_not_text"),
        (content()[:-5], "draw.beacon_file_not_text"),
        (b'{"format": "ssj-beacon/1", "format": "ssj-beacon/1"}', "draw.beacon_file_not_text"),
        (content(extra="x"), "draw.beacon_file_members"),
        (content(value=7), "draw.beacon_file_members"),
        (content(value=""), "draw.beacon_file_members"),
        (content(value="03\n07"), "draw.beacon_file_members"),
        (content(ref="长" * 2001), "draw.beacon_file_members"),
        (content(format="ssj-beacon/2"), "draw.beacon_file_format"),
        (b" " * (LARGEST + 1), "draw.beacon_file_too_large"),
    ],
)
def test_a_bad_file_is_refused_by_a_code_of_its_own(raw: bytes, code: str) -> None:
    with pytest.raises(BeaconFileBad) as refused:
        read_beacon_file(raw)
    assert refused.value.code == code


def test_the_first_file_of_the_issue_is_taken_and_named_in_the_provenance() -> None:
    first, second = a_file(1), a_file(5, name="kl8-again.json")
    bad = BeaconFile(new_id(), "bad.json", "cd" * 32, BORN, None, "draw.beacon_file_format", "…")
    other = replace(first, reading=BeaconReading("快乐8 第2026311期", "99,99,99", "…"))
    assert choose(BEACON, [second, bad, other, first]) == first
    assert first.provenance() == (
        f"文件 kl8.json，SHA-256 {'ab' * 32}，见到于 2026-11-24T21:31:00+08:00；来源：中国福彩网 21:35"
    )


def test_nobody_chooses_between_files_that_disagree() -> None:
    with pytest.raises(BeaconFilesDisagree, match=r"kl8\.json、other\.json"):
        choose(BEACON, [a_file(1), a_file(2, "01,02,03", "other.json")])


def test_a_value_seen_before_it_could_be_born_is_no_beacon() -> None:
    with pytest.raises(BeaconSeenTooEarly, match="早于承诺的产生时刻"):
        choose(BEACON, [a_file(-1)])


def test_without_a_file_of_the_issue_there_is_no_value() -> None:
    with pytest.raises(BeaconFileMissing, match="第2026310期"):
        choose(BEACON, [])
