"""How many objects stand in which libraries (N4, B8): exact counts as registry gave them at one moment.

Visits that are still to be drawn are counted in millionths: an object of a class with ratio p ppm is p millionths of a
visit, because the draw takes each object of the class with that probability (draw-protocol section 5.3: E n = N × ppm).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.planning.domain.per_class import PPM, PerClass
from services.planning.domain.plan_content import LibraryVersion
from shared.values.credit_class import CreditClass

Millionths = int
"""Expected visits × 10⁶."""
Counts = Mapping[CreditClass, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """`objects` of a class that can be drawn and stand in exactly these libraries."""

    libraries: frozenset[LibraryVersion]
    credit_class: CreditClass
    objects: int


@dataclass(frozen=True, slots=True)
class Census:
    """All objects of some libraries, each counted once."""

    standings: tuple[Standing, ...]

    def in_all(self, *libraries: LibraryVersion) -> Counts:
        """Objects by class that stand in every one of `libraries`."""
        wanted = frozenset(libraries)
        return _counted(one for one in self.standings if wanted <= one.libraries)

    def in_any(self, *libraries: LibraryVersion) -> Counts:
        """Objects by class that stand in at least one of `libraries`."""
        wanted = frozenset(libraries)
        return _counted(one for one in self.standings if wanted & one.libraries)

    def missing_from(self, library: LibraryVersion, *others: LibraryVersion) -> int:
        """Objects of `others` that `library` does not hold."""
        wanted = frozenset(others)
        return sum(one.objects for one in self.standings if wanted & one.libraries and library not in one.libraries)


def _counted(standings: Iterable[Standing]) -> Counts:
    counts: dict[CreditClass, int] = dict.fromkeys(CreditClass, 0)
    for one in standings:
        counts[one.credit_class] += one.objects
    return counts


def total(counts: Counts) -> int:
    return sum(counts.values())


def expected_visits(counts: Counts, ratios: PerClass) -> Millionths:
    """Visits to expect when each class is drawn at its ratio."""
    return sum(objects * ratios.of_class(one) for one, objects in counts.items())


def drawn_by_both(counts: Counts, first: PerClass, second: PerClass) -> Millionths:
    """Objects to expect in two draws that know nothing of each other; rounded down to a millionth."""
    return sum(objects * first.of_class(one) * second.of_class(one) for one, objects in counts.items()) // PPM
