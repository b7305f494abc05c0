"""The verifier's fast matching against a literal reading of §5.6 of the protocol (D2)."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from verifier import verify as v

SUITE = v.SUITES["SHA-256"]
Node = tuple[str, int]
T = TypeVar("T")


@dataclass
class Literal:
    """§5.6 word for word: nothing cached, nothing skipped. Slots and inspectors (by rank) are numbers."""

    visit_of: list[tuple[str, str, int]]  # object token, department, idx
    eligible: list[list[int]]
    cap: list[int]
    base: list[int]
    names: list[str]
    departments: list[str]
    seed: bytes
    holder: list[int | None] = field(default_factory=list)

    def held(self, i: int) -> list[int]:
        return [s for s, h in enumerate(self.holder) if h == i]

    def load(self, i: int) -> int:
        return len(self.held(i)) + self.base[i]

    def room(self, i: int) -> bool:
        return len(self.held(i)) < self.cap[i]

    def mate(self, x: int, i: int) -> int | None:
        """The team-mate slot of x that i holds."""
        return next((s for s in self.held(i) if s != x and self.visit_of[s][:2] == self.visit_of[x][:2]), None)

    def greedy(self, s: int) -> None:
        can = [i for i in self.eligible[s] if self.room(i) and self.mate(s, i) is None]
        c = [i for i in can if self.load(i) == min(map(self.load, can))]
        if c:
            token, department, idx = self.visit_of[s]
            self.holder[s] = c[SUITE.uniform_int(self.seed, f"match/{token}/{department}/{idx}", len(c))]

    def steps(self, node: Node) -> Iterator[tuple[Node, tuple[str, int, int]]]:
        """The edges that leave a node, in order, each with its `via`."""
        kind, x = node
        if kind == "i":
            yield from ((("s", s), ("release", -1, x)) for s in self.held(x))
            return
        for i in self.eligible[x]:
            mate = self.mate(x, i)
            if i != self.holder[x]:
                yield (("i", i), ("fill", x, i)) if mate is None else (("s", mate), ("swap", x, i))

    def search(self, start: Node, most: int | None) -> tuple[bool, set[Node]]:
        """`most` None: goal cnt < cap; else also load ≤ most. Applies what it finds."""
        queue, seen = deque([start]), {start}
        via: dict[Node, tuple[str, int, int]] = {}
        while queue:
            for node, how in self.steps(queue.popleft()):
                if node in seen:
                    continue
                seen.add(node)
                via[node] = how
                kind, i = node
                if kind == "i" and self.room(i) and (most is None or self.load(i) <= most):
                    self.apply(start, i, via)
                    return True, seen
                queue.append(node)
        return False, seen

    def apply(self, start: Node, i: int, via: dict[Node, tuple[str, int, int]]) -> None:
        s, moves = via["i", i][1], []
        while True:
            moves.append((s, i))
            if ("s", s) == start:
                break
            how, x, j = via["s", s]
            if how == "swap":
                s, i = x, j
            else:
                i = j
                if ("i", j) == start:
                    break
                s = via["i", j][1]
        for s, i in moves:
            self.holder[s] = i

    def repair(self) -> list[str]:
        saw: set[int] = set()
        for s in range(len(self.visit_of)):
            if self.holder[s] is None:
                found, seen = self.search(("s", s), None)
                saw |= set() if found else {n for kind, n in seen if kind == "s"}
        lines = []
        for d in sorted({slot[1] for slot in self.visit_of}):
            mine = [s for s, slot in enumerate(self.visit_of) if slot[1] == d]
            empty = sum(self.holder[s] is None for s in mine)
            blocked = saw & set(mine)
            people = {i for s in blocked for i in self.eligible[s]}
            lines += [f"U\t{d}\t{empty}\t{len(blocked)}\t{len(people)}\n"] if empty else []
        return lines

    def balance(self) -> None:
        for d in set(self.departments):
            members = [i for i, own in enumerate(self.departments) if own == d]
            moved = True
            while moved:
                order = sorted(members, key=lambda i: (-self.load(i), i))
                moved = any(self.search(("i", a), self.load(a) - 2)[0] for a in order)

    def run(self) -> list[str]:
        self.holder = [None] * len(self.visit_of)
        for s in range(len(self.visit_of)):
            self.greedy(s)
        report = self.repair()
        self.balance()
        rows = [(*slot, self.holder[s]) for s, slot in enumerate(self.visit_of)]
        lines = [f"M\t{t}\t{d}\t{k}\t{'-' if h is None else self.names[h]}\n" for t, d, k, h in sorted(rows, key=str)]
        return lines + report


def literal_of(facts: v.Facts, visits: v.Visits) -> Literal:
    """Eligibility worked out anew, straight from the sentence in §5.6."""
    people = sorted(facts.roster, key=lambda i: SUITE.t("ssj1/irank", facts.seed, bytes.fromhex(i.token)))
    slots, eligible, recused = [], [], set(facts.recusals)
    order = sorted(visits.visits, key=lambda t: SUITE.t("ssj1/visit", facts.seed, bytes.fromhex(t)))
    for token in order:
        region = facts.records[token].split("\t")[1]
        for department in sorted(visits.visits[token]):
            for idx, tags in enumerate(TAGS[department]):
                slots.append((token, department, idx))
                eligible.append(
                    [
                        k
                        for k, i in enumerate(people)
                        if i.department == department
                        and i.valid_to >= "2026-12-31"
                        and tags <= i.tags
                        and (("expert" in tags) == ("expert" in i.tags))
                        and any(r == "*" or region.startswith(r) for r in i.regions)
                        and (token, i.token) not in recused
                    ]
                )
    year = facts.commitment["match"]["balance"] == "year"
    return Literal(
        slots,
        eligible,
        [i.cap for i in people],
        [i.yearly if year else 0 for i in people],
        [i.token for i in people],
        [i.department for i in people],
        facts.seed,
    )


TEAMS = {"D1": [{}, {"tags": ["t"]}], "D2": [{}, {}, {"role": "expert"}]}
TAGS = {"D1": [set(), {"t"}], "D2": [set(), set(), {"expert"}]}


class Dice:
    """A dense random district out of one seed: shrinking lists would leave too little competition for inspectors."""

    def __init__(self, seed: bytes) -> None:
        self._seed, self._n = seed, 0

    def pick(self, options: Sequence[T]) -> T:
        self._n += 1
        return options[SUITE.uniform_int(self._seed, f"dice/{self._n}", len(options))]


def token(kind: str, k: int) -> str:
    return SUITE.t(kind, str(k)).hex()


def a_district(seed: bytes) -> v.Facts:
    dice = Dice(seed)
    commitment = {
        "columns": ["object_id", "region"],
        "match": {"balance": dice.pick(["campaign", "year"])},
        "window_end": "2026-12-31",
    }
    facts = v.Facts(commitment, SUITE, b"", v.Pool({}), seed=seed)
    most = dice.pick([2, 4, 12])
    for k in range(dice.pick(range(5, 16))):
        facts.roster.append(
            v.Inspector(
                token("i", k),
                dice.pick(["D1", "D1", "D2"]),
                frozenset(dice.pick([{"*"}, {"41"}, {"4101"}, {"4102", "4103"}])),
                frozenset(dice.pick([set(), {"t"}, {"t"}, {"expert"}])),
                dice.pick(["2027-01-01"] * 5 + ["2026-12-30"]),
                dice.pick(range(most + 1)),
                dice.pick(range(6)),
            )
        )
    objects = dice.pick(range(3, 18))
    facts.records = {token("o", k): f"E{k}\t{dice.pick(['4101', '4102', '410307', '', '9'])}" for k in range(objects)}
    pairs = {(token("o", dice.pick(range(objects))), token("i", dice.pick(range(15)))) for _ in range(objects)}
    facts.recusals = sorted(pairs)
    return facts


def test_the_fast_matching_is_the_literal_matching() -> None:
    """D2: closed sets and shared eligibility lists change no assignment, no open slot, no report line."""
    scope = {"id": "A", "departments": [{"id": d, "team": team} for d, team in TEAMS.items()]}
    for k in range(600):
        facts = a_district(k.to_bytes(32, "big"))
        visits = v.Visits(facts, {t: [v.Ranking(scope, "S", 1, 1, [], 1)] for t in facts.records})
        assert list(visits.lines()) == literal_of(facts, visits).run(), f"district {k}"
