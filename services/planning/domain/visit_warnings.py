"""Thresholds of visits in a day, a week, a month (B1): from so many on the officers are warned, nobody is held up.

The rule `visit_warnings` gives them: exceptions whose key is a number of days, whose limit the visits from which to
warn. Practice: more than 1 a day, 2 a week, 3 a month (成都扫码入企, domain-facts section 16); 国办发〔2024〕54号.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.planning.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class VisitThreshold:
    """`visits` to one object within `days` days, planned or done."""

    days: int
    visits: int


def thresholds_of(rules: Rules) -> tuple[VisitThreshold, ...]:
    """Shortest span first; none where the district has no rule."""
    found = (VisitThreshold(int(one.key), one.limit) for one in rules.visit_warnings)
    return tuple(sorted(found, key=lambda one: one.days))
