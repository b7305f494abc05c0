"""Rules as data (规则): what the joint office sets for its district, versioned and dated (I3, N2, N7, B10, B16–B20).

Every rule has one shape: a text, a limit with exceptions by key, or entries. A district without a row of a rule has
no such limit; only the region code must be set, because numbers are made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from services.planning.domain.per_class import PerClass, read_per_class
from services.planning.domain.windows import Window
from shared.values.errors import NotFound, Refused


class RuleUnknown(NotFound):
    message = "没有代码为 {code} 的规则"


class RegionCodeMissing(Refused):
    message = "本区尚未设置行政区划代码（规则 region_code），无法编号，请联席会议办公室先行设置"


class RuleCode(StrEnum):
    """Which rules there are; each says what its value holds."""

    REGION_CODE = "region_code"
    KEY_ITEM_COUNT = "key_item_count"
    GENERAL_CAP_PPM = "general_cap_ppm"
    VISITS_PER_YEAR = "visits_per_year"
    SOLE_GROUNDS = "sole_grounds"
    QUIET_DAYS = "quiet_days"
    QUIET_EXCEPTIONS = "quiet_exceptions"
    NO_DISTURB_FLOOR_PPM = "no_disturb_floor_ppm"
    SPECIAL_TERM_DAYS = "special_term_days"
    OFFICER_VISITS_PER_MONTH = "officer_visits_per_month"
    LEAD_CHECK_DAYS = "lead_check_days"
    NAMES_OPEN = "names_open"
    BATCH_RATIO_PPM = "batch_ratio_ppm"
    VISIT_WARNINGS = "visit_warnings"


RULE_NAMES: Final[Mapping[RuleCode, str]] = {
    RuleCode.REGION_CODE: "行政区划代码",
    RuleCode.KEY_ITEM_COUNT: "重点检查事项数量上限",
    RuleCode.GENERAL_CAP_PPM: "一般检查事项比例上限的最大值",
    RuleCode.VISITS_PER_YEAR: "每年检查次数上限（按信用风险等级）",
    RuleCode.SOLE_GROUNDS: "单部门抽查的法定理由",
    RuleCode.QUIET_DAYS: "企业安静期",
    RuleCode.QUIET_EXCEPTIONS: "企业安静期的法定例外",
    RuleCode.NO_DISTURB_FLOOR_PPM: "无事不扰对象的随机抽查底限",
    RuleCode.SPECIAL_TERM_DAYS: "专项检查的最长期限（日）",
    RuleCode.OFFICER_VISITS_PER_MONTH: "每名执法检查人员每月可承担的户次",
    RuleCode.LEAD_CHECK_DAYS: "线索核查期限（工作日）",
    RuleCode.NAMES_OPEN: "抽查名单公开时点",
    RuleCode.BATCH_RATIO_PPM: "重点检查事项分批检查的比例",
    RuleCode.VISIT_WARNINGS: "同一对象检查频次提醒（按天数）",
}


@dataclass(frozen=True, slots=True)
class LimitFor:
    """A limit of its own for one department or class (例外)."""

    key: str
    limit: int


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One line of a rule that is a list: a ground, or a period of days (both ends included)."""

    key: str
    text: str
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class RuleValue:
    """`text` for a code; `limit` for everybody, `exceptions` by department or credit class; `entries` for a list."""

    text: str | None = None
    limit: int | None = None
    exceptions: tuple[LimitFor, ...] = ()
    entries: tuple[RuleEntry, ...] = ()

    def limit_of(self, key: str) -> int | None:
        return next((one.limit for one in self.exceptions if one.key == key), self.limit)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force on a day, each with the version that is meant when a refusal names it."""

    values: Mapping[RuleCode, RuleValue]
    versions: Mapping[RuleCode, int] = field(default_factory=dict)

    def cite(self, code: str) -> str:
        """How a refusal names the rule: `规则“企业安静期”（quiet_days）第 2 版`."""
        rule = RuleCode(code)
        version = self.versions.get(rule)
        return f"规则“{RULE_NAMES[rule]}”（{rule.value}）" + (f"第 {version} 版" if version else "")

    @property
    def region_code(self) -> str:
        """Six digits of GB/T 2260. Raises RegionCodeMissing."""
        value = self.values.get(RuleCode.REGION_CODE)
        if value is None or value.text is None:
            raise RegionCodeMissing
        return value.text

    def key_items_of(self, department: str) -> int | None:
        """How many key items the department may list; None: no limit set (I3)."""
        return self._limit(RuleCode.KEY_ITEM_COUNT, department)

    def general_cap_of(self, department: str) -> int | None:
        """The highest cap in ppm that a general item of the department may have; None: no limit set (I3)."""
        return self._limit(RuleCode.GENERAL_CAP_PPM, department)

    @property
    def visits_per_year(self) -> PerClass | None:
        """The yearly cap of visits by class; None: no limit set (N7)."""
        value = self.values.get(RuleCode.VISITS_PER_YEAR)
        return per_class_of(value.exceptions) if value else None

    @property
    def sole_grounds(self) -> tuple[RuleEntry, ...]:
        """The legal grounds for acting alone; empty: the district lists none, and any ground may be stated (N2)."""
        return self._entries(RuleCode.SOLE_GROUNDS)

    def quiet_days(self, kind: str | None = None) -> frozenset[date]:
        """The quiet days (企业安静期); none for a kind of check that `quiet_exceptions` names (B16)."""
        if kind is not None and any(one.key == kind for one in self._entries(RuleCode.QUIET_EXCEPTIONS)):
            return frozenset()
        return frozenset(day for one in self._entries(RuleCode.QUIET_DAYS) for day in _days(one))

    @property
    def no_disturb_floor(self) -> int | None:
        """The lowest ratio in ppm that any object may be drawn at, never zero; None: no floor set (B19)."""
        value = self.values.get(RuleCode.NO_DISTURB_FLOOR_PPM)
        return value.limit if value else None

    def special_term_of(self, department: str) -> int | None:
        """For how many days a special inspection may be approved; None: no limit set (B20)."""
        return self._limit(RuleCode.SPECIAL_TERM_DAYS, department)

    def officer_visits_of(self, department: str) -> int | None:
        """Visits that one officer of the department can attend to in a month; None: not set (B8)."""
        return self._limit(RuleCode.OFFICER_VISITS_PER_MONTH, department)

    def lead_check_days_of(self, kind: str) -> int | None:
        """Working days to check a lead of the kind; None: no term set (S1)."""
        return self._limit(RuleCode.LEAD_CHECK_DAYS, kind)

    @property
    def names_open(self) -> RuleEntry | None:
        """When the names of the drawn open, as key, and the paper it rests on, as text; None: not set (M2)."""
        return next(iter(self._entries(RuleCode.NAMES_OPEN)), None)

    @property
    def batch_ratio(self) -> int | None:
        """From which ratio in ppm on key items are inspected in batches; None: not set (I2)."""
        value = self.values.get(RuleCode.BATCH_RATIO_PPM)
        return value.limit if value else None

    @property
    def visit_warnings(self) -> tuple[LimitFor, ...]:
        """Key: a number of days; limit: the visits from which to warn (B1)."""
        value = self.values.get(RuleCode.VISIT_WARNINGS)
        return value.exceptions if value else ()

    def _limit(self, code: RuleCode, key: str) -> int | None:
        value = self.values.get(code)
        return value.limit_of(key) if value else None

    def _entries(self, code: RuleCode) -> tuple[RuleEntry, ...]:
        value = self.values.get(code)
        return value.entries if value else ()


def _days(entry: RuleEntry) -> Iterator[date]:
    if entry.starts_on is not None and entry.ends_on is not None:
        yield from Window(entry.starts_on, entry.ends_on).days()


def per_class_of(exceptions: Iterable[LimitFor]) -> PerClass:
    return read_per_class((one.key, one.limit) for one in exceptions)


def rule_code(written: str) -> RuleCode:
    """Raises RuleUnknown."""
    try:
        return RuleCode(written)
    except ValueError as error:
        raise RuleUnknown(code=written) from error
