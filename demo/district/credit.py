"""Credit facts that put the district's businesses into risk classes in the usual shares."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

from demo.district.model import BUSINESS_KINDS, CreditFact, Entity

#: Points [low, high) of each class: 豫市监办〔2022〕100号, higher is riskier.
BANDS: Final = {"A": (0, 200), "B": (200, 500), "C": (500, 750), "D": (750, 1001)}
SHARES: Final = {"A": 0.65, "B": 0.25, "C": 0.08, "D": 0.02}

_SOURCE: Final = Path(__file__).parent / "data" / "indicators.csv"
_STEP: Final = 5
_RECIPES: Final = {
    "A": (("mild",), ("mild", "mild")),
    "B": (("middle", "mild"), ("middle", "middle"), ("middle", "mild", "mild")),
    "C": (("middle", "middle", "middle"), ("heavy", "middle"), ("middle", "middle", "mild", "mild")),
    "D": (("heavy", "middle"), ("heavy", "heavy"), ("heavy", "middle", "middle")),
}
_FIRST_DAY, _LAST_DAY = date(2023, 10, 1), date(2026, 9, 30)
# How much of the points a fact of that weight takes.
_PARTS: Final = {"mild": 1, "middle": 3, "heavy": 8}


@dataclass(frozen=True, slots=True)
class _Indicator:
    code: str
    weight: str
    source: str
    text: str


def band_of(points: int) -> str:
    """The class letter of a sum of points 0–1000."""
    return next(letter for letter, (low, high) in BANDS.items() if low <= points < high)


def credit_facts(rng: Random, entities: Sequence[Entity]) -> tuple[CreditFact, ...]:
    """Facts of every business, in the order of the entities: exact shares A–D, dealt at random."""
    subjects = [entity for entity in entities if entity.kind in BUSINESS_KINDS]
    letters = _deal(rng, len(subjects))
    indicators = _indicators()
    return tuple(
        fact
        for entity, letter in zip(subjects, letters, strict=True)
        for fact in _facts(rng, entity, letter, indicators)
    )


def _deal(rng: Random, count: int) -> list[str]:
    letters = [letter for letter in "BCD" for _ in range(round(count * SHARES[letter]))]
    letters = ["A"] * (count - len(letters)) + letters
    rng.shuffle(letters)
    return letters


def _facts(rng: Random, entity: Entity, letter: str, indicators: dict[str, list[_Indicator]]) -> list[CreditFact]:
    weights = rng.choice(_RECIPES[letter])
    chosen = [rng.choice(indicators[weight]) for weight in weights]
    low, high = BANDS[letter]
    score = rng.randrange(max(low, _STEP * len(weights)), high, _STEP)
    return [
        CreditFact(
            entity_no=entity.external_no,
            uscc=entity.uscc,
            indicator=indicator.code,
            points=points,
            occurred_on=_day(rng, entity.registered_on),
            source=indicator.source,
            text=indicator.text,
        )
        for indicator, points in zip(chosen, _split(score, weights), strict=True)
    ]


def _split(score: int, weights: Sequence[str]) -> list[int]:
    """The score in parts by weight, whole steps, each at least one step; the first takes the rest."""
    whole = sum(_PARTS[weight] for weight in weights)
    parts = [max(_STEP, score * _PARTS[weight] // whole // _STEP * _STEP) for weight in weights]
    return [score - sum(parts[1:]), *parts[1:]]


def _day(rng: Random, registered_on: date) -> date:
    first = max(_FIRST_DAY, registered_on)
    return first + timedelta(days=rng.randint(0, (_LAST_DAY - first).days))


def _indicators() -> dict[str, list[_Indicator]]:
    found: dict[str, list[_Indicator]] = {weight: [] for weight in _PARTS}
    with _SOURCE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            indicator = _Indicator(row["code"], row["weight_class"], row["source"], row["text"])
            found[indicator.weight].append(indicator)
    return found
