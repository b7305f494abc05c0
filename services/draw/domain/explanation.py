"""Infeasibility explained (缺口说明): for every open place of a visit, why no inspector of the department takes it.

Section 5.6: a visit MUST NOT begin with fewer than two officers of a department (《行政处罚法》第四十二条).
"""

from collections.abc import Set
from dataclasses import dataclass

from services.draw.domain.commitment import EXPERT
from services.draw.domain.commitment_rules import MIN_OFFICERS
from services.draw.domain.computation import Frozen, Outcome
from services.draw.domain.department_matching import Shortage
from services.draw.domain.lists import ANYWHERE, Inspector
from services.draw.domain.matching import Assignment, Replacement
from services.draw.domain.records import region_of

REASONS = (
    ("certificate", "证件有效期早于检查截止日"),
    ("tags", "缺少所需专业标签，或专家与执法人员身份不符"),
    ("region", "不负责该区域"),
    ("recused", "应当回避"),
    ("unable", "已报告不能参加"),
    ("on_team", "已在本组"),
    ("full", "已达任务上限"),
    ("released", "名额在其他对象递补后才腾出，按规则不再调整"),
)


@dataclass(frozen=True)
class OpenPlace:
    """An open place: what it needs, and how many of the department's inspectors fail by which first reason."""

    idx: int
    tags: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]

    def text(self) -> str:
        needs = f"（需 {'、'.join(self.tags)}）" if self.tags else ""
        names = dict(REASONS)
        why = "，".join(f"{count} 人{names[reason]}" for reason, count in self.counts)
        return f"第 {self.idx + 1} 席{needs}：{why or '该部门没有执法人员'}"


@dataclass(frozen=True)
class VisitGap:
    """The open places of one department at one object; `officers` come, experts not counted."""

    token: bytes
    department: str
    officers: int
    places: tuple[OpenPlace, ...]

    @property
    def may_begin(self) -> bool:
        return self.officers >= MIN_OFFICERS

    def text(self) -> str:
        head = f"对象 {self.token.hex()[:16]}… 部门 {self.department}：缺 {len(self.places)} 席"
        stop = "" if self.may_begin else f"，到场执法人员 {self.officers} 名，少于 {MIN_OFFICERS} 名，不得开始检查"
        return f"{head}{stop}。" + "；".join(place.text() for place in self.places) + "。"


def shortage_text(shortage: Shortage) -> str:
    """One U line in words."""
    return (
        f"部门 {shortage.department}：调整后仍缺 {shortage.open_slots} 席；与之相互竞争的共 {shortage.slots_seen} 席，"
        f"只有 {shortage.inspectors_seen} 名人员具备资格，均已达上限或已在组内。"
    )


def explain(frozen: Frozen, outcome: Outcome) -> tuple[VisitGap, ...]:
    """Every team with an open place, by token and department, with the reasons inspector by inspector."""
    return _Explainer(frozen, outcome).gaps()


class _Explainer:
    def __init__(self, frozen: Frozen, outcome: Outcome) -> None:
        self._frozen = frozen
        self._outcome = outcome
        self._recused = {(recusal.object, recusal.inspector) for recusal in frozen.recusals}
        events = (event for event in outcome.events if isinstance(event, Replacement))
        self._unable = {(event.token, event.old) for event in events}
        self._held: dict[bytes, int] = {}
        for assignment in outcome.assignments:
            if assignment.inspector is not None:
                self._held[assignment.inspector] = self._held.get(assignment.inspector, 0) + 1

    def gaps(self) -> tuple[VisitGap, ...]:
        teams: dict[tuple[bytes, str], list[Assignment]] = {}
        for assignment in self._outcome.assignments:
            teams.setdefault((assignment.token, assignment.department), []).append(assignment)
        open_teams = (team for team in teams.values() if any(place.inspector is None for place in team))
        return tuple(self._gap(team) for team in open_teams)

    def _gap(self, team: list[Assignment]) -> VisitGap:
        present = {seat.inspector for seat in team if seat.inspector is not None}
        officers = sum(seat.inspector is not None and EXPERT not in seat.tags for seat in team)
        places = tuple(self._place(seat, present) for seat in team if seat.inspector is None)
        return VisitGap(team[0].token, team[0].department, officers, places)

    def _place(self, seat: Assignment, present: Set[bytes]) -> OpenPlace:
        region = region_of(self._frozen.commitment.terms.columns, self._frozen.records[seat.token])
        counts = dict.fromkeys((reason for reason, _ in REASONS), 0)
        for inspector in self._frozen.roster:
            if inspector.department == seat.department:
                counts[self._reason(inspector, seat, region, present)] += 1
        return OpenPlace(seat.idx, tuple(sorted(seat.tags)), tuple((name, n) for name, n in counts.items() if n))

    def _reason(self, inspector: Inspector, seat: Assignment, region: str, present: Set[bytes]) -> str:
        token, tags = seat.token, seat.tags
        failed = {
            "certificate": inspector.valid_to < self._frozen.commitment.terms.window_end,
            "tags": not tags <= set(inspector.tags) or (EXPERT in inspector.tags) != (EXPERT in tags),
            "region": not any(prefix == ANYWHERE or region.startswith(prefix) for prefix in inspector.regions),
            "recused": (token, inspector.token) in self._recused,
            "unable": (token, inspector.token) in self._unable,
            "on_team": inspector.token in present,
            "full": self._held.get(inspector.token, 0) >= inspector.cap,
        }
        return next((reason for reason, applies in failed.items() if applies), "released")
