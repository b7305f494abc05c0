"""The five mixes of job 9: 5,000 visits × 4 departments × 2 officers, 800 inspectors, ten towns.

A mix is a pure function of its name and size. Two random inspectors are recused from each object, except in `easy`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.draw.domain.lists import Inspector, Recusal
from services.draw.domain.matching import Matching, MatchRules, Visit
from services.draw.domain.primitives import SHA256
from services.draw.domain.visits import Tags, Team, visit_order
from tests.builders.dice import Dice

DEPARTMENTS = ("消防", "市场监管", "应急", "住建")
TOWNS = tuple(f"4103080{n:02}" for n in range(1, 11))
OFFICERS = 2
WINDOW_END = "2026-12-31"
NOBODY: Tags = frozenset()
FOOD: Tags = frozenset({"食品"})


@dataclass(frozen=True)
class Size:
    """How many visits and, in each department, inspectors."""

    visits: int = 5_000
    inspectors: int = 200

    @property
    def slots(self) -> int:
        return self.visits * len(DEPARTMENTS) * OFFICERS

    @property
    def mean_load(self) -> float:
        return self.visits * OFFICERS / self.inspectors


@dataclass(frozen=True)
class Mix:
    """One mix: where an inspector may go, what he knows, where the objects are, and how full he may be."""

    name: str
    cap: float
    regions: Callable[[Dice], tuple[str, ...]]
    towns: Sequence[str] = TOWNS
    first_needs: Tags = NOBODY
    tags: Callable[[Dice], tuple[str, ...]] = lambda _: ()
    recused: int = 2
    yearly: Callable[[Dice], int] | None = None


def _some_towns(dice: Dice) -> tuple[str, ...]:
    return dice.pick((("*",), tuple(dice.sample(TOWNS, 1)), tuple(dice.sample(TOWNS, 2))))


def _two_towns(dice: Dice) -> tuple[str, ...]:
    return tuple(dice.sample(TOWNS, 2))


def _mostly_one_town(dice: Dice) -> tuple[str, ...]:
    return ("*",) if dice.chance(10) else (dice.pick(TOWNS),)


def _three_towns(dice: Dice) -> tuple[str, ...]:
    return dice.pick((("*",), tuple(dice.sample(TOWNS, 3))))


def _one_skill(dice: Dice) -> tuple[str, ...]:
    return dice.pick((("食品",), ("消防",), ()))


SKEWED_TOWNS = tuple(town for n, town in enumerate(TOWNS, 1) for _ in range(n))
"""The busiest town has ten objects for one of the quietest."""

MIXES = (
    Mix("easy", 2, lambda _: ("*",), recused=0),
    Mix("regions", 2, _some_towns, first_needs=FOOD, tags=_one_skill),
    Mix("skew", 3, _mostly_one_town, towns=SKEWED_TOWNS),
    Mix("tight", 1.02, _three_towns),
    Mix("infeasible", 0.8, _three_towns),
)
WIDE_YEAR = Mix("wide-year", 3, _two_towns, first_needs=FOOD, tags=_one_skill, yearly=lambda dice: dice.below(3000))
"""Not of the five: yearly loads (年度负荷) spread over sixty times the mean and balanced, thousands of moves."""


@dataclass(frozen=True)
class Problem:
    """A matching to solve."""

    rules: MatchRules
    roster: tuple[Inspector, ...]
    recusals: tuple[Recusal, ...]
    visits: tuple[Visit, ...]

    def solve(self) -> Matching:
        return Matching(self.rules, self.roster, self.recusals, self.visits)


def a_problem(mix: Mix, size: Size) -> Problem:
    dice = Dice(f"mix {mix.name} {size}")
    seed = dice.bytes32()
    roster = tuple(
        _inspector(dice, mix, size, department) for department in DEPARTMENTS for _ in range(size.inspectors)
    )
    places = (mix.first_needs, *[NOBODY] * (OFFICERS - 1))
    teams = tuple(Team(department, places) for department in sorted(DEPARTMENTS))
    tokens = visit_order(SHA256, seed, [dice.bytes32() for _ in range(size.visits)])
    visits = tuple(Visit(token, dice.pick(mix.towns), teams) for token in tokens)
    recusals = tuple(Recusal(token, dice.pick(roster).token) for token in tokens for _ in range(mix.recused))
    rules = MatchRules(SHA256, seed, WINDOW_END, yearly=mix.yearly is not None)
    return Problem(rules, roster, recusals, visits)


def _inspector(dice: Dice, mix: Mix, size: Size, department: str) -> Inspector:
    return Inspector(
        token=dice.bytes32(),
        department=department,
        regions=mix.regions(dice),
        tags=mix.tags(dice),
        valid_to=WINDOW_END,
        cap=round(mix.cap * size.mean_load),
        yearly_load=mix.yearly(dice) if mix.yearly else 0,
    )
