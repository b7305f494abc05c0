"""The statistics behind the fairness evidence: known values, exact variances, honest p-values (B9)."""

from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest

from services.draw.domain.fairness import (
    StratumDraw,
    categories,
    chi_square_tails,
    improbable,
    inclusion,
    meetings,
    monte_carlo,
    pairs,
    rounding,
)
from tests.builders.dice import Dice


def samples(name: str, count: int, n: int, frame: list[str]) -> list[list[str]]:
    dice = Dice(name)
    return [dice.sample(frame, n) for _ in range(count)]


FRAME = [f"企业{n}" for n in range(20)]


@pytest.mark.parametrize(
    ("statistic", "degrees", "high"),
    [
        (3.841, 1, 0.05),
        (10.828, 1, 0.001),
        (5.991, 2, 0.05),
        (18.307, 10, 0.05),
        (29.588, 10, 0.001),
        (124.342, 100, 0.05),
        (149.449, 100, 0.001),
    ],
)
def test_the_tails_are_those_of_the_tables(statistic: float, degrees: int, high: float) -> None:
    found, low = chi_square_tails(statistic, degrees)
    assert found == pytest.approx(high, rel=0.1)
    assert found + low == pytest.approx(1)


def test_inclusion_is_the_textbook_statistic_of_sampling_without_replacement() -> None:
    """Variance p(1 − p), covariance −p(1 − p)/(N − 1): X² = (N − 1)/N Σ (c − Rp)² / (R p (1 − p))."""
    draws = samples("textbook", 50, 6, FRAME)
    counts = Counter(label for draw in draws for label in draw)
    p = 6 / 20
    textbook = 19 / 20 * sum((counts[label] - 50 * p) ** 2 for label in FRAME) / (50 * p * (1 - p))
    evidence = inclusion("抽中次数", draws, FRAME)
    assert evidence.statistic == pytest.approx(textbook)
    assert evidence.degrees == 19


def test_pairs_have_the_exact_variance_of_sampling_without_replacement() -> None:
    """Of the three eigenvalues of the pairs' covariance, the last is p₂ − 2 p₃ + p₄, on N(N − 3)/2 dimensions."""
    size, n, count = 8, 3, 40
    frame = FRAME[:size]
    draws = samples("pairs", count, n, frame)
    total = Counter(frozenset(pair) for draw in draws for pair in combinations(draw, 2))
    lean = {a: sum(total[frozenset((a, b))] for b in frame if b != a) for a in frame}
    everything = sum(total.values())
    rest = sum(
        (total[frozenset((a, b))] - (lean[a] + lean[b]) / (size - 2) + 2 * everything / ((size - 1) * (size - 2))) ** 2
        for a, b in combinations(frame, 2)
    )
    p2 = Fraction(n * (n - 1), size * (size - 1))
    p3 = p2 * Fraction(n - 2, size - 2)
    p4 = p3 * Fraction(n - 3, size - 3)
    evidence = pairs("同时抽中", [[draw] for draw in draws], frame)
    assert evidence.degrees == size * (size - 3) // 2
    assert evidence.statistic == pytest.approx(rest / float(count * (p2 - 2 * p3 + p4)))


def test_p_values_of_fair_draws_are_spread_evenly() -> None:
    """Otherwise the suite would be blind, or cry wolf."""
    singles, doubles, met = [], [], []
    for run in range(150):
        draws = samples(f"even {run}", 30, 5, FRAME[:12])
        singles.append(inclusion("", draws, FRAME[:12]).high)
        doubles.append(pairs("", [[draw] for draw in draws], FRAME[:12]).high)
        places = [list(zip(draw, "abcde", strict=True)) for draw in draws]
        met.append(meetings("", places, FRAME[:12], "abcde").high)
    for found in (singles, doubles, met):
        assert 5 <= sum(p < 0.1 for p in found) <= 28
        assert 5 <= sum(p > 0.9 for p in found) <= 28
        assert 55 <= sum(p < 0.5 for p in found) <= 95


def test_the_label_that_deviates_most_is_named() -> None:
    draws = [["企业7", *draw] for draw in samples("worst", 30, 4, FRAME[:7])]
    evidence = inclusion("抽中次数", draws, FRAME)
    assert evidence.worst == "企业7"
    assert evidence.deviation > 4


def test_where_nothing_is_left_to_chance_nothing_is_told() -> None:
    draws = [FRAME] * 5
    assert inclusion("", draws, FRAME).p == 1
    assert pairs("", [[draw] for draw in draws], FRAME).p == 1
    assert inclusion("", [], FRAME).p == 1


def test_rounding_has_two_values_and_the_exact_mean() -> None:
    exact = Fraction(17, 2)
    assert rounding("", [8, 9] * 50, exact).p == 1
    assert rounding("", [8, 9, 9, 9] * 50, exact).p < 1e-6
    assert rounding("", [8, 9] * 50 + [10, 7], exact).p == 0, "a count that random rounding cannot give"
    assert rounding("", [6, 6], Fraction(6)).p == 1
    assert rounding("", [6, 7], Fraction(6)).p == 0


def test_categories_follow_the_hypergeometric_law() -> None:
    """By region: drawn as often as their share has it, over strata of any size; a neglected region is named."""
    dice = Dice("regions")
    frame = ["东区"] * 30 + ["西区"] * 50 + ["南区"] * 20
    fair = [StratumDraw(Counter(frame), Counter(dice.sample(frame, dice.between(5, 25)))) for _ in range(60)]
    assert improbable(categories("地区", fair), 1e-3) == []
    skewed = [StratumDraw(draw.had, {**draw.drawn, "西区": draw.drawn["西区"] + 4}) for draw in fair]
    assert [found.name for found in improbable(categories("地区", skewed), 1e-3)] != []
    one = categories("地区", [StratumDraw({"东区": 2, "西区": 2}, {"东区": 2, "西区": 0})])
    assert one[0].deviation == pytest.approx(1 / (2 * 0.5 * 0.5 * 2 / 3) ** 0.5)
    assert categories("地区", [StratumDraw({"东区": 4}, {"东区": 2})]) == []


def test_a_figure_is_as_rare_as_the_simulated_ones_that_reach_it() -> None:
    assert monte_carlo(5, [1, 2, 5, 9]) == pytest.approx(3 / 5)
    assert monte_carlo(10, [1] * 99) == pytest.approx(0.01)


def test_many_tests_need_stronger_evidence_each() -> None:
    weak = inclusion("", samples("weak", 30, 5, FRAME), FRAME)
    level = weak.p * 1.5
    assert improbable([weak], level) == [weak]
    assert improbable([weak, weak], level) == []
