"""Rules on ratios (抽查比例) and yearly visits by credit class: N3, I2/B1, N7, K2, B19."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from services.planning.domain.per_class import PPM, PerClass, percent
from services.planning.domain.rules import Rules
from shared.values.errors import Invalid


class RatioOutOfRange(Invalid):
    message = "抽查比例应在 0% 到 100% 之间，{credit_class} 类为 {ppm} ppm"


class RatioFallsWithRisk(Invalid):
    """Ratios never fall as risk rises: A ≤ B ≤ C ≤ D (N3; 工作方案二（四）、二（九）)."""

    message = "抽查比例不得随风险升高而降低：{lower} 类为 {lower_ratio}，{higher} 类只有 {higher_ratio}"


class RatioAboveCap(Invalid):
    """A general item's ratio is capped (一般检查事项设置上限: 工作方案二（二）; I2)."""

    message = "{credit_class} 类抽查比例 {ratio} 超过一般检查事项“{item}”的上限 {cap}"


class RatioBelowFloor(Invalid):
    """Nobody is left out of the draw for good: a random floor that is never zero (B19; rule `no_disturb_floor_ppm`)."""

    message = "{credit_class} 类抽查比例 {ratio} 低于{rule}规定的底限 {floor}"


class VisitCapOutOfRange(Invalid):
    message = "每年检查次数应为 0 到 366 的整数，{credit_class} 类为 {visits}"


class VisitCapFallsWithRisk(Invalid):
    """Lower frequency for A, strict for D (K2)."""

    message = "每年检查次数上限不得随风险升高而降低：{lower} 类为 {lower_visits} 次，{higher} 类只有 {higher_visits} 次"


class VisitCapAboveLimit(Invalid):
    """The district's yearly cap per class binds every plan (N7; 国办发〔2024〕54号)."""

    message = "{credit_class} 类每年检查次数 {visits} 次超过{rule}规定的 {limit} 次"


class CappedItem(Protocol):
    """An item as far as its cap goes; `ratio_cap_ppm` None: a key item, no cap."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def ratio_cap_ppm(self) -> int | None: ...


def check_ratios(ratios: PerClass, items: Iterable[CappedItem]) -> None:
    """Raises RatioOutOfRange, RatioFallsWithRisk, or RatioAboveCap naming the item with the smallest cap."""
    for credit_class, ppm in ratios.pairs():
        if not 0 <= ppm <= PPM:
            raise RatioOutOfRange(credit_class=credit_class.value, ppm=ppm)
    if fall := ratios.first_fall():
        lower, higher = fall
        raise RatioFallsWithRisk(
            lower=lower.value,
            lower_ratio=percent(ratios.of_class(lower)),
            higher=higher.value,
            higher_ratio=percent(ratios.of_class(higher)),
        )
    _check_caps(ratios, items)


def _check_caps(ratios: PerClass, items: Iterable[CappedItem]) -> None:
    capped = [(item.ratio_cap_ppm, item.code, item.name) for item in items if item.ratio_cap_ppm is not None]
    if not capped:
        return
    cap, code, name = min(capped)
    for credit_class, ppm in ratios.pairs():
        if ppm > cap:
            raise RatioAboveCap(
                credit_class=credit_class.value,
                ratio=percent(ppm),
                item=name,
                item_code=code,
                cap=percent(cap),
                cap_ppm=cap,
            )


def check_floor(ratios: PerClass, rules: Rules) -> None:
    """Raises RatioBelowFloor where the district has a floor."""
    floor = rules.no_disturb_floor
    for credit_class, ppm in ratios.pairs():
        if floor is not None and ppm < floor:
            raise RatioBelowFloor(
                credit_class=credit_class.value,
                ratio=percent(ppm),
                floor=percent(floor),
                rule=rules.cite("no_disturb_floor_ppm"),
            )


def check_visit_caps(caps: PerClass, rules: Rules) -> None:
    """Raises VisitCapOutOfRange, VisitCapFallsWithRisk, or VisitCapAboveLimit where the district has a limit."""
    check_own_caps(caps)
    limit = rules.visits_per_year
    above = caps.first_above(limit) if limit else None
    if limit and above:
        raise VisitCapAboveLimit(
            credit_class=above.value,
            visits=caps.of_class(above),
            limit=limit.of_class(above),
            rule=rules.cite("visits_per_year"),
        )


def check_own_caps(caps: PerClass) -> None:
    """Raises VisitCapOutOfRange or VisitCapFallsWithRisk."""
    for credit_class, visits in caps.pairs():
        if not 0 <= visits <= 366:
            raise VisitCapOutOfRange(credit_class=credit_class.value, visits=visits)
    if fall := caps.first_fall():
        lower, higher = fall
        raise VisitCapFallsWithRisk(
            lower=lower.value,
            lower_visits=caps.of_class(lower),
            higher=higher.value,
            higher_visits=caps.of_class(higher),
        )
