"""行政区划代码 (GB/T 2260 to the county, GB/T 10114 to the town): syntax, containment and dated history.

Codes are attributes with a term: 410322 孟津县 and 410306 吉利区 became 410308 孟津区 on 2021-03-18, and a number that
was withdrawn can come back for another place (410307). So a code means something only on a day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from shared.values.errors import InvalidValue

_LENGTHS: Final = (6, 9, 12)


class InvalidRegion(InvalidValue):
    """Text that is no region code."""

    code: ClassVar[str] = "region.invalid"

    def __init__(self, text: str) -> None:
        super().__init__(f"行政区划代码应为6位、9位或12位数字：{text}")
        self.text = text


class UnknownRegion(InvalidValue):
    """A well-formed code that the history does not know on that day."""

    code: ClassVar[str] = "region.unknown"

    def __init__(self, region: str, on: date) -> None:
        super().__init__(f"行政区划代码 {region} 在 {on.isoformat()} 不存在或未登记")
        self.region = region
        self.on = on


@dataclass(frozen=True, slots=True)
class RegionTerm:
    """One code with one meaning: in force on days `since` ≤ d < `until`; afterwards `successor` stands for it.

    `since` None: from before our records; `until` None: still in force.
    """

    code: str
    name: str
    since: date | None = None
    until: date | None = None
    successor: str | None = None

    def covers(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


class RegionHistory:
    """The dated codes of a set of regions, given as data."""

    def __init__(self, terms: Iterable[RegionTerm]) -> None:
        """Raises `InvalidRegion` when a code or a successor is malformed."""
        self._terms = tuple(terms)
        for term in self._terms:
            parse_region(term.code)
            if term.successor is not None:
                parse_region(term.successor)

    def in_force(self, code: str, on: date) -> bool:
        return self._find(code, on) is not None

    def name_of(self, code: str, on: date) -> str:
        """The region's name on that day; raises `UnknownRegion`."""
        return self._term(code, on).name

    def resolve(self, code: str, *, used_on: date, on: date) -> str:
        """The code that stands on day `on` for what `code` meant on the day it was used.

        Follows mergers and renumberings in the order of time. Raises `UnknownRegion` when the chain breaks.
        """
        term = self._term(code, used_on)
        while term.until is not None and term.until <= on:
            if term.successor is None:
                raise UnknownRegion(term.code, on)
            term = self._term(term.successor, term.until)
        return term.code

    def codes_of(self, code: str, on: date) -> frozenset[str]:
        """Every code under which the region of `code` on day `on` may have been registered, itself included."""
        today = self._term(code, on)
        return frozenset(term.code for term in self._terms if self._leads_to(term, today, on))

    def _leads_to(self, term: RegionTerm, today: RegionTerm, on: date) -> bool:
        while term != today:
            if term.until is None or term.until > on or term.successor is None:
                return False
            following = self._find(term.successor, term.until)
            if following is None:
                return False
            term = following
        return True

    def _term(self, code: str, on: date) -> RegionTerm:
        found = self._find(code, on)
        if found is None:
            raise UnknownRegion(code, on)
        return found

    def _find(self, code: str, on: date) -> RegionTerm | None:
        return next((term for term in self._terms if term.code == code and term.covers(on)), None)


def is_region(text: str) -> bool:
    """Six digits to the county, nine to the town, twelve to the village; the province is never 0."""
    return len(text) in _LENGTHS and text.isascii() and text.isdigit() and text[0] != "0"


def parse_region(text: str) -> str:
    """`text` if it is a region code; raises `InvalidRegion`."""
    if not is_region(text):
        raise InvalidRegion(text)
    return text


def significant(code: str) -> str:
    """The code without its closing zero pairs: 410000 → 41, 410300 → 4103, 410308 → 410308, 410308100 as it is.

    Raises `InvalidRegion`.
    """
    parse_region(code)
    if len(code) > 6 or not code.endswith("00"):
        return code
    return code[:2] if code.endswith("0000") else code[:4]


def is_within(code: str, area: str) -> bool:
    """Whether `code` lies in `area` or is it, by prefix, both codes of the same day. Raises `InvalidRegion`."""
    return parse_region(code).startswith(significant(area))
