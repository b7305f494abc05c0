"""One record of ours in a peer's form, or the reasons why it cannot be (integration 7: blocked, not silent)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.exchange.domain.maps import FieldRule, MapVersion
from services.exchange.domain.sources import Record

PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a record cannot be sent. `field` is ours, `text` Chinese for the department's officer.

    `code`: missing, unmapped_code, too_long, malformed."""

    code: str
    field: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """`body` is canonical JSON, `digest` the SHA-256 of it in hexadecimal; both None where there are problems."""

    schema: str
    body: str | None
    digest: str | None
    problems: Sequence[Problem] = ()


def map_record(record: Record, version: MapVersion, on: date) -> Mapped:
    """The record by that version; code tables as of the day `on`."""
    problems: list[Problem] = []
    body = _filled(record, version.fields, on, problems)
    if problems:
        return Mapped(version.schema, None, None, tuple(problems))
    text = canonical(body)
    return Mapped(version.schema, text, digest_of(text))


def canonical(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _filled(record: Mapping[str, Any], rules: Sequence[FieldRule], on: date, problems: list[Problem]) -> dict[str, Any]:
    return {rule.to: _value(record, rule, on, problems) for rule in rules}


def _value(record: Mapping[str, Any], rule: FieldRule, on: date, problems: list[Problem]) -> Any:
    if rule.constant is not None:
        return rule.constant
    raw = record.get(rule.source or "")
    if rule.form == "parts":
        return _parts(raw or [], rule, on, problems)
    if raw is None or raw == "":
        if rule.required:
            problems.append(Problem("missing", rule.source, f"缺少必填项“{rule.title}”"))
        return None
    text = _coded(str(raw), rule, on, problems)
    return None if text is None else _formed(text, rule, problems)


def _parts(raw: Sequence[Mapping[str, Any]], rule: FieldRule, on: date, problems: list[Problem]) -> list[Any]:
    if rule.required and not raw:
        problems.append(Problem("missing", rule.source, f"缺少必填项“{rule.title}”"))
    return [_filled(part, rule.parts, on, problems) for part in raw]


def _coded(text: str, rule: FieldRule, on: date, problems: list[Problem]) -> str | None:
    if rule.table is None:
        return text
    found = rule.table.look_up(text, on)
    if found is None:
        told = f"“{rule.title}”的代码 {text} 在代码表“{rule.table.title}”中没有对应值"
        problems.append(Problem("unmapped_code", rule.source, told))
    return found


def _formed(text: str, rule: FieldRule, problems: list[Problem]) -> str | int:
    if rule.max_length is not None and len(text) > rule.max_length:
        told = f"“{rule.title}”超过 {rule.max_length} 个字"
        problems.append(Problem("too_long", rule.source, told))
    if rule.pattern is not None and not re.fullmatch(rule.pattern, text):
        problems.append(Problem("malformed", rule.source, f"“{rule.title}”的内容 {text[:40]} 不符合要求的格式"))
    if rule.form == "ratio":
        return format((Decimal(text) / PPM).normalize(), "f")
    return int(text) if rule.form == "integer" else text
