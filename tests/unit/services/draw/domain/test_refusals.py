"""Refusals of section 6 in their order: lists, openings, private records, reveal, substitutions (D2, L5)."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.draw.domain import errors
from services.draw.domain.errors import Refusal
from services.draw.domain.verify import verify

VECTORS = Path(__file__).parents[5] / "tests/vectors/draw"
TINY = json.loads((VECTORS / "v1_tiny.json").read_text("utf-8"))
JOINT = json.loads((VECTORS / "v3_joint.json").read_text("utf-8"))
Record = dict[str, Any]


def refusal_of(record: Record) -> str | None:
    try:
        verify(record)
    except Refusal as refusal:
        return refusal.code
    return None


def spoiled(base: Record, spoil: Callable[[Record], object]) -> str | None:
    record = copy.deepcopy(base)
    spoil(record)
    return refusal_of(record)


def put(*way: Any, value: Any) -> Callable[[Record], None]:
    """Set one place of a record; a function as value is applied to what stands there."""

    def spoil(record: Record) -> None:
        *path, last = way
        place: Any = record
        for step in path:
            place = place[step]
        place[last] = value(place[last]) if callable(value) else value

    return spoil


def drop(*way: Any) -> Callable[[Record], None]:
    def spoil(record: Record) -> None:
        *path, last = way
        place: Any = record
        for step in path:
            place = place[step]
        del place[last]

    return spoil


def swapped(rows: list[Any]) -> list[Any]:
    return [rows[1], rows[0], *rows[2:]]


def with_field(n: int, value: str) -> Callable[[str], str]:
    def change(row: str) -> str:
        fields = row.split("\t")
        fields[n] = value
        return "\t".join(fields)

    return change


HEX = "0" * 64
PRIVATE_OBJECT = ("private", "objects", 0)
ROSTER_ROW = ("public", "roster", 0)

CASES = [
    ("JSON", put("commitment", value=None)),
    ("POOL_FORM", drop("public", "strata", "S1")),
    ("POOL_FORM", put("public", "strata", "S1", 0, value=str.upper)),
    ("POOL_FORM", put("public", "strata", "S1", 0, value=lambda token: " " + token[1:])),
    ("POOL_FORM", put("public", "strata", "S1", 0, value=7)),
    ("POOL_FORM", drop("public")),
    ("POOL_ORDER", put("public", "strata", "S1", value=swapped)),
    ("POOL_ORDER", put("public", "strata", "S1", value=lambda rows: [rows[0], *rows])),
    ("POOL_ROOT", put("public", "strata", "S1", value=lambda rows: rows[1:])),
    ("POOL_ROOT", put("public", "strata", "S1", 0, value=HEX)),
    ("LIST_FORM", drop("public", "roster")),
    ("LIST_FORM", put("public", "roster", value=swapped)),
    ("LIST_FORM", put("public", "recusals", value=["x"])),
    ("LIST_FORM", put("public", "recusals", value=[f"{HEX}\t{HEX}\t"])),
    ("LIST_FORM", put(*ROSTER_ROW, value=with_field(0, "A" * 64))),
    ("LIST_FORM", put(*ROSTER_ROW, value=with_field(1, ""))),
    ("LIST_FORM", put(*ROSTER_ROW, value=with_field(2, ""))),
    ("LIST_FORM", put(*ROSTER_ROW, value=with_field(2, "*,41"))),
    ("LIST_FORM", put(*ROSTER_ROW, value=with_field(2, "41,41"))),
    ("LIST_FORM", put(*ROSTER_ROW, value=with_field(2, "4"))),
    ("LIST_FORM", put(*ROSTER_ROW, value=with_field(3, "a,,b"))),
    ("LIST_FORM", put(*ROSTER_ROW, value=with_field(3, "e\u0301"))),
    ("LIST_FORM", put(*ROSTER_ROW, value=with_field(4, "2026-00-01"))),
    ("LIST_FORM", put(*ROSTER_ROW, value=with_field(5, "01"))),
    ("LIST_FORM", put(*ROSTER_ROW, value=with_field(6, "1000000000"))),
    ("LIST_FORM", put("public", "roster", value=lambda rows: [rows[0], rows[0] + "9", *rows[1:]])),
    ("LIST_HASH", put(*ROSTER_ROW, value=with_field(5, "98"))),
    ("LIST_HASH", put(*ROSTER_ROW, value=with_field(3, "a,a"))),
    ("LIST_HASH", put("public", "recusals", value=[f"{HEX}\t{HEX}"])),
    ("OPENING", put("public", "openings", value=None)),
    ("OPENING", put("public", "openings", value=swapped)),
    ("OPENING", put("public", "openings", 0, value=with_field(0, "Object"))),
    ("OPENING", put("public", "openings", 0, value=with_field(2, HEX))),
    ("OPENING", put("public", "openings", -1, value=with_field(-1, "0"))),
    ("OPENING", put("public", "openings", 0, value=lambda row: row + "\t")),
    ("OPENING", put("public", "openings", 0, value="")),
    ("BLIND_KEY", put("private", value=None)),
    ("BLIND_KEY", put("private", "blind_key", value=HEX)),
    ("BLIND_KEY", put("private", "blind_key", value=str.upper)),
    ("RECORD", drop("private", "inspectors")),
    ("RECORD", put("private", "inspectors", 0, value=lambda line: line + "\t")),
    ("RECORD", put("private", "inspectors", value=lambda lines: [*lines, lines[0]])),
    ("RECORD", put(*PRIVATE_OBJECT, "line", value=lambda line: "\t" + line.split("\t", 1)[1])),
    ("RECORD", put(*PRIVATE_OBJECT, "line", value=lambda line: line + "\x7f")),
    ("RECORD", put(*PRIVATE_OBJECT, "line", value=lambda line: line + "e\u0301")),
    ("RECORD", put(*PRIVATE_OBJECT, "strata", value="S1")),
    ("RECORD", put("private", "objects", value=lambda items: [*items, items[0]])),
    ("OPENING_POOL", put(*PRIVATE_OBJECT, "strata", value=[])),
    ("OPENING_POOL", put(*PRIVATE_OBJECT, "strata", value=["S1", "S1"])),
    ("OPENING_POOL", put(*PRIVATE_OBJECT, "strata", value=["S1", "S9"])),
    ("OPENING_POOL", put(*PRIVATE_OBJECT, "line", value=lambda line: line + "x")),
    ("OPENING_POOL", put("private", "objects", value=lambda items: items[1:])),
    ("OPENING_ROSTER", put("private", "inspectors", value=lambda lines: lines[1:])),
    ("OPENING_ROSTER", put("private", "inspectors", 0, value=lambda line: line + "x")),
    ("FIELD", drop("reveal")),
    ("FIELD", put("reveal", "extra", value=1)),
    ("FIELD", put("reveal", "shares", 0, "value", value=str.upper)),
    ("TEXT", put("reveal", "e\u0301", value=1)),
    ("TEXT", put("reveal", "beacons", 0, "value", value="\ud800")),
    ("SHARE", put("reveal", "shares", 0, "value", value=HEX)),
    ("SHARE", put("reveal", "shares", 0, "party", value="P9")),
    ("SHARE", put("reveal", "shares", value=lambda shares: [*shares, shares[0]])),
    ("SHARE_COUNT", put("reveal", "shares", value=lambda shares: shares[:1])),
    ("BEACON", put("reveal", "beacons", value=[])),
    ("BEACON", put("reveal", "beacons", value=lambda beacons: beacons * 2)),
    ("BEACON", put("reveal", "beacons", 0, "id", value="x")),
    ("BEACON", put("reveal", "beacons", 0, "value", value="1")),
    ("FIELD", put("substitutions", value={})),
    ("FIELD", put("substitutions", value=[{"drop": HEX}])),
    ("FIELD", put("substitutions", value=[{"drop": HEX, "reason": "", "extra": 1}])),
    ("TEXT", put("substitutions", value=[{"drop": HEX, "reason": "e\u0301"}])),
    ("SUBSTITUTION", put("substitutions", value=[{"drop": HEX, "reason": ""}])),
    ("LOG_CONTENT", put("log", value=[])),
    ("LOG_CONTENT", drop("log", slice(3, None))),
    ("LOG_CONTENT", drop("log", -1)),
    ("LOG_CONTENT", put("reveal", "shares", value=lambda shares: shares[:2])),
    ("LOG_CONTENT", put("public", "openings", value=lambda rows: rows[1:])),
    ("LOG_CHAIN", drop("log", 1)),
    ("LOG_CHAIN", put("log", value=swapped)),
    (None, put("public", "openings", value=[])),
    (None, drop("private")),
    (None, drop("log")),
    (None, put("public", "strata", "extra", value=["not", "declared"])),
    (None, put("reveal", "shares", value=lambda shares: shares[::-1])),
]


@pytest.mark.parametrize(("code", "spoil"), CASES, ids=[f"{n}-{code}" for n, (code, _) in enumerate(CASES)])
def test_a_spoiled_record_is_refused_with_the_error_due(code: str | None, spoil: Callable[[Record], None]) -> None:
    assert spoiled(TINY, spoil) == code


def test_an_object_drawn_without_opening_or_private_record_has_no_region() -> None:
    record = copy.deepcopy(TINY)
    del record["private"]
    del record["public"]["openings"]
    assert refusal_of(record) == "REGION"


def test_an_inspector_who_is_not_on_the_visit_cannot_be_replaced() -> None:
    record = copy.deepcopy(JOINT)
    events = record["substitutions"]
    by_inspector = next(n for n, event in enumerate(events) if "inspector" in event)
    events[by_inspector]["inspector"] = HEX
    assert refusal_of(record) == "SUBSTITUTION"


def test_an_object_once_dropped_cannot_be_dropped_again() -> None:
    record = copy.deepcopy(JOINT)
    gone = next(event for event in record["substitutions"] if "inspector" not in event)
    record["substitutions"].append(gone)
    assert refusal_of(record) == "SUBSTITUTION"


def test_an_earlier_row_is_reported_when_several_apply() -> None:
    record = copy.deepcopy(TINY)
    record["log"] = []
    assert refusal_of(record) == "LOG_CONTENT"
    record["reveal"]["beacons"] = []
    assert refusal_of(record) == "BEACON"
    record["reveal"]["shares"] = record["reveal"]["shares"][:1]
    assert refusal_of(record) == "SHARE_COUNT"
    record["private"]["inspectors"] = []
    assert refusal_of(record) == "OPENING_ROSTER"
    record["public"]["roster"] = swapped(record["public"]["roster"])
    assert refusal_of(record) == "LIST_FORM"
    record["public"]["strata"]["S1"] = swapped(record["public"]["strata"]["S1"])
    assert refusal_of(record) == "POOL_ORDER"
    record["commitment"] += " "
    assert refusal_of(record) == "POOL_ORDER"
    record["commitment"] += "x"
    assert refusal_of(record) == "JSON"


def leaves(kind: type[Refusal]) -> list[type[Refusal]]:
    below = kind.__subclasses__()
    return [leaf for child in below for leaf in leaves(child)] if below else [kind]


def test_every_refusal_has_its_own_code_and_a_chinese_message() -> None:
    found = leaves(Refusal)
    assert len({leaf.code for leaf in found}) == len(found) == 32
    for leaf in found:
        assert any("\u4e00" <= character <= "\u9fff" for character in leaf.message)
        assert leaf.code in str(leaf("某处"))
    assert "某处" in str(errors.PoolRoot("某处"))
