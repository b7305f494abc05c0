"""Rules as data (规则): what the joint office sets for its district, versioned and dated (I3, N7, B10).

Every rule has one shape: a text, or a limit with exceptions by key. A district without a row of a rule has no such
limit; only the region code must be set, because numbers are made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from services.planning.domain.per_class import PPM, PerClass, read_per_class
from services.planning.domain.ratios import check_visit_caps
from shared.values.errors import Invalid, NotFound, Refused


class RuleUnknown(NotFound):
    message = "没有代码为 {code} 的规则"


class RuleValueWrong(Invalid):
    message = "规则“{name}”的内容不符合要求：{expected}"


class RegionCodeMissing(Refused):
    message = "本区尚未设置行政区划代码（规则 region_code），无法编号，请联席会议办公室先行设置"


class RuleCode(StrEnum):
    """Which rules there are; each says what its value holds."""

    REGION_CODE = "region_code"
    KEY_ITEM_COUNT = "key_item_count"
    GENERAL_CAP_PPM = "general_cap_ppm"
    VISITS_PER_YEAR = "visits_per_year"


RULE_NAMES: Final[Mapping[RuleCode, str]] = {
    RuleCode.REGION_CODE: "行政区划代码",
    RuleCode.KEY_ITEM_COUNT: "重点检查事项数量上限",
    RuleCode.GENERAL_CAP_PPM: "一般检查事项比例上限的最大值",
    RuleCode.VISITS_PER_YEAR: "每年检查次数上限（按信用风险等级）",
}


@dataclass(frozen=True, slots=True)
class LimitFor:
    """A limit of its own for one department or class (例外)."""

    key: str
    limit: int


@dataclass(frozen=True, slots=True)
class RuleValue:
    """`text` for a code; `limit` for everybody, `exceptions` by department or credit class."""

    text: str | None = None
    limit: int | None = None
    exceptions: tuple[LimitFor, ...] = ()

    def limit_of(self, key: str) -> int | None:
        return next((one.limit for one in self.exceptions if one.key == key), self.limit)


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version of a rule; the newest one that is effective on a day is in force."""

    code: RuleCode
    version: int
    value: RuleValue
    effective_on: date
    reason: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force on a day, each with the version that is meant when a refusal names it."""

    values: Mapping[RuleCode, RuleValue]

    @property
    def region_code(self) -> str:
        """Six digits of GB/T 2260. Raises RegionCodeMissing."""
        value = self.values.get(RuleCode.REGION_CODE)
        if value is None or value.text is None:
            raise RegionCodeMissing
        return value.text

    def key_items_of(self, department: str) -> int | None:
        """How many key items the department may list; None: no limit set (I3)."""
        value = self.values.get(RuleCode.KEY_ITEM_COUNT)
        return value.limit_of(department) if value else None

    def general_cap_of(self, department: str) -> int | None:
        """The highest cap in ppm that a general item of the department may have; None: no limit set (I3)."""
        value = self.values.get(RuleCode.GENERAL_CAP_PPM)
        return value.limit_of(department) if value else None

    @property
    def visits_per_year(self) -> PerClass | None:
        """The yearly cap of visits by class; None: no limit set (N7)."""
        value = self.values.get(RuleCode.VISITS_PER_YEAR)
        return _per_class(value.exceptions) if value else None


def _per_class(exceptions: Iterable[LimitFor]) -> PerClass:
    return read_per_class((one.key, one.limit) for one in exceptions)


def rule_code(written: str) -> RuleCode:
    """Raises RuleUnknown."""
    try:
        return RuleCode(written)
    except ValueError as error:
        raise RuleUnknown(code=written) from error


def check_rule(code: RuleCode, value: RuleValue) -> None:
    """Raises RuleValueWrong, or what the per-class rules raise, unless `value` fits the rule."""
    wrong = _WRONG[code](value)
    if wrong:
        raise RuleValueWrong(name=RULE_NAMES[code], expected=wrong)
    if code is RuleCode.VISITS_PER_YEAR:
        check_visit_caps(_per_class(value.exceptions), None)


def _wrong_region(value: RuleValue) -> str | None:
    digits = value.text is not None and len(value.text) == 6 and value.text.isascii() and value.text.isdecimal()
    return None if digits and value.limit is None and not value.exceptions else "text 为 6 位数字的行政区划代码"


def _wrong_limit(highest: int) -> str:
    return f"limit 与例外应为 0 到 {highest} 的整数，每个部门至多一个例外"


def _wrong_bounded(value: RuleValue, highest: int) -> str | None:
    limits = [*(one.limit for one in value.exceptions), *([] if value.limit is None else [value.limit])]
    keys = {one.key for one in value.exceptions}
    fits = bool(limits) and all(0 <= limit <= highest for limit in limits) and len(keys) == len(value.exceptions)
    return None if fits and value.text is None else _wrong_limit(highest)


def _wrong_per_class(value: RuleValue) -> str | None:
    return None if value.text is None and value.limit is None else "按等级 A、B、C、D（可加 U）逐一填写例外"


_WRONG: Final = {
    RuleCode.REGION_CODE: _wrong_region,
    RuleCode.KEY_ITEM_COUNT: lambda value: _wrong_bounded(value, 10_000),
    RuleCode.GENERAL_CAP_PPM: lambda value: _wrong_bounded(value, PPM),
    RuleCode.VISITS_PER_YEAR: _wrong_per_class,
}
