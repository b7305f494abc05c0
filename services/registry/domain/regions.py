"""The dated region codes of a district (行政区划), as the district loaded them: data, never code (B10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from shared.values.errors import Invalid
from shared.values.region import RegionHistory, RegionTerm, UnknownRegion, is_region

COUNTY_LENGTH = 6


class RegionTermsInvalid(Invalid):
    message = "区划代码 {code} 的起止日期不正确：启用日期应早于停用日期，有继任代码的应写明停用日期"


@dataclass(frozen=True, slots=True)
class StoredTerm:
    """A term with its key: a number can come back for another place, so code and first day name it together."""

    id: UUID
    district: str
    term: RegionTerm
    version: int = 1


def check_terms(terms: Sequence[RegionTerm]) -> None:
    """Raises InvalidRegion for a malformed code, RegionTermsInvalid for a term that ends before it begins or begins
    twice."""
    RegionHistory(terms)
    begun: set[tuple[str, date | None]] = set()
    for term in terms:
        backwards = term.since is not None and term.until is not None and term.since >= term.until
        if backwards or (term.until is None and term.successor is not None) or (term.code, term.since) in begun:
            raise RegionTermsInvalid(code=term.code)
        begun.add((term.code, term.since))


class DistrictRegions:
    """The regions of one district on one day. A district that loaded none is checked for syntax only."""

    def __init__(self, terms: Iterable[RegionTerm], today: date) -> None:
        self._terms = tuple(terms)
        self._history = RegionHistory(self._terms)
        self._today = today
        current = [term for term in self._terms if term.covers(today)]
        self._by_name = {term.name: term.code for term in current}
        self._towns = sorted((t for t in current if len(t.code) > COUNTY_LENGTH), key=lambda t: -len(t.name))
        roots = {term.code[:COUNTY_LENGTH] for term in current}
        self.root = roots.pop() if len(roots) == 1 else None
        """The district's own code, when everything in force lies in one county."""
        self._known: dict[str, str | None] = {}

    def today_of(self, code: str) -> str | None:
        """Today's code for a code of any day: itself while in force, else what succeeded it; None if unknown."""
        if code not in self._known:
            self._known[code] = self._resolve(code)
        return self._known[code]

    def _resolve(self, code: str) -> str | None:
        if not is_region(code):
            return None
        if not self._terms or code == self.root or self._history.in_force(code, self._today):
            return code
        ended = [t for t in self._terms if t.code == code and t.until is not None and t.until <= self._today]
        if not ended:
            return None
        last = max(ended, key=lambda term: term.until or date.min)
        used_on = (last.until or self._today) - timedelta(days=1)
        try:
            return self._history.resolve(code, used_on=used_on, on=self._today)
        except UnknownRegion:
            return None

    def named(self, name: str) -> str | None:
        """The code of a region in force with exactly this name."""
        return self._by_name.get(name)

    def locate(self, address: str) -> str | None:
        """The town whose full name stands in the address, the longest name first; None when there is none.

        Only full names count: 城关镇 is a place, 城关 may be a street, a shop or a school.
        """
        return next((town.code for town in self._towns if town.name in address), None)
