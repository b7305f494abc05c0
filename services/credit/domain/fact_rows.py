"""Rows of a fact import (信用事实导入): each becomes a fact or a problem with its line and field; none is lost (L5)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.credit.domain.facts import BARE, IMPORT, UNCOUNTED, Fact, Mark, Observation
from services.credit.domain.indicators import LEVELS, Indicator, IndicatorSystem
from shared.values import uscc
from shared.values.text import clean

FIELDS: Final = (
    "entity_id",
    "uscc",
    "external_no",
    "indicator",
    "points",
    "level",
    "occurred_on",
    "source",
    "text",
    "record_no",
    "is_withdrawn",
)
"""Fields of a row as JSON names them."""
MAX_TEXT: Final = 500
_TRUE: Final = frozenset({"true", "1", "是"})
_FALSE: Final = frozenset({"", "false", "0", "否"})


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it came: `line` in the file or number of the row from 1; values by field name, blank where absent.
    `defect` is what the reader found wrong with the row as a whole."""

    line: int
    values: Mapping[str, str]
    defect: str | None = None

    def get(self, field: str) -> str:
        return self.values.get(field, "")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one field of one row. `code` is stable, `message` is for the officer."""

    line: int
    field: str
    value: str
    code: str
    message: str


class BadRow(Exception):
    """Carries the problem out of the parsing of one field; never leaves `read_row`."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field, self.code, self.message = field, code, message


@dataclass(frozen=True, slots=True)
class EntityKey:
    """Whom a row names: the first of these that is given and known decides."""

    entity_id: UUID | None
    uscc: str | None
    external_no: str | None


@dataclass(frozen=True, slots=True)
class FactRow:
    """A row that can be read; its entity is still to be found."""

    line: int
    entity: EntityKey
    mark: Mark
    source: str
    text: str
    record_no: str
    is_withdrawn: bool

    def fact(self, entity_id: UUID, told_at: datetime) -> Fact:
        """The fact, named by source and record number, or by its content where the source has no numbers."""
        mark = self.mark
        content = (mark.code, mark.level, mark.points, mark.occurred_on, self.text)
        digest = hashlib.sha256("\x1f".join(map(str, content)).encode()).hexdigest()[:32]
        return Fact(
            source=IMPORT,
            key=f"{self.source}/{self.record_no or digest}",
            version=UNCOUNTED,
            entity_id=entity_id,
            told_at=told_at,
            origin=self.source,
            observations=() if self.is_withdrawn else (Observation(mark, self.text),),
            standing=not self.is_withdrawn,
            reason=f"{self.source}撤回该信息" if self.is_withdrawn else None,
            digest=digest,
        )


def read_row(row: RawRow, system: IndicatorSystem, today: date) -> FactRow | RowProblem:
    """The row as a fact, or its first problem."""
    if row.defect is not None:
        return RowProblem(row.line, "", "", "row.malformed", row.defect)
    try:
        indicator = _indicator(row, system)
        source = _required(row, "source", "缺少信息来源")
        return FactRow(
            line=row.line,
            entity=_entity(row),
            mark=_mark(row, indicator, _day(row, today)),
            source=source,
            text=_text(row) or indicator.name,
            record_no=clean(row.get("record_no")),
            is_withdrawn=_flag(row, "is_withdrawn"),
        )
    except BadRow as bad:
        return RowProblem(row.line, bad.field, row.get(bad.field)[:100], bad.code, bad.message)


def entity_unknown(row: FactRow) -> RowProblem:
    key = row.entity
    field = "entity_id" if key.entity_id else "uscc" if key.uscc else "external_no"
    value = str(key.entity_id or key.uscc or key.external_no)
    return RowProblem(row.line, field, value, "row.entity_unknown", "名录库中没有这个检查对象，请先导入检查对象")


def key_repeated(row: FactRow) -> RowProblem:
    message = "同一来源的同一记录在本次导入中出现多次且内容不同"
    return RowProblem(row.line, "record_no", row.record_no, "row.record_repeated", message)


def _required(row: RawRow, field: str, message: str) -> str:
    value = clean(row.get(field))
    if not value:
        raise BadRow(field, f"row.{field}_missing", message)
    if len(value) > MAX_TEXT:
        raise BadRow(field, f"row.{field}_too_long", f"不能超过 {MAX_TEXT} 个字")
    return value


def _text(row: RawRow) -> str:
    value = clean(row.get("text"))
    if len(value) > MAX_TEXT:
        raise BadRow("text", "row.text_too_long", f"不能超过 {MAX_TEXT} 个字")
    return value


def _entity(row: RawRow) -> EntityKey:
    entity_id, code, external_no = row.get("entity_id"), row.get("uscc"), clean(row.get("external_no"))
    if not (entity_id or code or external_no):
        raise BadRow("uscc", "row.entity_missing", "须填写统一社会信用代码、检查对象编号或外部编号之一")
    return EntityKey(_uuid(entity_id), _uscc(code), external_no or None)


def _uuid(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise BadRow("entity_id", "row.entity_id_invalid", "不是有效的检查对象编号") from error


def _uscc(text: str) -> str | None:
    if not text:
        return None
    code = uscc.normalise(text)
    problem = uscc.validate(code)
    if problem is not None:
        raise BadRow("uscc", f"row.{problem.value}", problem.message)
    return code


def _indicator(row: RawRow, system: IndicatorSystem) -> Indicator:
    code = _required(row, "indicator", "缺少指标编码")
    found = system.indicators.get(code)
    if found is None:
        raise BadRow("indicator", "row.indicator_unknown", f"现行指标体系（第 {system.version} 版）中没有这个指标")
    return found


def _mark(row: RawRow, indicator: Indicator, occurred_on: date) -> Mark:
    """Points of the source, or a level; an indicator that always weighs nothing needs neither."""
    points, level = row.get("points"), row.get("level")
    if points and level:
        raise BadRow("level", "row.points_and_level", "分值和等级只能填写一个")
    if points:
        return Mark(indicator.code, BARE, _number(points, "points", 0, 1000), occurred_on)
    if level:
        return Mark(indicator.code, _number(level, "level", 1, LEVELS), None, occurred_on)
    if any(indicator.points):
        raise BadRow("points", "row.points_missing", "须填写分值或等级")
    return Mark(indicator.code, BARE, None, occurred_on)


def _number(text: str, field: str, lowest: int, highest: int) -> int:
    if not (text.isascii() and text.isdecimal() and lowest <= int(text[:9]) <= highest and len(text) <= 9):
        raise BadRow(field, f"row.{field}_invalid", f"应为 {lowest} 至 {highest} 的整数")
    return int(text)


def _day(row: RawRow, today: date) -> date:
    text = _required(row, "occurred_on", "缺少发生日期")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadRow("occurred_on", "row.occurred_on_invalid", "日期格式应为 YYYY-MM-DD") from error
    if day > today:
        raise BadRow("occurred_on", "row.occurred_on_in_future", "发生日期不能晚于今天")
    return day


def _flag(row: RawRow, field: str) -> bool:
    text = row.get(field).lower()
    if text not in _TRUE | _FALSE:
        raise BadRow(field, f"row.{field}_invalid", "应为“是”或“否”")
    return text in _TRUE
