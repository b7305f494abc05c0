"""Score and class of a record, their explanation (K1: each class shows which indicators gave it), and the day on which
they may change without a fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.credit.domain.days import add_months
from services.credit.domain.facts import BARE, FactName, Mark
from services.credit.domain.indicators import DirectRule, Indicator, IndicatorSystem, weigh
from services.credit.domain.listings import FlagState, Listing, ListingState
from services.credit.domain.periods import ObservationPeriod
from services.credit.domain.record import CreditRecord, Held, Span, Weighing
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
    """`due_on`: the first day behind `as_of` on which a window, a term or a measure is over or begins."""

    score: int
    credit_class: CreditClass
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Waived:
    """A light finding of the observation period (观察期), which weighs nothing (K4)."""

    fact: FactName
    mark: Mark


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
    waived: tuple[Waived, ...] = ()


def list_code(code: str) -> str:
    """The mark code of an entry of a list."""
    return f"list:{code}"


def rate(
    facts: Mapping[FactName, Held],
    system: IndicatorSystem,
    as_of: date,
    observation: ObservationPeriod | None = None,
) -> Rating:
    """Class U with score 0 when no fact stands; else by points, lists and direct rules."""
    total, is_rated, has_lists = 0, False, False
    due_on: date | None = None
    for held in facts.values():
        if not held.standing:
            continue
        is_rated = True
        for points, starts_on, until in _spans(held, system, observation):
            if starts_on > as_of:
                due_on = _earlier(due_on, starts_on)
            elif until is None or as_of < until:
                total += points
                due_on = _earlier(due_on, until)
        if held.listing is not None:
            has_lists = True
            total += _points_of_listing(held.listing, system, as_of)
            for day in _ends(held, as_of):
                due_on = _earlier(due_on, day)
    if not is_rated:
        return Rating(0, CreditClass.U)
    score = min(max(total, 0), system.highest)
    direct = _direct(facts, system, as_of) if has_lists else None
    return Rating(score, _overruled(system.class_of(score), direct), due_on)


def _earlier(one: date | None, other: date | None) -> date | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _spans(held: Held, system: IndicatorSystem, observation: ObservationPeriod | None) -> tuple[Span, ...]:
    """Weighed once for a version of the system and an observation period, and kept."""
    kept = held.weighing
    if kept is None or kept.system is not system or kept.observation != observation:
        return weighed(held, weigh(held.marks, system, observation), system, observation)
    return kept.spans


def weighed(
    held: Held, points: tuple[int, ...], system: IndicatorSystem, observation: ObservationPeriod | None
) -> tuple[Span, ...]:
    """Keeps with a fact what its marks weigh: what an immutable value weighs never changes."""
    spans = tuple(
        [
            (weight, mark.occurred_on, _until(mark, system))
            for mark, weight in zip(held.marks, points, strict=True)
            if weight
        ]
    )
    object.__setattr__(held, "weighing", Weighing(system, observation, spans))
    return spans


def _until(mark: Mark, system: IndicatorSystem) -> date | None:
    """The first day on which the mark no longer counts; None: while it stands."""
    indicator = system.find(mark.code)
    if indicator is None or indicator.window_months is None:
        return None
    return add_months(mark.occurred_on, indicator.window_months)


def explain(record: CreditRecord, system: IndicatorSystem) -> Explanation:
    """The explanation of the record's score and class under the version of the system it was rated with."""
    as_of = record.as_of
    counted = tuple(_counted(record.facts, system, as_of, record.observation))
    rating = rate(record.facts, system, as_of, record.observation)
    band = system.class_of(rating.score) if rating.credit_class is not CreditClass.U else CreditClass.U
    return Explanation(
        as_of=as_of,
        counted=counted,
        total=sum(one.points for one in counted),
        score=rating.score,
        band_class=band,
        direct=_direct(record.facts, system, as_of),
        credit_class=rating.credit_class,
        waived=tuple(
            Waived(name, mark)
            for name, held in record.facts.items()
            for mark in held.marks
            if system.find(mark.code) is not None and system.is_waived(mark, record.observation)
        ),
    )


def _counted(
    facts: Mapping[FactName, Held], system: IndicatorSystem, as_of: date, observation: ObservationPeriod | None
) -> Iterator[Counted]:
    for name, held in facts.items():
        yield from (one for one in _weighed(name, held, system, observation) if _is_on(one, as_of))
        yield from _of_listing(name, held, system, as_of)


def _weighed(
    name: FactName, held: Held, system: IndicatorSystem, observation: ObservationPeriod | None
) -> Iterator[Counted]:
    """The marks that weigh something, on whatever day. A withdrawn fact holds neither marks nor an entry of a list."""
    for mark, points in zip(held.marks, weigh(held.marks, system, observation), strict=True):
        indicator = system.find(mark.code)
        if indicator is None or points == 0:
            continue
        yield Counted(name, indicator, mark, points, _until(mark, system))


def _is_on(one: Counted, as_of: date) -> bool:
    return one.mark.occurred_on <= as_of and (one.counts_until is None or as_of < one.counts_until)


def _points_of_listing(listing: Listing, system: IndicatorSystem, as_of: date) -> int:
    if not listing.is_on(as_of):
        return 0
    indicator = system.find(list_code(listing.decision.list_code))
    return 0 if indicator is None else indicator.points[BARE]


def _of_listing(name: FactName, held: Held, system: IndicatorSystem, as_of: date) -> Iterator[Counted]:
    if held.listing is None or not held.listing.is_on(as_of):
        return
    decision = held.listing.decision
    mark = Mark(list_code(decision.list_code), BARE, None, decision.decided_on)
    indicator = system.find(mark.code)
    if indicator is not None:
        last = held.listing.in_force_to
        until = None if last is None else last + timedelta(days=1)
        yield Counted(name, indicator, mark, indicator.points_of(mark), until)


def _ends(held: Held, as_of: date) -> Iterator[date]:
    """Days behind `as_of` on which the entry or a flag of it begins or is over; at once where the term already was."""
    next_day, listing = as_of + timedelta(days=1), held.listing
    if listing is None:
        return
    if listing.in_force_from is not None and listing.in_force_from > as_of:
        yield listing.in_force_from
    if listing.state is ListingState.REMOVED and listing.closed_on is not None and listing.closed_on > as_of:
        yield listing.closed_on
    if listing.state is ListingState.ENTERED and listing.decision.ends_on is not None:
        yield max(listing.decision.ends_on + timedelta(days=1), next_day)
    for flag in held.flags:
        if flag.state is FlagState.RAISED and flag.ends_on is not None:
            yield max(flag.ends_on + timedelta(days=1), next_day)


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
