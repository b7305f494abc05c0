"""Beacon patterns (信标格式), section 4: a small language without alternatives or stars.

Because a group with a count inside takes no count itself, every pattern is a row of units, each a string of character
sets repeated n to m times. Matching follows sets of positions, as bits of an integer: it never backtracks.
"""

import re
from dataclasses import dataclass

from services.draw.domain.errors import FieldRefused

MAX_LENGTH = 200
MAX_GROUP_DEPTH = 2
_COUNT = re.compile(r"\{([1-9][0-9]{0,2})(?:,([1-9][0-9]{0,2}))?\}")
_LITERAL = re.compile(r"[0-9A-Za-z:_,=-]|\\\.")
_CLASS = re.compile(r"\[((?:[0-9A-Za-z](?:-[0-9A-Za-z])?)+)\]")
_CLASS_ITEM = re.compile(r"([0-9A-Za-z])(?:-([0-9A-Za-z]))?")
_KINDS = ("09", "AZ", "az")

CharSet = frozenset[str]


@dataclass(frozen=True)
class Unit:
    """Character sets that follow each other, the whole repeated `low` to `high` times."""

    chars: tuple[CharSet, ...]
    low: int = 1
    high: int = 1

    @property
    def counted(self) -> bool:
        return (self.low, self.high) != (1, 1)


@dataclass(frozen=True)
class Pattern:
    """A parsed pattern; `text` is what the commitment says."""

    text: str
    units: tuple[Unit, ...]

    def matches(self, value: str) -> bool:
        """Whether the whole value matches."""
        masks: dict[CharSet, int] = {}
        reached = 1
        for unit in self.units:
            steps = [masks.setdefault(chars, _mask(chars, value)) for chars in unit.chars]
            reached = _repeat(reached, steps, unit)
            if not reached:
                return False
        return bool(reached >> len(value) & 1)


def _mask(chars: CharSet, value: str) -> int:
    """Bit p is set iff the character at position p belongs to the set."""
    return sum(1 << p for p, c in enumerate(value) if c in chars)


def _repeat(reached: int, steps: list[int], unit: Unit) -> int:
    """Positions after `low` to `high` repetitions, from those before."""
    after = 0
    for times in range(1, unit.high + 1):
        for mask in steps:
            reached = (reached & mask) << 1
        if not reached:
            break
        if times >= unit.low:
            after |= reached
    return after


def parse_pattern(text: str) -> Pattern:
    """Parse a pattern of 1–200 characters. Raises FieldRefused."""
    if not 1 <= len(text) <= MAX_LENGTH:
        raise FieldRefused(f"pattern 长度不在 1…{MAX_LENGTH}")
    parser = _Parser(text)
    units, _ = parser.items(0)
    if parser.at != len(text):
        raise parser.refused()
    return Pattern(text, tuple(units))


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def refused(self) -> FieldRefused:
        return FieldRefused(f"pattern 第 {self.at + 1} 个字符处不合语法")

    def items(self, depth: int) -> tuple[list[Unit], bool]:
        """item+ up to the end or a closing parenthesis; and whether a count stands anywhere inside."""
        units: list[Unit] = []
        any_count = False
        while self.at < len(self.text) and self.text[self.at] != ")":
            found, has_count = self._item(depth)
            units += found
            any_count = any_count or has_count
        if not units:
            raise self.refused()
        return units, any_count

    def _item(self, depth: int) -> tuple[list[Unit], bool]:
        units, count_inside = self._atom(depth)
        count = self._take(_COUNT)
        if count is None:
            return units, count_inside
        low = int(count[1])
        high = int(count[2] or low)
        if count_inside or low > high:
            raise self.refused()
        chars = tuple(chars for unit in units for chars in unit.chars)
        return [Unit(chars, low, high)], True

    def _atom(self, depth: int) -> tuple[list[Unit], bool]:
        if literal := self._take(_LITERAL):
            return [Unit((frozenset(literal[0][-1]),))], False
        if chars := self._take(_CLASS):
            return [Unit((self._class(chars[1]),))], False
        if self.text[self.at] != "(" or depth == MAX_GROUP_DEPTH:
            raise self.refused()
        self.at += 1
        units, has_count = self.items(depth + 1)
        if self.at == len(self.text):
            raise self.refused()
        self.at += 1
        return units, has_count

    def _class(self, body: str) -> CharSet:
        chars: set[str] = set()
        for low, high in _CLASS_ITEM.findall(body):
            if high and not (low < high and any(kind[0] <= low and high <= kind[1] for kind in _KINDS)):
                raise self.refused()
            chars.update(map(chr, range(ord(low), ord(high or low) + 1)))
        return frozenset(chars)

    def _take(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        found = expression.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found
