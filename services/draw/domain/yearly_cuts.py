"""A year's draws against their design (年度公平性报告, B9): by class, region, industry; substitutions by department.

What the design fixes: of each stratum N × ppm / 10⁶ are drawn on average, rounded at random (draw-protocol 5.3); within
a stratum everybody alike. So a class is held against its ratio, and a region, an industry, a class on the no-disturb
list against its share of each stratum (the hypergeometric law, see `fairness.categories`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf, sqrt
from typing import Final
from uuid import UUID

from services.draw.domain.commitment import PPM
from services.draw.domain.drawing_plan import STRATA, UNDISTURBED
from services.draw.domain.fairness import Evidence, StratumDraw, categories, chi_square_tails

CLASS: Final = "class"
REGION: Final = "region"
INDUSTRY: Final = "industry"
UNKNOWN: Final = "未填"
NO_DISTURB_LABEL: Final = "不打扰名单"
LABELS: Final = {CLASS: "信用风险等级", REGION: "区域", INDUSTRY: "行业"}


@dataclass(frozen=True, slots=True)
class CutRow:
    """Of one stratum of one draw, the objects of one class, region or industry: how many it `had`, how many drawn."""

    cut: str
    draw_id: UUID
    stratum: str
    value: str
    had: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report. `had`: how often one of these was in a pool (or on a visit); `expected` of them by design,
    `found` in fact. `evidence` None: nothing was left to chance."""

    label: str
    had: int
    expected: float
    found: int
    evidence: Evidence | None


def class_lines(rows: Iterable[CutRow], design: Mapping[UUID, Mapping[str, int]]) -> list[Line]:
    """By stratum: `design` is draw → stratum → ppm as committed."""
    sizes: dict[tuple[UUID, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if row.cut == CLASS:
            sizes[row.draw_id, row.stratum][0] += row.had
            sizes[row.draw_id, row.stratum][1] += row.drawn
    names = {stratum: credit_class.value for credit_class, stratum in STRATA.items()} | {UNDISTURBED: NO_DISTURB_LABEL}
    lines = []
    for stratum, label in names.items():
        drawn = [
            (Fraction(had * design[draw_id].get(stratum, 0), PPM), had, found)
            for (draw_id, of), (had, found) in sizes.items()
            if of == stratum
        ]
        if drawn:
            lines.append(_against_ratio(label, drawn))
    return lines


def _against_ratio(label: str, drawn: Sequence[tuple[Fraction, int, int]]) -> Line:
    """Each count is the exact one rounded down or up, and exact on average (`fairness.rounding`, over any sizes)."""
    exact = sum((one for one, _, _ in drawn), Fraction(0))
    found = sum(count for _, _, count in drawn)
    name = f"{LABELS[CLASS]} {label}"
    variance = float(sum((one % 1) * (1 - one % 1) for one, _, _ in drawn))
    if any(abs(count - one) >= 1 for one, _, count in drawn):
        evidence: Evidence | None = Evidence(name, inf, 1, 0.0, 1.0, name, inf)
    elif variance:
        evidence = _normal(name, float(found - exact) / sqrt(variance))
    else:
        evidence = None
    return Line(label, sum(had for _, had, _ in drawn), float(exact), found, evidence)


def _normal(name: str, deviation: float) -> Evidence:
    high, _ = chi_square_tails(deviation**2, 1)
    return Evidence(name, deviation**2, 1, high, 1.0, name, deviation)


def cut_lines(rows: Iterable[CutRow], cut: str) -> list[Line]:
    """By region, industry, or class within the no-disturb list."""
    strata: dict[tuple[UUID, str], tuple[dict[str, int], dict[str, int]]] = defaultdict(lambda: ({}, {}))
    for row in rows:
        if row.cut == cut:
            had, drawn = strata[row.draw_id, row.stratum]
            had[row.value or UNKNOWN] = row.had
            drawn[row.value or UNKNOWN] = row.drawn
    return share_lines(LABELS[cut], [StratumDraw(had, drawn) for had, drawn in strata.values()])


def share_lines(name: str, strata: Sequence[StratumDraw]) -> list[Line]:
    """Each category against its share of what was drawn."""
    evidence = {found.name: found for found in categories(name, strata)}
    lines = []
    for category in sorted({category for stratum in strata for category in stratum.had}):
        expected, had, found = 0.0, 0, 0
        for stratum in strata:
            size, drawn = sum(stratum.had.values()), sum(stratum.drawn.values())
            had += stratum.had.get(category, 0)
            found += stratum.drawn.get(category, 0)
            expected += drawn * stratum.had.get(category, 0) / size if size else 0.0
        lines.append(Line(category, had, expected, found, evidence.get(f"{name} {category}")))
    return lines
