"""Score and class from the facts held, and the explanation that lets anyone recompute them (K1).

Points of standing facts within their indicators' windows, and of entries of lists in force, add up; the sum is held to
the scale's highest score and falls in a band; direct rules overrule the band (豫市监办〔2022〕100号).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from services.credit.domain.days import add_months
from services.credit.domain.facts import BARE, FactName, Mark
from services.credit.domain.indicators import DirectRule, Indicator, IndicatorSystem, weigh
from services.credit.domain.record import CreditRecord, Held
from shared.values.credit_class import CreditClass, is_riskier


@dataclass(frozen=True, slots=True)
class Counted:
    """One mark that counts: of which fact, its points, the first day it no longer counts (None: while it stands)."""

    fact: FactName
    indicator: Indicator
    mark: Mark
    points: int
    counts_until: date | None


@dataclass(frozen=True, slots=True)
class Rating:
    score: int
    credit_class: CreditClass


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the class is what it is: `total` is the plain sum of `counted`, `score` that sum within the scale."""

    as_of: date
    counted: tuple[Counted, ...]
    total: int
    score: int
    band_class: CreditClass
    direct: DirectRule | None
    credit_class: CreditClass


def list_code(code: str) -> str:
    """The mark code of an entry of a list."""
    return f"list:{code}"


def rate(facts: Mapping[FactName, Held], system: IndicatorSystem, as_of: date) -> Rating:
    """Class U with score 0 when no fact stands; else by points, lists and direct rules."""
    if not any(held.standing for held in facts.values()):
        return Rating(0, CreditClass.U)
    total = sum(one.points for one in _counted(facts, system, as_of))
    score = min(max(total, 0), system.highest)
    return Rating(score, _overruled(system.class_of(score), _direct(facts, system, as_of)))


def explain(record: CreditRecord, system: IndicatorSystem) -> Explanation:
    """The explanation of the record's score and class under the version of the system it was rated with."""
    counted = tuple(_counted(record.facts, system, record.as_of))
    rating = rate(record.facts, system, record.as_of)
    band = system.class_of(rating.score) if rating.credit_class is not CreditClass.U else CreditClass.U
    return Explanation(
        as_of=record.as_of,
        counted=counted,
        total=sum(one.points for one in counted),
        score=rating.score,
        band_class=band,
        direct=_direct(record.facts, system, record.as_of),
        credit_class=rating.credit_class,
    )


def _counted(facts: Mapping[FactName, Held], system: IndicatorSystem, as_of: date) -> Iterator[Counted]:
    # A withdrawn fact holds neither marks nor an entry of a list, so nothing of it counts.
    for name, held in facts.items():
        for mark, points in zip(held.marks, weigh(held.marks, system), strict=True):
            indicator = system.find(mark.code)
            if indicator is None or points == 0:
                continue
            until = None if indicator.window_months is None else add_months(mark.occurred_on, indicator.window_months)
            if until is None or as_of < until:
                yield Counted(name, indicator, mark, points, until)
        if held.listing is not None and held.listing.is_on(as_of):
            yield from _of_listing(name, held, system)


def _of_listing(name: FactName, held: Held, system: IndicatorSystem) -> Iterator[Counted]:
    if held.listing is None:
        return
    decision = held.listing.decision
    mark = Mark(list_code(decision.list_code), BARE, None, decision.decided_on)
    indicator = system.find(mark.code)
    if indicator is not None:
        yield Counted(name, indicator, mark, indicator.points_of(mark), held.listing.in_force_to)


def _direct(facts: Mapping[FactName, Held], system: IndicatorSystem, as_of: date) -> DirectRule | None:
    lists = {
        held.listing.decision.list_code
        for held in facts.values()
        if held.listing is not None and held.listing.is_on(as_of)
    }
    return system.direct_rule(lists) if lists else None


def _overruled(band_class: CreditClass, rule: DirectRule | None) -> CreditClass:
    if rule is None or not is_riskier(rule.credit_class, band_class):
        return band_class
    return rule.credit_class
