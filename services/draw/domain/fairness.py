"""Fairness (公平性) by statistics: whether many draws together look like the chance that the protocol promises (B9).

Most tests here rest on one idea. If the design treats some labels alike (objects of a stratum, inspectors of equal
standing, pairs of them), then no relabelling changes the chance of a draw, and over independent draws the counts of the
labels differ only as far as single draws scatter. Take from each draw's counts what the design fixes (the mean; for
pairs also how often each one was in), call the rest r. Under fairness E|Σ r|² = Σ E|r|², so that

    X² = degrees × |Σ r|² / Σ |r|²

is about χ² with as many degrees of freedom as r has dimensions: r of one draw has the same variance in every direction.
For simple sampling without replacement this is the textbook statistic with its exact variance; it needs no formula
for the variance of a matching, and draws of different sizes may be mixed. Draws too uneven (favour, neglect) show in
`high`, draws too even to be chance (rotation, invented figures) in `low`.

The p-values are those of Wilson and Hilferty's cube-root approximation of χ² (exact for one degree), good to a few
per cent of p in the body and to a factor of two at 10⁻⁶: enough to name the improbable, no more.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import erfc, sqrt
from typing import TypeVar

Label = TypeVar("Label", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)
NOTHING = 1e-9
"""Squares below this are the rounding of zero."""


@dataclass(frozen=True)
class Evidence:
    """What one test found. `high`: chance of this much unevenness or more; `low`: of this little or less.

    `worst` deviates most, by `deviation` standard deviations; that is a hint where to look, not a test of its own.
    """

    name: str
    statistic: float
    degrees: int
    high: float
    low: float
    worst: object = None
    deviation: float = 0.0

    @property
    def p(self) -> float:
        """For both sides at once; of a figure with one side it is the double, to be safe."""
        return min(1.0, 2 * min(self.high, self.low))


def improbable(found: Collection[Evidence], level: float) -> list[Evidence]:
    """Those that fair draws show in one of 1/level such collections or fewer (Bonferroni's bound)."""
    return [evidence for evidence in found if evidence.p < level / len(found)]


def inclusion(name: str, draws: Iterable[Iterable[Label]], frame: Collection[Label]) -> Evidence:
    """How often each label of the frame was in: objects drawn (抽中次数), or visits of each inspector (出勤次数)."""

    def rest(counts: Counter[Label]) -> dict[Label, float]:
        mean = counts.total() / len(frame)
        return {label: counts[label] - mean for label in frame}

    return _evenness(name, [Counter(draw) for draw in draws], rest, len(frame) - 1)


def pairs(name: str, draws: Iterable[Iterable[Collection[Label]]], frame: Sequence[Label]) -> Evidence:
    """How often two were in one group: objects drawn together (同时抽中), inspectors in one team (搭档).

    What follows from how often each one was in is taken out: an object drawn often is no fault of its pairs. A draw is
    its groups: one of all its objects, or one of each team. The frame needs four labels or more.
    """
    order = {label: place for place, label in enumerate(frame)}
    size = len(frame)

    def rest(counts: Counter[tuple[Label, Label]]) -> dict[tuple[Label, Label], float]:
        mean = counts.total() / (size * (size - 1) / 2)
        lean = dict.fromkeys(frame, -(size - 1) * mean)
        for (a, b), count in counts.items():
            lean[a] += count
            lean[b] += count
        return {pair: counts[pair] - mean - (lean[pair[0]] + lean[pair[1]]) / (size - 2) for pair in every}

    every = list(combinations(frame, 2))
    counted = [
        Counter(pair for group in draw for pair in combinations(sorted(group, key=order.__getitem__), 2))
        for draw in draws
    ]
    return _evenness(name, counted, rest, size * (size - 3) // 2)


def meetings(
    name: str, draws: Iterable[Iterable[tuple[Label, Other]]], left: Collection[Label], right: Collection[Other]
) -> Evidence:
    """How often one of the left met one of the right: inspectors and the objects they visit (人员与对象).

    What follows from how often each one was in is taken out, as with pairs.
    """

    def rest(counts: Counter[tuple[Label, Other]]) -> dict[tuple[Label, Other], float]:
        mean = counts.total() / (len(left) * len(right))
        rows: Counter[Label] = Counter()
        columns: Counter[Other] = Counter()
        for (a, b), count in counts.items():
            rows[a] += count
            columns[b] += count
        return {
            (a, b): counts[a, b] - rows[a] / len(right) - columns[b] / len(left) + mean for a, b in product(left, right)
        }

    return _evenness(name, [Counter(draw) for draw in draws], rest, (len(left) - 1) * (len(right) - 1))


def _evenness(
    name: str, draws: Sequence[Counter[Label]], rest: Callable[[Counter[Label]], dict[Label, float]], degrees: int
) -> Evidence:
    """X² of the module's text. Nothing is told (p = 1) where single draws leave nothing to chance."""
    spread = sum(_square(rest(draw)) for draw in draws)
    if spread < NOTHING or not degrees:
        return Evidence(name, 0.0, degrees, 1.0, 1.0)
    together: Counter[Label] = Counter()
    for draw in draws:
        together.update(draw)
    left = rest(together)
    statistic = degrees * _square(left) / spread
    worst = max(left, key=lambda label: abs(left[label]))
    high, low = chi_square_tails(statistic, degrees)
    return Evidence(name, statistic, degrees, high, low, worst, left[worst] / sqrt(spread / len(left)))


def _square(residuals: Mapping[Label, float]) -> float:
    return sum(value * value for value in residuals.values())


def rounding(name: str, counts: Sequence[int], exact: Fraction) -> Evidence:
    """Random rounding (随机取整), section 5.3: each count is ⌊exact⌋ or ⌈exact⌉, and exact on average."""
    part = exact % 1
    surplus = sum(counts) - len(counts) * exact
    possible = all(abs(count - exact) < 1 for count in counts)
    variance = float(len(counts) * part * (1 - part))
    if not possible or not variance:
        sound = possible and not surplus
        return Evidence(name, 0.0 if sound else float("inf"), 1, float(sound), 1.0)
    return _normal(name, float(surplus) / sqrt(variance))


@dataclass(frozen=True)
class StratumDraw:
    """One stratum in one draw, cut by a category such as region: how many it had, how many of them were drawn."""

    had: Mapping[str, int]
    drawn: Mapping[str, int]


def categories(name: str, strata: Sequence[StratumDraw]) -> list[Evidence]:
    """Each category's drawn objects over real draws of any sizes, against the hypergeometric law of each stratum.

    E = n K/N, Var = n K/N (1 − K/N) (N − n)/(N − 1), summed over the strata. For the yearly report (年度公平性报告).
    """
    found = []
    for category in sorted({category for stratum in strata for category in stratum.had}):
        surplus = variance = 0.0
        for stratum in strata:
            size, drawn = sum(stratum.had.values()), sum(stratum.drawn.values())
            share = stratum.had.get(category, 0) / size if size else 0.0
            surplus += stratum.drawn.get(category, 0) - drawn * share
            variance += drawn * share * (1 - share) * (size - drawn) / (size - 1) if size > 1 else 0.0
        if variance:
            found.append(_normal(f"{name} {category}", surplus / sqrt(variance)))
    return found


def monte_carlo(observed: float, simulated: Sequence[float]) -> float:
    """The chance of a figure this large, from the same figure of draws computed again under other seeds.

    (1 + how many reach it) / (1 + how many there are): exact under the protocol, however uneven the roster is.
    """
    return (1 + sum(value >= observed for value in simulated)) / (1 + len(simulated))


def chi_square_tails(statistic: float, degrees: int) -> tuple[float, float]:
    """(high, low) of χ²: Wilson and Hilferty 1931; one degree is a squared normal."""
    if degrees == 1:
        high = erfc(sqrt(statistic / 2))
        return high, 1 - high
    scatter = 2 / (9 * degrees)
    z = ((statistic / degrees) ** (1 / 3) - (1 - scatter)) / sqrt(scatter)
    return erfc(z / sqrt(2)) / 2, erfc(-z / sqrt(2)) / 2


def _normal(name: str, deviation: float) -> Evidence:
    """A standard normal deviation. Only its size tells: that one figure is close to its mean is no wonder."""
    high, _ = chi_square_tails(deviation**2, 1)
    return Evidence(name, deviation**2, 1, high, 1.0, name, deviation)
