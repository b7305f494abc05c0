"""A figure for each credit class (信用风险等级): a ratio in ppm, or visits a year."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.values.credit_class import RATED, CreditClass
from shared.values.errors import Invalid

PPM = 1_000_000


class CreditClassUnknown(Invalid):
    message = "不认识的信用风险等级：{credit_class}"


class CreditClassTwice(Invalid):
    message = "信用风险等级 {credit_class} 重复填写"


class CreditClassMissing(Invalid):
    """非信用等级不双随机 (工作方案二（四）): A, B, C and D must each be stated (N3)."""

    message = "缺少信用风险等级 {credit_class} 的数值，A、B、C、D 四级都要填写"


@dataclass(frozen=True, slots=True)
class PerClass:
    """A to D, and U where it is stated; otherwise U is treated as B (K1)."""

    a: int
    b: int
    c: int
    d: int
    u: int | None = None

    def of_class(self, credit_class: CreditClass) -> int:
        if credit_class is CreditClass.U and self.u is not None:
            return self.u
        return {CreditClass.A: self.a, CreditClass.B: self.b, CreditClass.C: self.c, CreditClass.D: self.d}[
            credit_class.treated_as
        ]

    def pairs(self) -> tuple[tuple[CreditClass, int], ...]:
        """All five classes in the order A, B, C, D, U, with what applies to U."""
        return tuple((one, self.of_class(one)) for one in (*RATED, CreditClass.U))

    def first_fall(self) -> tuple[CreditClass, CreditClass] | None:
        """The first neighbouring classes where the figure falls as risk rises, or None. U stands outside the order."""
        return next(((low, high) for low, high in pairwise(RATED) if self.of_class(low) > self.of_class(high)), None)

    def first_above(self, limit: PerClass) -> CreditClass | None:
        """The first class whose figure exceeds that of `limit`, or None."""
        return next((one for one, figure in self.pairs() if figure > limit.of_class(one)), None)


def read_per_class(stated: Iterable[tuple[str, int]]) -> PerClass:
    """`[("A", 10000), …]` → PerClass. Raises CreditClassUnknown, CreditClassTwice or CreditClassMissing."""
    found: dict[str, int] = {}
    for credit_class, figure in stated:
        if credit_class not in CreditClass.__members__:
            raise CreditClassUnknown(credit_class=credit_class)
        if credit_class in found:
            raise CreditClassTwice(credit_class=credit_class)
        found[credit_class] = figure
    for rated in RATED:
        if rated.value not in found:
            raise CreditClassMissing(credit_class=rated.value)
    return PerClass(found["A"], found["B"], found["C"], found["D"], found.get("U"))


def highest(figures: Sequence[PerClass]) -> PerClass:
    """Class by class the highest: never falls with risk where none of `figures` does."""
    return _each(figures, max)


def lowest(figures: Sequence[PerClass]) -> PerClass:
    """Class by class the lowest: never falls with risk where none of `figures` does."""
    return _each(figures, min)


def _each(figures: Sequence[PerClass], pick: Callable[[Iterable[int]], int]) -> PerClass:
    states_u = any(one.u is not None for one in figures)
    classes = (*RATED, CreditClass.U) if states_u else RATED
    return PerClass(*(pick([one.of_class(credit_class) for one in figures]) for credit_class in classes))


def percent(ppm: int) -> str:
    """30000 → `3%`, 12500 → `1.25%`."""
    whole, rest = divmod(ppm, PPM // 100)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + "%"
