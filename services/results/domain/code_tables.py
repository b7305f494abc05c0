"""Code tables that a district may set for itself (本区代码表): grounds, follow-ups and their days, what is major,
terms.

Outcomes, methods and lists are the province's and are not changed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.results.domain.discretion import EXEMPT, FIRST, KINDS
from services.results.domain.vocabulary import Code
from shared.values.errors import Invalid, NotFound


class CodeTableUnknown(NotFound):
    message = "没有“{name}”这个代码表"


class CodeTableFixed(Invalid):
    message = "代码表“{title}”由上级规定，本区不能修改"


class CodeRepeated(Invalid):
    message = "代码 {code} 重复"


class CodeKindWrong(Invalid):
    message = "代码 {code} 的种类“{kind}”不适用于这个代码表（可用：{allowed}）"


class CodeDaysMissing(Invalid):
    message = "代码 {code} 必须写明天数"


class CodeBasisMissing(Invalid):
    message = "代码 {code} 必须写明依据的条款"


class CodeSeverityMissing(Invalid):
    message = "代码 {code} 必须写明适用到哪一级严重程度"


class CodeMissing(Invalid):
    message = "这个代码表不能缺少代码 {code}"


class EffectiveInPast(Invalid):
    message = "启用日期 {effective_on} 早于今天，已办理的事项不能按新表改判"


@dataclass(frozen=True, slots=True)
class TableVersion:
    """One version of one table. `source` is what it rests on (文号)."""

    name: str
    title: str
    version: int
    source: str
    effective_on: date
    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    kinds: frozenset[str]
    needed: frozenset[str] = frozenset()
    needs_days: Callable[[Code], bool] = lambda _: False
    needs_basis: bool = False
    needs_severity: frozenset[str] = frozenset()


OWN_TABLES: Final[Mapping[str, _Rule]] = {
    "exemption_ground": _Rule(frozenset({"exemption"})),
    "follow_up": _Rule(
        frozenset({"own", "department", "receiver"}), frozenset({"rectification"}), needs_days=lambda _: True
    ),
    "follow_up_outcome": _Rule(frozenset({"settled", "unsettled"})),
    "major_decision": _Rule(frozenset({"list", "outcome", "severity"})),
    "term": _Rule(
        frozenset({"working_days", "calendar_days", "warning"}),
        frozenset({"conclusion", "recognition"}),
        needs_days=lambda _: True,
    ),
    "discretion": _Rule(
        KINDS, needs_days=lambda row: row.kind == FIRST, needs_basis=True, needs_severity=frozenset({EXEMPT, FIRST})
    ),
}


def check_table(name: str, title: str, codes: Sequence[Code], effective_on: date, today: date) -> None:
    """Raises CodeTableFixed, EffectiveInPast, CodeRepeated, CodeKindWrong, CodeDaysMissing, CodeBasisMissing,
    CodeSeverityMissing, CodeMissing."""
    rule = OWN_TABLES.get(name)
    if rule is None:
        raise CodeTableFixed(title=title)
    if effective_on < today:
        raise EffectiveInPast(effective_on=effective_on)
    seen: set[str] = set()
    for row in codes:
        if row.code in seen:
            raise CodeRepeated(code=row.code)
        seen.add(row.code)
        _check_row(row, rule)
    for code in sorted(rule.needed - seen):
        raise CodeMissing(code=code)


def _check_row(row: Code, rule: _Rule) -> None:
    if row.kind not in rule.kinds:
        raise CodeKindWrong(code=row.code, kind=row.kind, allowed="、".join(sorted(rule.kinds)))
    if row.days is None and rule.needs_days(row):
        raise CodeDaysMissing(code=row.code)
    if rule.needs_basis and not row.basis:
        raise CodeBasisMissing(code=row.code)
    if row.kind in rule.needs_severity and row.max_severity is None:
        raise CodeSeverityMissing(code=row.code)
