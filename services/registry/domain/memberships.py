"""Who stands in which libraries at once (名录库重叠), and officers by their tags: what plans are tried on (N4, B8)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Membership:
    """`objects` of a class that stand in exactly the libraries at the places `members` of the question."""

    members: tuple[int, ...]
    credit_class: str
    objects: int


@dataclass(frozen=True, slots=True)
class OfficerGroup:
    """`officers` of a department who hold exactly `tags` (执法领域 and 业务专长, sorted) and may make `capacity` visits
    a month each, None: nobody set how many."""

    department: str
    tags: tuple[str, ...]
    officers: int
    capacity: int | None = None
