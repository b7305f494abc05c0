"""How complete a department's libraries are (名录库完备度, L8). Every figure is defined here; storage only counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ObjectFigures:
    """Of the objects in being (存续) that name the department among those that answer for them: all; with a town
    (所在镇街, not the district alone); with an industry; with a credit class (A to D); without any of the three."""

    total: int = 0
    with_town: int = 0
    with_industry: int = 0
    with_class: int = 0
    complete: int = 0


@dataclass(frozen=True, slots=True)
class InspectorFigures:
    """Of the inspectors who have not left: all; who may inspect today (在岗、不在休假、证件有效); whose certificate
    ends within 30 days; and those who may, by field (执法领域)."""

    total: int = 0
    valid: int = 0
    expiring: int = 0
    by_field: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Completeness:
    """One department's figures. `last_import_at`: of any kind, by its own administrator or for it. `reviews_open`:
    libraries of the department that this year's review still misses."""

    department: str
    name: str
    libraries: int
    objects: ObjectFigures
    inspectors: InspectorFigures
    last_import_at: datetime | None
    reviews_open: int

    @property
    def score(self) -> int:
        """Parts of a hundred, rounded down: half how many objects are complete, half how many inspectors are valid;
        nothing where there is no library. A department without objects or inspectors has that half at zero."""
        if not self.libraries:
            return 0
        objects = 50 * self.objects.complete // self.objects.total if self.objects.total else 0
        inspectors = 50 * self.inspectors.valid // self.inspectors.total if self.inspectors.total else 0
        return objects + inspectors
