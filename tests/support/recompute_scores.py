"""Recomputes scores and classes from explanations alone (K1), with the standard library and no code of the service.

`python -m tests.support.recompute_scores SYSTEM RECORDS`: SYSTEM is what `GET /v1/indicator-systems/{version}` answers,
RECORDS holds answers of `GET /v1/entities/{uscc}/credit-record`, one JSON object a line. Prints what does not follow
from its explanation and exits 1; else the number of records.
"""

from __future__ import annotations

import calendar
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

RANK = {"U": -1, "A": 0, "B": 1, "C": 2, "D": 3}


def later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def faults(record: dict[str, Any], system: dict[str, Any]) -> Iterator[str]:
    """What the record says that its explanation does not give."""
    why, indicators = record["explanation"], {one["code"]: one for one in system["indicators"]}
    for one in why["counted"]:
        yield from _faults_of_counted(one, indicators, system["codes"], date.fromisoformat(record["as_of"]))
    total = sum(one["points"] for one in why["counted"])
    score = min(max(total, 0), system["highest"])
    if (total, score, score) != (why["total"], why["score"], record["score"]):
        yield f"score {record['score']}, recomputed {score} of {total}"
    credit_class = _class_of(record, score, system)
    if credit_class != record["credit_class"]:
        yield f"class {record['credit_class']}, recomputed {credit_class}"


def _faults_of_counted(
    one: dict[str, Any], indicators: dict[str, Any], codes: dict[str, str], as_of: date
) -> Iterator[str]:
    indicator = indicators[one["indicator_code"]]
    if codes.get(one["code"], one["code"]) != indicator["code"]:
        yield f"{one['code']} counted as {indicator['code']}"
    if one["source"] == "results" and one["points"] != indicator["points"][one["level"]]:
        yield f"{one['code']} level {one['level']}: {one['points']} points"
    occurred, until = date.fromisoformat(one["occurred_on"]), one["counts_until"]
    if not one["code"].startswith("list:") and indicator["window_months"] is not None:
        if until != later(occurred, indicator["window_months"]).isoformat():
            yield f"{one['code']} counts until {until}"
    if occurred > as_of or (until is not None and date.fromisoformat(until) <= as_of):
        yield f"{one['code']} of {occurred} counted on {as_of}"


def _class_of(record: dict[str, Any], score: int, system: dict[str, Any]) -> str:
    """By the half-open bands, then by the riskiest direct rule of a list that counts."""
    if record["credit_class"] == "U" and not record["explanation"]["counted"]:
        return "U"
    found = max((band for band in system["bands"] if band["starts_at"] <= score), key=lambda band: band["starts_at"])
    lists = {one["code"] for one in record["explanation"]["counted"]}
    direct = [rule["credit_class"] for rule in system["direct_rules"] if f"list:{rule['list_code']}" in lists]
    return str(max([found["credit_class"], *direct], key=RANK.__getitem__))


def main(system_file: str, records_file: str) -> int:
    system = json.loads(Path(system_file).read_text("utf-8"))
    records = [json.loads(line) for line in Path(records_file).read_text("utf-8").splitlines()]
    wrong = [f"{one['entity']['entity_id']}: {fault}" for one in records for fault in faults(one, system)]
    print("\n".join(wrong) or f"{len(records)} records follow from their explanations")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
