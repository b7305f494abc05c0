"""Visits and slots (上门与席位), section 5.5: who goes together to an object drawn by one scope or several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from services.draw.domain.commitment import EXPERT, DepartmentTeam, Scope
from services.draw.domain.primitives import Bytes32, Suite, tagged

Tags = frozenset[str]


@dataclass(frozen=True)
class Team:
    """检查组 of one department: the tags each place needs, officers first, then experts (tag `expert`)."""

    department: str
    places: tuple[Tags, ...]


def merged_teams(scopes: Iterable[Scope]) -> tuple[Team, ...]:
    """One team for each department of the scopes that drew an object, departments in byte order."""
    by_department: dict[str, list[DepartmentTeam]] = {}
    for scope in scopes:
        for department in scope.departments:
            by_department.setdefault(department.id, []).append(department)
    return tuple(Team(name, _merge(by_department[name])) for name in sorted(by_department))


def _merge(teams: Sequence[DepartmentTeam]) -> tuple[Tags, ...]:
    """Position by position, officers with officers, then experts with experts; the longest decides the length."""
    officers = [[frozenset(slot.tags) for slot in team.team if not slot.is_expert] for team in teams]
    experts = [[frozenset(slot.tags) | {EXPERT} for slot in team.team if slot.is_expert] for team in teams]
    return tuple(_union(officers) + _union(experts))


def _union(lines: Sequence[Sequence[Tags]]) -> list[Tags]:
    nothing: Tags = frozenset()
    return [nothing.union(*column) for column in zip_longest(*lines, fillvalue=nothing)]


def visit_order(suite: Suite, seed: Bytes32, tokens: Iterable[Bytes32]) -> list[Bytes32]:
    """Drawn objects in order of T("ssj1/visit", seed, token): the order in which slots are numbered."""
    return sorted(tokens, key=lambda token: tagged(suite, "ssj1/visit", seed, token))
