"""The indicator system (信用风险分类指标体系): data with a version, from which scores and classes follow (K1).

Henan 豫市监办〔2022〕100号: 0 to 1000 points, higher is riskier; bands are half-open; lists named by direct rules put
an entity in a class whatever its points. Weights are not published nationally, so every number is editable data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.credit.domain.facts import BARE, Mark
from services.credit.domain.periods import ObservationPeriod
from shared.values.credit_class import RATED, CreditClass, is_riskier
from shared.values.errors import Invalid

LEVELS = 5


class IndicatorSystemInvalid(Invalid):
    message = "指标体系有误：{reason}"


@dataclass(frozen=True, slots=True)
class Indicator:
    """`points[0]` for a bare mark, `points[1..5]` by severity. `window_months` None: counts while the fact stands."""

    code: str
    name: str
    group: str
    points: tuple[int, ...]
    window_months: int | None

    def points_of(self, mark: Mark) -> int:
        """The source's own points where it gave some, else those of the level."""
        return self.points[mark.level] if mark.points is None else mark.points


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `starts_at` up to the next band belong to `credit_class`."""

    credit_class: CreditClass
    starts_at: int


@dataclass(frozen=True, slots=True)
class DirectRule:
    """Being on the list gives the class outright (直接判定)."""

    list_code: str
    credit_class: CreditClass
    basis: str


@dataclass(frozen=True, slots=True)
class NewForm:
    """A new business form (新业态): entities of these industries (GB/T 4754, by prefix) have an observation period of
    `months` from their registration; findings up to `max_level` made in it weigh nothing (K4)."""

    code: str
    name: str
    industries: tuple[str, ...]
    months: int
    max_level: int
    basis: str


@dataclass(frozen=True, slots=True)
class WarningRule:
    """When moves of classes are worth a warning (K3): a jump is a rise by `jump_classes` in one step or by
    `jump_points` to C or D; a cluster is `cluster_count` entities of an industry or a town risen within
    `cluster_days`."""

    jump_classes: int = 2
    jump_points: int = 300
    cluster_days: int = 30
    cluster_count: int = 5


DEFAULT_WARNINGS = WarningRule()


@dataclass(frozen=True, slots=True)
class IndicatorSystem:
    """One version. `codes` maps what facts carry (`outcome:8`, `list:abnormal_operations`) to indicators."""

    code: str
    version: int
    title: str
    legal_basis: str
    highest: int
    bands: tuple[Band, ...]
    indicators: Mapping[str, Indicator]
    codes: Mapping[str, str]
    direct_rules: tuple[DirectRule, ...]
    new_forms: tuple[NewForm, ...] = ()
    warnings: WarningRule = DEFAULT_WARNINGS

    def find(self, code: str) -> Indicator | None:
        """The indicator a mark's code counts under; None: it is kept in the archive and weighs nothing."""
        return self.indicators.get(self.codes.get(code, code))

    def class_of(self, score: int) -> CreditClass:
        """The class of a score 0..`highest`; bands are half-open, so 200 is B and 199 is A."""
        return next(band.credit_class for band in reversed(self.bands) if score >= band.starts_at)

    def direct_rule(self, list_codes: set[str]) -> DirectRule | None:
        """The rule that gives the riskiest class among those of the lists; None if no list has one."""
        found: DirectRule | None = None
        for rule in self.direct_rules:
            if rule.list_code in list_codes and (found is None or is_riskier(rule.credit_class, found.credit_class)):
                found = rule
        return found

    def is_waived(self, mark: Mark, observation: ObservationPeriod | None) -> bool:
        """Whether the mark is light and made inside the observation period of a form this version knows."""
        if observation is None or not observation.covers(mark.occurred_on):
            return False
        form = next((form for form in self.new_forms if form.code == observation.form), None)
        return form is not None and BARE < mark.level <= form.max_level

    def checked(self) -> IndicatorSystem:
        """Itself; raises IndicatorSystemInvalid when its parts do not fit together."""
        if tuple(band.credit_class for band in self.bands) != RATED or self.bands[0].starts_at != 0:
            raise IndicatorSystemInvalid(reason="分数段须从 0 分起依次为 A、B、C、D")
        starts = [band.starts_at for band in self.bands]
        if sorted(set(starts)) != starts or starts[-1] > self.highest:
            raise IndicatorSystemInvalid(reason="分数段起点须依次上升且不超过满分")
        for indicator in self.indicators.values():
            if len(indicator.points) != LEVELS + 1 or list(indicator.points[1:]) != sorted(indicator.points[1:]):
                raise IndicatorSystemInvalid(reason=f"指标 {indicator.code} 的分值须为 6 个且随程度不减")
            if min(indicator.points) < 0 or (indicator.window_months is not None and indicator.window_months < 1):
                raise IndicatorSystemInvalid(reason=f"指标 {indicator.code} 的分值不能为负，计入月数须为正")
        for form in self.new_forms:
            if form.months < 1 or not 1 <= form.max_level <= LEVELS or not all(map(str.isalnum, form.industries)):
                raise IndicatorSystemInvalid(reason=f"新业态 {form.code} 的行业、观察期月数或程度有误")
        unknown = sorted({code for code in self.codes.values() if code not in self.indicators})
        if unknown:
            raise IndicatorSystemInvalid(reason=f"没有指标 {'、'.join(unknown)}")
        return self


def weigh(
    marks: tuple[Mark, ...], system: IndicatorSystem, observation: ObservationPeriod | None = None
) -> tuple[int, ...]:
    """Points of each mark of one fact; a light one made in the observation period weighs nothing (K4).

    A bare mark weighs only where no graded mark of the same fact speaks to its indicator: "发现问题待后续处理" beside
    the findings themselves is not a second problem."""
    if not marks:
        return ()
    if len(marks) == 1:
        (mark,) = marks
        indicator = system.find(mark.code)
        return (0 if indicator is None or system.is_waived(mark, observation) else indicator.points_of(mark),)
    found = [system.find(mark.code) for mark in marks]
    graded = {
        indicator.code
        for mark, indicator in zip(marks, found, strict=True)
        if indicator is not None and (mark.level != BARE or mark.points is not None)
    }
    points: list[int] = []
    for mark, indicator in zip(marks, found, strict=True):
        bare = mark.level == BARE and mark.points is None
        if indicator is None or (bare and indicator.code in graded) or system.is_waived(mark, observation):
            points.append(0)
        else:
            points.append(indicator.points_of(mark))
            if bare:
                graded.add(indicator.code)
    return tuple(points)
