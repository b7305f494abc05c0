"""The yearly fairness report (年度公平性报告, B9): lines, tests, and whatever is improbable by name.

A test is named when fair draws would show as much in one of `1/LEVEL` whole reports or fewer (Bonferroni's bound over
all tests of the report). A name is a place to look, not a finding against anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import isfinite
from typing import Final
from uuid import UUID

from services.draw.domain.fairness import Evidence, StratumDraw, improbable
from services.draw.domain.yearly_cuts import (
    CLASS,
    INDUSTRY,
    NO_DISTURB_LABEL,
    REGION,
    UNKNOWN,
    CutRow,
    Line,
    class_lines,
    cut_lines,
    share_lines,
)
from services.draw.domain.yearly_people import PairRow, PeopleLine, SeatRow, people_lines

LEVEL: Final = 0.001


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """Substitutions of the year with one reason and state."""

    reason_code: str
    state: str
    times: int


@dataclass(frozen=True, slots=True)
class GivenUpRow:
    """Of one draw and one region or department: how many visits or seats it had, how many of them were substituted."""

    draw_id: UUID
    value: str
    had: int
    substituted: int


@dataclass(frozen=True, slots=True)
class YearOfDraws:
    """What was stored of a year. `design`: draw → stratum → ppm; `voided`: draws of the year that ended void."""

    design: Mapping[UUID, Mapping[str, int]]
    voided: int
    cuts: Sequence[CutRow]
    seats: Sequence[SeatRow]
    teams: Sequence[PairRow]
    reasons: Sequence[ReasonRow]
    objects_given_up: Sequence[GivenUpRow]
    officers_given_up: Sequence[GivenUpRow]


@dataclass(frozen=True, slots=True)
class Named:
    """Something improbable: what it is about, how it deviates, the chance of it."""

    name: str
    text: str
    p: float


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """`tests` is how many figures were tested together at `LEVEL`; `named` those that are improbable."""

    year: int
    draws: int
    voided: int
    objects: int
    drawn: int
    tests: int
    named: tuple[Named, ...]
    classes: tuple[Line, ...]
    undisturbed: tuple[Line, ...]
    regions: tuple[Line, ...]
    industries: tuple[Line, ...]
    people: tuple[PeopleLine, ...]
    reasons: tuple[ReasonRow, ...]
    objects_given_up: tuple[Line, ...]
    officers_given_up: tuple[Line, ...]


def report_of(year: int, stored: YearOfDraws) -> FairnessReport:
    classes = tuple(class_lines(stored.cuts, stored.design))
    by_class = tuple(line for line in cut_lines(stored.cuts, CLASS) if line.evidence)
    regions, industries = (tuple(cut_lines(stored.cuts, cut)) for cut in (REGION, INDUSTRY))
    people = tuple(people_lines(stored.seats, stored.teams))
    gone = _given_up("对象递补 区域", stored.objects_given_up)
    replaced = _given_up("人员递补 部门", stored.officers_given_up)
    tested = [line.evidence for line in chain(classes, by_class, regions, industries, gone, replaced)]
    tested += [evidence for line in people for evidence in (line.load, line.pairing)]
    found = [evidence for evidence in tested if evidence is not None]
    return FairnessReport(
        year=year,
        draws=len(stored.design),
        voided=stored.voided,
        objects=sum(line.had for line in classes),
        drawn=sum(line.found for line in classes),
        tests=len(found),
        named=tuple(map(_named, improbable(found, LEVEL))),
        classes=classes,
        undisturbed=by_class,
        regions=regions,
        industries=industries,
        people=people,
        reasons=tuple(stored.reasons),
        objects_given_up=gone,
        officers_given_up=replaced,
    )


def _given_up(name: str, rows: Iterable[GivenUpRow]) -> tuple[Line, ...]:
    draws: dict[UUID, tuple[dict[str, int], dict[str, int]]] = defaultdict(lambda: ({}, {}))
    for row in rows:
        had, gone = draws[row.draw_id]
        had[row.value or UNKNOWN], gone[row.value or UNKNOWN] = row.had, row.substituted
    return tuple(share_lines(name, [StratumDraw(had, gone) for had, gone in draws.values()]))


def _named(evidence: Evidence) -> Named:
    return Named(
        evidence.name, f"{evidence.name}：{_how(evidence)}，公平抽取中出现的概率约为 {evidence.p:.1e}", evidence.p
    )


def _how(evidence: Evidence) -> str:
    if not isfinite(evidence.deviation):
        return "抽取数与公布的比例不符"
    if evidence.degrees == 1:
        return f"{'多于' if evidence.deviation > 0 else '少于'}设计 {abs(evidence.deviation):.1f} 个标准差"
    if evidence.high > evidence.low:
        return "过于均匀，不像随机"
    return f"过于集中，偏离最大的是 {_label(evidence.worst)}（{evidence.deviation:+.1f} 个标准差）"


def _label(worst: object) -> str:
    return "、".join(map(str, worst)) if isinstance(worst, tuple) else str(worst)


__all__ = ["LEVEL", "NO_DISTURB_LABEL", "FairnessReport", "Named", "YearOfDraws", "report_of"]
