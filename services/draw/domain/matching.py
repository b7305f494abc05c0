"""Matching (匹配), section 5.6, over all departments, and its part in substitution (递补), section 5.7."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.draw.domain.board import OPEN, Board
from services.draw.domain.department_matching import Shortage, balance, greedy, repair, shortage
from services.draw.domain.eligibility import Eligibility, by_rank
from services.draw.domain.errors import SubstitutionRefused
from services.draw.domain.lists import Inspector, Recusal
from services.draw.domain.primitives import Bytes32, Suite
from services.draw.domain.search import Searcher
from services.draw.domain.visits import Tags, Team


@dataclass(frozen=True)
class MatchRules:
    """What matching takes from commitment and seed. `yearly`: loads start at the roster's yearly load."""

    suite: Suite
    seed: Bytes32
    window_end: str
    yearly: bool


@dataclass(frozen=True)
class Visit:
    """一次上门: an object, its region code (may be empty) and the teams that go."""

    token: bytes
    region: str
    teams: tuple[Team, ...]


@dataclass(frozen=True)
class Assignment:
    """M line (分派): who takes place `idx` of a department's team at an object; `inspector` None: the slot is open.

    `tags` is what the place needs; it has `expert` iff it is an expert's.
    """

    token: bytes
    department: str
    idx: int
    inspector: bytes | None
    tags: Tags = frozenset()


@dataclass(frozen=True)
class Replacement:
    """R line: an inspector was unable, another (or nobody) takes the slot."""

    token: bytes
    department: str
    idx: int
    old: bytes
    new: bytes | None


class Matching:
    """The state of all boards. Build with the visits of the draw, then apply substitutions in order."""

    def __init__(
        self, rules: MatchRules, roster: Iterable[Inspector], recusals: Iterable[Recusal], visits: Sequence[Visit]
    ) -> None:
        self._rules = rules
        self._ranked = by_rank(rules.suite, rules.seed, roster)
        self._recused = _by_object(recusals)
        self._departments: dict[str, tuple[Board, Eligibility]] = {}
        self._teams: dict[bytes, dict[str, int]] = {}
        self._places: dict[tuple[str, int], tuple[Tags, ...]] = {}
        self._tries: dict[tuple[str, int], int] = {}
        for visit in visits:
            self.extend(visit)
        settled = [self._settle(name) for name in sorted(self._departments)]
        self.shortages = tuple(short for short in settled if short)

    def _settle(self, department: str) -> Shortage | None:
        """Repair and balance, once all slots of the draw have been greedily filled."""
        board, _ = self._departments[department]
        searcher = Searcher(board)
        repair(board, searcher)
        short = shortage(department, board, searcher)
        balance(board, searcher)
        return short

    def extend(self, visit: Visit) -> None:
        """Open and greedily fill slots for those departments of the visit that have no team at the object yet."""
        teams = self._teams.setdefault(visit.token, {})
        for team in visit.teams:
            if team.department not in teams:
                teams[team.department] = self._add_team(visit, team)

    def _add_team(self, visit: Visit, team: Team) -> int:
        board, eligibility = self._department(team.department)
        number = board.add_team([eligibility.mask(visit.token, visit.region, tags) for tags in team.places])
        self._places[team.department, number] = team.places
        for idx, slot in enumerate(board.slots_of[number]):
            self._fill(board, slot, _label(visit.token, team.department, idx))
        return number

    def _fill(self, board: Board, slot: int, label: str) -> int:
        return greedy(self._rules.suite, self._rules.seed, board, slot, label)

    def _department(self, name: str) -> tuple[Board, Eligibility]:
        if name not in self._departments:
            people = [inspector for inspector in self._ranked if inspector.department == name]
            eligibility = Eligibility(people, self._rules.window_end, self._recused)
            self._departments[name] = Board(people, self._rules.yearly), eligibility
        return self._departments[name]

    def cancel(self, token: bytes) -> None:
        """The object is gone: its inspectors are released and its visit deleted."""
        for department, number in self._teams.pop(token).items():
            board, _ = self._departments[department]
            for slot in board.slots_of[number]:
                if board.holder[slot] != OPEN:
                    board.leave(slot)

    def replace(self, token: bytes, inspector: bytes) -> Replacement:
        """The inspector is unable: out of this team for good, and greedy on the slot. Raises SubstitutionRefused."""
        department, slot, i = self._seat(token, inspector)
        board, _ = self._departments[department]
        number = self._teams[token][department]
        board.leave(slot)
        for place in board.slots_of[number]:
            board.eligible[place] &= ~(1 << i)
        k = self._tries[department, slot] = self._tries.get((department, slot), 0) + 1
        idx = slot - board.slots_of[number].start
        new = self._fill(board, slot, f"{_label(token, department, idx)}/{k}")
        return Replacement(token, department, idx, inspector, _token(board, new))

    def _seat(self, token: bytes, inspector: bytes) -> tuple[str, int, int]:
        for department, number in self._teams[token].items():
            board, _ = self._departments[department]
            for slot in board.slots_of[number]:
                if _token(board, board.holder[slot]) == inspector:
                    return department, slot, board.holder[slot]
        raise SubstitutionRefused(f"{inspector.hex()} 不在对象 {token.hex()} 的检查组中")

    def assignments(self) -> list[Assignment]:
        """All slots of all current visits, by token, department, idx."""
        return [
            Assignment(token, department, idx, _token(board, board.holder[slot]), tags)
            for token, teams in sorted(self._teams.items())
            for department, number in sorted(teams.items())
            for board in [self._departments[department][0]]
            for idx, (slot, tags) in enumerate(
                zip(board.slots_of[number], self._places[department, number], strict=True)
            )
        ]


def _by_object(recusals: Iterable[Recusal]) -> dict[bytes, frozenset[bytes]]:
    recused: dict[bytes, set[bytes]] = {}
    for recusal in recusals:
        recused.setdefault(recusal.object, set()).add(recusal.inspector)
    return {token: frozenset(inspectors) for token, inspectors in recused.items()}


def _label(token: bytes, department: str, idx: int) -> str:
    return f"match/{token.hex()}/{department}/{idx}"


def _token(board: Board, i: int) -> bytes | None:
    return None if i == OPEN else board.inspectors[i].token
