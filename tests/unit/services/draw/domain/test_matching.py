"""Matching: equal to the literal definition of section 5.6, maximum, fair, and within every rule (D1)."""

from collections import deque
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.draw.domain.board import bits, nth_bit
from services.draw.domain.commitment import DepartmentTeam, Scope, Slot
from services.draw.domain.lists import Inspector, Recusal
from services.draw.domain.matching import Matching, MatchRules, Visit
from services.draw.domain.primitives import SHA256, tagged, uniform_int
from services.draw.domain.visits import Team, merged_teams, visit_order
from tests.builders.dice import Dice

WINDOW_END = "2026-12-31"
TOWNS = ("410308001", "410308002", "410308003")


@dataclass(frozen=True)
class Case:
    """One matching problem."""

    seed: bytes
    yearly: bool
    roster: tuple[Inspector, ...]
    recusals: tuple[Recusal, ...]
    visits: tuple[Visit, ...]

    def solve(self) -> Matching:
        return Matching(MatchRules(SHA256, self.seed, WINDOW_END, self.yearly), self.roster, self.recusals, self.visits)


def a_case(name: str) -> Case:
    """A small problem at random: rarely easy, often with chains, swaps and open slots."""
    dice = Dice(name)
    seed = dice.bytes32()
    departments = ("D0", "D1")[: dice.between(1, 2)]
    roster = tuple(_inspector(dice, department) for department in departments for _ in range(dice.between(2, 9)))
    tokens = visit_order(SHA256, seed, [dice.bytes32() for _ in range(dice.between(1, 14))])
    visits = tuple(Visit(token, dice.pick((*TOWNS, "")), _teams(dice, departments)) for token in tokens)
    pairs = [(visit, inspector) for visit in visits for inspector in roster]
    recusals = tuple(Recusal(v.token, i.token) for v, i in dice.some(pairs, dice.pick((0, 10))))
    return Case(seed, dice.chance(40), roster, recusals, visits)


def _inspector(dice: Dice, department: str) -> Inspector:
    return Inspector(
        token=dice.bytes32(),
        department=department,
        regions=("*",) if dice.chance(40) else tuple(dice.sample(TOWNS, dice.between(1, 2))),
        tags=tuple(dice.some(("a", "b"), 60) + dice.some(("expert",), 15)),
        valid_to="2026-12-30" if dice.chance(5) else WINDOW_END,
        cap=dice.between(0, 7),
        yearly_load=dice.below(dice.pick((5, 40))),
    )


def _teams(dice: Dice, departments: tuple[str, ...]) -> tuple[Team, ...]:
    return tuple(
        Team(
            department,
            (
                *(frozenset(dice.some(("a", "b"), 25)) for _ in range(dice.pick((2, 2, 3)))),
                *(frozenset({"expert"}) for _ in range(dice.chance(15))),
            ),
        )
        for department in departments
    )


@dataclass
class Literal:
    """Section 5.6 word by word, without any of its speed-ups."""

    case: Case
    slots: list[tuple[Visit, str, int, frozenset[str]]] = field(default_factory=list)
    holder: dict[int, Inspector] = field(default_factory=dict)
    cnt: dict[Inspector, int] = field(default_factory=dict)
    via: dict[object, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        seed = self.case.seed
        self.ranked = sorted(self.case.roster, key=lambda i: tagged(SHA256, "ssj1/irank", seed, i.token))
        self.recused = {(recusal.object, recusal.inspector) for recusal in self.case.recusals}
        self.cnt = dict.fromkeys(self.ranked, 0)
        for visit in self.case.visits:
            for team in visit.teams:
                for idx, tags in enumerate(team.places):
                    self.slots.append((visit, team.department, idx, tags))

    def load(self, i: Inspector) -> int:
        return self.cnt[i] + (i.yearly_load if self.case.yearly else 0)

    def eligible(self, s: int) -> list[Inspector]:
        visit, department, _, tags = self.slots[s]
        return [
            i
            for i in self.ranked
            if i.department == department
            and i.valid_to >= WINDOW_END
            and tags <= set(i.tags)
            and ("expert" in tags) == ("expert" in i.tags)
            and any(region == "*" or visit.region.startswith(region) for region in i.regions)
            and (visit.token, i.token) not in self.recused
        ]

    def team_mates(self, s: int) -> list[int]:
        visit, department, *_ = self.slots[s]
        return [t for t, (v, d, *_) in enumerate(self.slots) if t != s and (v, d) == (visit, department)]

    def held_mate(self, s: int, i: Inspector) -> int | None:
        return next((t for t in self.team_mates(s) if self.holder.get(t) == i), None)

    def held_by(self, x: Inspector) -> list[int]:
        return sorted(s for s, i in self.holder.items() if i == x)

    def is_goal(self, i: Inspector, most: int | None) -> bool:
        return self.cnt[i] < i.cap and (most is None or self.load(i) <= most)

    def greedy(self) -> None:
        for s, (visit, department, idx, _) in enumerate(self.slots):
            c = [i for i in self.eligible(s) if self.held_mate(s, i) is None and self.cnt[i] < i.cap]
            c = [i for i in c if self.load(i) == min(map(self.load, c))]
            if c:
                label = f"match/{visit.token.hex()}/{department}/{idx}"
                taker = c[uniform_int(SHA256, self.case.seed, label, len(c))]
                self.holder[s] = taker
                self.cnt[taker] += 1

    def search(self, start: object, most: int | None) -> tuple[Inspector | None, set[object]]:
        queue, seen = deque([start]), {start}
        self.via = {}

        def see(node: object, via: object) -> None:
            if node not in seen:
                seen.add(node)
                self.via[node] = via
                queue.append(node)

        while queue:
            x = queue.popleft()
            if isinstance(x, Inspector):
                for s in self.held_by(x):
                    see(s, ("release", x))
                continue
            assert isinstance(x, int)
            for i in (i for i in self.eligible(x) if i != self.holder.get(x)):
                if (mate := self.held_mate(x, i)) is not None:
                    see(mate, ("swap", x, i))
                elif i not in seen:
                    see(i, x)
                    if self.is_goal(i, most):
                        return i, seen
        return None, seen

    def apply(self, start: object, i: Inspector) -> None:
        moves: list[tuple[int, Inspector]] = []
        s = self.via[i]
        while True:
            assert isinstance(s, int)
            moves.append((s, i))
            if s == start:
                break
            match self.via[s]:
                case ("swap", x, Inspector() as j):
                    s, i = x, j
                case ("release", Inspector() as j):
                    i = j
                    if j == start:
                        break
                    s = self.via[j]
        self.holder |= dict(moves)

    def repair(self) -> list[tuple[str, int, int, int]]:
        seen_by: dict[str, set[object]] = {}
        for s, (_, department, *_) in enumerate(self.slots):
            if s not in self.holder:
                found, seen = self.search(s, None)
                if found is None:
                    seen_by.setdefault(department, set()).update(seen)
                else:
                    self.apply(s, found)
                    self.cnt[found] += 1
        lines = []
        for department, seen in sorted(seen_by.items()):
            still_open = [s for s, slot in enumerate(self.slots) if slot[1] == department and s not in self.holder]
            slots = [s for s in seen if isinstance(s, int)]
            able = {i for s in slots for i in self.eligible(s)}
            lines.append((department, len(still_open), len(slots), len(able)))
        return lines

    def balance(self, department: str) -> None:
        done = False
        while not done:
            done = True
            mine = [i for i in self.ranked if i.department == department]
            for a in sorted(mine, key=self.load, reverse=True):
                found, _ = self.search(a, self.load(a) - 2)
                if found is not None:
                    self.apply(a, found)
                    self.cnt[found] += 1
                    self.cnt[a] -= 1
                    done = False
                    break

    def solve(self) -> tuple[list[tuple[str, int, int, int]], dict[tuple[bytes, str, int], bytes | None]]:
        self.greedy()
        lines = self.repair()
        for department in sorted({slot[1] for slot in self.slots}):
            self.balance(department)
        return lines, {
            (visit.token, department, idx): self.holder[s].token if s in self.holder else None
            for s, (visit, department, idx, _) in enumerate(self.slots)
        }


def seats(matching: Matching) -> dict[tuple[bytes, str, int], bytes | None]:
    return {(a.token, a.department, a.idx): a.inspector for a in matching.assignments()}


def check_equal(case: Case) -> None:
    matching = case.solve()
    lines, assigned = Literal(case).solve()
    assert seats(matching) == assigned
    assert [(u.department, u.open_slots, u.slots_seen, u.inspectors_seen) for u in matching.shortages] == lines


@pytest.mark.parametrize("block", range(8))
def test_the_fast_matching_equals_the_literal_definition(block: int) -> None:
    """D1, D2: every speed-up leaves the output unchanged, U lines included."""
    for n in range(40):
        check_equal(a_case(f"{block}/{n}"))


@settings(max_examples=40, deadline=None)
@given(st.integers(1000, 10**9))
def test_the_fast_matching_equals_the_literal_definition_anywhere(number: int) -> None:
    check_equal(a_case(f"any {number}"))


def largest(case: Case) -> int:
    """The largest number of slots that can be filled, by exhaustive search over one slot at a time."""
    literal = Literal(case)
    options = [[None, *literal.eligible(s)] for s in range(len(literal.slots))]

    def best(s: int, used: dict[Inspector, int], teams: frozenset[tuple[bytes, Inspector]]) -> int:
        if s == len(options):
            return 0
        most = 0
        for i in options[s]:
            token = literal.slots[s][0].token
            if i is None:
                most = max(most, best(s + 1, used, teams))
            elif used.get(i, 0) < i.cap and (token, i) not in teams:
                taken = {**used, i: used.get(i, 0) + 1}
                most = max(most, 1 + best(s + 1, taken, teams | {(token, i)}))
            if most == len(options) - s:
                break
        return most

    return best(0, {}, frozenset())


def test_as_many_slots_are_filled_as_can_be() -> None:
    tight = 0
    for n in range(60):
        case = a_case(f"small {n}")
        small = Case(case.seed, case.yearly, case.roster[:4], case.recusals, case.visits[:3])
        filled = sum(inspector is not None for inspector in seats(small.solve()).values())
        assert filled == largest(small)
        tight += filled < sum(len(team.places) for visit in small.visits for team in visit.teams)
    assert tight > 5


def test_no_matching_breaks_a_rule() -> None:
    """D1: certificate, expertise, region, recusal, cap; two of a team are never one person."""
    for n in range(60):
        case = a_case(f"rules {n}")
        literal = Literal(case)
        held = seats(case.solve())
        counts: dict[bytes, int] = {}
        for s, (visit, department, idx, _) in enumerate(literal.slots):
            token = held[visit.token, department, idx]
            if token is not None:
                assert token in {i.token for i in literal.eligible(s)}
                counts[token] = counts.get(token, 0) + 1
        assert all(counts.get(i.token, 0) <= i.cap for i in case.roster)
        teams = [(token, inspector) for (token, _, _), inspector in held.items() if inspector]
        assert len(teams) == len(set(teams))


def test_the_teams_of_one_department_merge_position_by_position() -> None:
    def scope(name: str, *slots: Slot) -> Scope:
        return Scope(name, "g", (), (DepartmentTeam("D", slots),))

    first = scope("A", Slot("lead", ("a",)), Slot(), Slot("expert", ("x",)))
    second = scope("B", Slot("member", ("b",)), Slot("lead"), Slot("member", ("c",)), Slot("expert"), Slot("expert"))
    [team] = merged_teams([first, second])
    assert team.places == (
        frozenset({"a", "b"}),
        frozenset(),
        frozenset({"c"}),
        frozenset({"x", "expert"}),
        frozenset({"expert"}),
    )


@given(st.sets(st.integers(0, 300), min_size=1))
def test_the_nth_of_a_mask_is_the_nth_by_rank(members: set[int]) -> None:
    mask = sum(1 << i for i in members)
    assert list(bits(mask)) == sorted(members)
    assert [nth_bit(mask, n) for n in range(len(members))] == sorted(members)
