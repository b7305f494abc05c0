"""What the value of each rule must look like; every member a rule does not use stays empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from services.planning.domain.per_class import PPM
from services.planning.domain.ratios import check_own_caps
from services.planning.domain.rules import RULE_NAMES, RuleCode, RuleEntry, RuleValue, per_class_of
from shared.values.errors import Invalid

QUIET_KINDS: Final[Mapping[str, str]] = {"special": "专项检查", "lead": "线索核查"}
"""What may be excepted from quiet days (B16)."""
OPENINGS: Final = frozenset({"at_result", "as_visited"})
"""When the names of the drawn may open (M2); see `openings`."""


class RuleValueWrong(Invalid):
    message = "规则“{name}”的内容不符合要求：{expected}"


def check_rule(code: RuleCode, value: RuleValue) -> None:
    """Raises RuleValueWrong, or what the per-class rules raise, unless `value` fits the rule."""
    wrong = _WRONG[code](value)
    if wrong:
        raise RuleValueWrong(name=RULE_NAMES[code], expected=wrong)
    if code is RuleCode.VISITS_PER_YEAR:
        check_own_caps(per_class_of(value.exceptions))


def _wrong_region(value: RuleValue) -> str | None:
    digits = value.text is not None and len(value.text) == 6 and value.text.isascii() and value.text.isdecimal()
    return None if digits and value == RuleValue(value.text) else "text 为 6 位数字的行政区划代码"


def _wrong_bounded(value: RuleValue, lowest: int, highest: int) -> str | None:
    limits = [*(one.limit for one in value.exceptions), *([] if value.limit is None else [value.limit])]
    keys = {one.key for one in value.exceptions}
    fits = bool(limits) and all(lowest <= limit <= highest for limit in limits) and len(keys) == len(value.exceptions)
    if fits and value == RuleValue(None, value.limit, value.exceptions):
        return None
    return f"limit 与例外应为 {lowest} 到 {highest} 的整数，每个部门至多一个例外"


def _wrong_floor(value: RuleValue) -> str | None:
    """A floor of zero would take objects out of the draw for good (B19: never zero)."""
    fits = value.limit is not None and 0 < value.limit <= PPM and value == RuleValue(limit=value.limit)
    return None if fits else f"limit 为 1 到 {PPM} 的整数，不得为零"


def _wrong_per_class(value: RuleValue) -> str | None:
    fits = value == RuleValue(exceptions=value.exceptions)
    return None if fits else "按等级 A、B、C、D（可加 U）逐一填写例外"


def _wrong_entries(value: RuleValue, fits: Callable[[RuleEntry], bool], expected: str) -> str | None:
    keys = {one.key for one in value.entries}
    good = len(keys) == len(value.entries) and all(map(fits, value.entries))
    return None if good and value == RuleValue(entries=value.entries) else expected


def _is_ground(entry: RuleEntry) -> bool:
    return bool(entry.text.strip()) and entry == replace(entry, starts_on=None, ends_on=None)


def _is_period(entry: RuleEntry) -> bool:
    return entry.starts_on is not None and entry.ends_on is not None and entry.starts_on <= entry.ends_on


def _is_quiet_kind(entry: RuleEntry) -> bool:
    return entry.key in QUIET_KINDS and _is_ground(entry)


def _wrong_opening(value: RuleValue) -> str | None:
    expected = "entries 只有一条：key 为 at_result（随抽取结果公开）或 as_visited（逐户公开），text 写明依据的文号"
    if len(value.entries) != 1:
        return expected
    return _wrong_entries(value, lambda entry: entry.key in OPENINGS and _is_ground(entry), expected)


def _wrong_warnings(value: RuleValue) -> str | None:
    fits = all(
        one.key.isascii() and one.key.isdecimal() and 1 <= int(one.key) <= 366 and one.limit >= 1
        for one in value.exceptions
    )
    keys = {int(one.key) for one in value.exceptions} if fits else set()
    if fits and len(keys) == len(value.exceptions) > 0 and value == RuleValue(exceptions=value.exceptions):
        return None
    return "例外的 key 为天数（1 到 366，不重复），limit 为达到即提醒的户次（不少于 1）"


_WRONG: Final[Mapping[RuleCode, Callable[[RuleValue], str | None]]] = {
    RuleCode.REGION_CODE: _wrong_region,
    RuleCode.KEY_ITEM_COUNT: lambda value: _wrong_bounded(value, 0, 10_000),
    RuleCode.GENERAL_CAP_PPM: lambda value: _wrong_bounded(value, 0, PPM),
    RuleCode.VISITS_PER_YEAR: _wrong_per_class,
    RuleCode.SOLE_GROUNDS: lambda value: _wrong_entries(
        value, _is_ground, "entries 逐条填写理由的代码（不重复）和法律依据"
    ),
    RuleCode.QUIET_DAYS: lambda value: _wrong_entries(value, _is_period, "entries 逐段填写名称（不重复）和起止日期"),
    RuleCode.QUIET_EXCEPTIONS: lambda value: _wrong_entries(
        value, _is_quiet_kind, "entries 的 key 只能是 special（专项检查）、lead（线索核查），并写明依据"
    ),
    RuleCode.NO_DISTURB_FLOOR_PPM: _wrong_floor,
    RuleCode.SPECIAL_TERM_DAYS: lambda value: _wrong_bounded(value, 1, 366),
    RuleCode.OFFICER_VISITS_PER_MONTH: lambda value: _wrong_bounded(value, 0, 1000),
    RuleCode.LEAD_CHECK_DAYS: lambda value: _wrong_bounded(value, 1, 366),
    RuleCode.NAMES_OPEN: _wrong_opening,
    RuleCode.BATCH_RATIO_PPM: _wrong_floor,
    RuleCode.VISIT_WARNINGS: _wrong_warnings,
}
