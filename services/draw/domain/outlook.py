"""What can be foreseen of a frozen pool (抽取预估) before anything is committed: how many are drawn on average,
and where a department will lack officers. Nothing here depends on a seed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.draw.domain.commitment import PPM, Scope
from services.draw.domain.commitment_rules import MIN_OFFICERS
from services.draw.domain.eligibility import Eligibility
from services.draw.domain.lists import Inspector
from services.draw.domain.visits import Team, merged_teams

_NOBODY = bytes(32)


@dataclass(frozen=True, slots=True)
class DepartmentOutlook:
    """`on_roster` officers in post, of whom `certified` hold a certificate through the window; `slots` on average."""

    department: str
    on_roster: int
    certified: int
    team_size: int
    expected_slots: float
    capacity: int


@dataclass(frozen=True, slots=True)
class Hint:
    """A place where the draw will leave slots open, seen beforehand. `code` is stable, `text` is for officers."""

    code: str
    department: str
    region: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Outlook:
    expected_visits: float
    departments: tuple[DepartmentOutlook, ...]
    hints: tuple[Hint, ...]


def expected_of(size: int, ppm: int) -> float:
    """E n = N × ppm / 10⁶ (draw-protocol section 5.3), for people to read."""
    return size * ppm / PPM


def look_ahead(
    scope: Scope, sizes: Mapping[str, int], roster: Sequence[Inspector], window_end: str, regions: Mapping[str, int]
) -> Outlook:
    """`sizes` of the strata, `regions`: region code → objects of the scope in it."""
    visits = sum(expected_of(sizes[entry.stratum], entry.ppm or 0) for entry in scope.strata)
    departments = []
    hints: list[Hint] = []
    for team in merged_teams([scope]):
        people = [inspector for inspector in roster if inspector.department == team.department]
        view = _Department(team, people, window_end)
        outlook = view.outlook(visits)
        departments.append(outlook)
        hints += view.hints(outlook, regions)
    return Outlook(visits, tuple(departments), tuple(hints))


class _Department:
    def __init__(self, team: Team, people: Sequence[Inspector], window_end: str) -> None:
        self._team = team
        self._people = people
        self._eligible = Eligibility(people, window_end, {})
        self._certified = self._eligible.certified.bit_count()

    def outlook(self, visits: float) -> DepartmentOutlook:
        slots = visits * len(self._team.places)
        capacity = sum(person.cap for person in self._people)
        return DepartmentOutlook(
            self._team.department, len(self._people), self._certified, len(self._team.places), slots, capacity
        )

    def hints(self, outlook: DepartmentOutlook, regions: Mapping[str, int]) -> Iterable[Hint]:
        name = outlook.department
        if self._certified < MIN_OFFICERS:
            text = f"部门 {name} 证件有效期覆盖检查截止日的在岗人员只有 {self._certified} 名，不足 {MIN_OFFICERS} 名"
            yield Hint("too_few_certified", name, None, text)
        if outlook.expected_slots > outlook.capacity:
            text = f"部门 {name} 预计需要 {outlook.expected_slots:.0f} 人次，全部人员的任务上限合计 {outlook.capacity}"
            yield Hint("over_capacity", name, None, text)
        for region, objects in sorted(regions.items()):
            able = self._able(region)
            if able < len(self._team.places):
                text = (
                    f"部门 {name} 在区域 {region or '（未填）'}（{objects} 个对象）具备资格的人员只有 {able} 名，"
                    f"检查组需要 {len(self._team.places)} 名"
                )
                yield Hint("too_few_in_region", name, region, text)

    def _able(self, region: str) -> int:
        """Distinct people eligible for one place or another of the team there."""
        known = region if region.isdecimal() and len(region) <= 12 else ""
        mask = 0
        for tags in self._team.places:
            mask |= self._eligible.mask(_NOBODY, known, tags)
        return mask.bit_count()
