"""Coded vocabularies (代码表): outcomes 检查结果, methods 核查方式, lists 名单. They are versioned data, never code.

The provincial outcome table changed the meaning of its digits once inside one code base (domain facts 3), so every
recording keeps the version it was coded in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.values.errors import Invalid

CLEAN = "clean"
"""未发现问题: stands alone, takes no finding."""
NEUTRAL = "neutral"
"""未发现开展本次抽查涉及的经营活动 and the like: stands alone, says nothing good or bad."""
PROBLEM = "problem"
"""发现问题: must be described by a finding (发现的问题) with its severity."""
CEASED = "ceased"
"""The object is closed, struck off or gone."""
GROUP = "group"
"""A heading of the table; never an outcome itself."""
ON_SITE = "on_site"
"""Kind of a method: officers are at the place."""
RELIANCE = "reliance"
"""Kind of a method: somebody else's conclusion is relied on, with reference (D3)."""
COMMISSIONED = "commissioned"
"""Code of the method 委托专业机构辅助: the body and its report stand in the record (D4)."""

_ALONE = frozenset({CLEAN, NEUTRAL})


class CodeUnknown(Invalid):
    message = "“{code}”不在{vocabulary}代码表（第 {version} 版）中"


class CodeIsHeading(Invalid):
    message = "“{code} {text}”是分类标题，请选择其下的具体结果"


class OutcomesContradict(Invalid):
    message = "“{text}”不能与其他检查结果同时选择"


@dataclass(frozen=True, slots=True)
class Code:
    """One row of a vocabulary. `visit_outcome`: the way a visit ended that this code stands for by rule (D6).
    `days`: a term, where the table has terms. `basis`: the clause (条款), `max_severity`: the gravest finding a row
    is for; both in the table `discretion`."""

    code: str
    text: str
    parent: str | None
    kind: str
    needs_follow_up: bool = False
    visit_outcome: str | None = None
    days: int | None = None
    basis: str = ""
    max_severity: int | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One version of one table, its codes in the table's own order."""

    name: str
    title: str
    version: int
    effective_on: date
    codes: Mapping[str, Code]

    def one(self, code: str) -> Code:
        """Raises CodeUnknown, CodeIsHeading."""
        found = self.codes.get(code)
        if found is None:
            raise CodeUnknown(code=code, vocabulary=self.title, version=self.version)
        if found.kind == GROUP:
            raise CodeIsHeading(code=code, text=found.text)
        return found

    def compatible(self, codes: tuple[str, ...]) -> tuple[Code, ...]:
        """The rows of `codes`. Raises CodeUnknown, CodeIsHeading, OutcomesContradict (no problem beside a problem)."""
        rows = tuple(self.one(code) for code in codes)
        for row in rows:
            if row.kind in _ALONE and len(rows) > 1:
                raise OutcomesContradict(text=row.text)
        return rows

    def for_visit(self, outcome: str) -> Code:
        """The code that stands for a visit that ended `closed`, `moved` or `not_found` (D6)."""
        for row in self.codes.values():
            if row.visit_outcome == outcome:
                return row
        raise CodeUnknown(code=outcome, vocabulary=self.title, version=self.version)

    def in_order(self, codes: frozenset[str]) -> tuple[str, ...]:
        return tuple(code for code in self.codes if code in codes)


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """The three tables a recording is coded in."""

    outcomes: Vocabulary
    methods: Vocabulary
    lists: Vocabulary
