"""Seeded dice for builders: the same seed gives the same test data on every machine and in every version of Python."""

from collections.abc import Sequence
from typing import TypeVar

from services.draw.domain.primitives import SHA256, tagged, uniform_int

T = TypeVar("T")


class Dice:
    """Throws follow from `name` and the order of the calls alone."""

    def __init__(self, name: str) -> None:
        self._seed = tagged(SHA256, "test/dice", name)
        self._throws = 0

    def below(self, n: int) -> int:
        """0…n−1."""
        self._throws += 1
        return uniform_int(SHA256, self._seed, str(self._throws), n)

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def pick(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def sample(self, items: Sequence[T], k: int) -> list[T]:
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(min(k, len(left)))]

    def some(self, items: Sequence[T], percent: int) -> list[T]:
        return [item for item in items if self.chance(percent)]

    def bytes32(self) -> bytes:
        self._throws += 1
        return tagged(SHA256, "test/bytes", self._seed, str(self._throws))
