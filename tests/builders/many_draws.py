"""The same draw under many seeds, and what the fairness tests find in it (D1, B9).

One commitment (that of vector v1_tiny), its shares, and another beacon value each time: what chance there is comes in
the way the protocol lets it in. Selection: two strata by random ratio, one by count, a total over all, key items in
batches. Matching: inspectors of equal standing, so that no relabelling may change the odds.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TypeAlias

from services.draw.domain.commitment import PPM, Entry, Scope, Stratum
from services.draw.domain.documents import BeaconValue, Commitment, parse_commitment
from services.draw.domain.fairness import Evidence, inclusion, meetings, pairs, rounding
from services.draw.domain.lists import Inspector
from services.draw.domain.matching import Assignment, Matching, MatchRules, Visit
from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import SHA256, tagged
from services.draw.domain.seed import Reveal, check_reveal, seed_of
from services.draw.domain.selection import ScopeSelection, select
from services.draw.domain.tickets import Ranker, rank_tickets
from services.draw.domain.verify import read_reveal
from services.draw.domain.visits import Team, visit_order

TINY = json.loads((Path(__file__).parents[1] / "vectors/draw/v1_tiny.json").read_text("utf-8"))
SIZES = {"S0": 37, "S1": 60, "S2": 12}
TOTAL = 10
PPM_OF = {"S0": 230_000, "S1": 155_000}
Beacon: TypeAlias = Callable[[int], str]


def a_beacon_value(number: int) -> str:
    """Twenty numbers below a hundred, another twenty for another number."""
    digest = SHA256.h(f"beacon {number}".encode())
    return ".".join(f"{byte % 100:02}" for byte in digest[:20])


@cache
def _ceremony() -> tuple[Commitment, Reveal]:
    return parse_commitment(TINY["commitment"]), read_reveal(TINY["reveal"])


def seeds(count: int, beacon: Beacon = a_beacon_value) -> Iterator[bytes]:
    """Seeds of one commitment under `count` beacon values."""
    commitment, reveal = _ceremony()
    for number in range(count):
        value = BeaconValue(commitment.terms.beacons[0].id, beacon(number))
        changed = replace(reveal, beacons=(value,))
        check_reveal(commitment, changed)
        yield seed_of(commitment, changed)


def tokens(kind: str, count: int) -> list[bytes]:
    return sorted(tagged(SHA256, "test/many", kind, str(n)) for n in range(count))


POOL = {name: TokenFile.of(tokens(name, size)) for name, size in SIZES.items()}


def scopes(round_up: bool = False) -> tuple[Scope, ...]:
    """General items by ratio, a joint scope with a total, key items all in three batches."""
    mode = "ceil" if round_up else "random"
    ratios = tuple(Entry(name, mode="ratio", ppm=ppm, round=mode) for name, ppm in PPM_OF.items())
    return (
        Scope("一般", "g", (*ratios, Entry("S2", mode="count", n=4)), ()),
        Scope("联合", "h", (Entry("S0", weight=2), Entry("S1")), (), order="desc", total=TOTAL),
        Scope("重点", "k", (Entry("S2", mode="all"),), (), batches=3),
    )


Chosen: TypeAlias = dict[str, ScopeSelection]


def selections(
    count: int, rank: Ranker = rank_tickets, *, round_up: bool = False, beacon: Beacon = a_beacon_value
) -> list[Chosen]:
    """The selections of `count` draws, each by scope."""
    strata = tuple(Stratum(name, size, bytes(32)) for name, size in SIZES.items())
    terms = replace(_ceremony()[0].terms, strata=strata, scopes=scopes(round_up))
    found = (select(SHA256, seed, terms, POOL, rank) for seed in seeds(count, beacon))
    return [{chosen.scope.id: chosen for chosen in selection.scopes} for selection in found]


def selection_evidence(draws: Sequence[Chosen]) -> list[Evidence]:
    """Inclusion, pairs, rounding of each stratum; who is in the first batch; who would be the next substitute."""
    found: list[Evidence] = []
    for scope, place, stratum in (("一般", 0, "S0"), ("一般", 1, "S1"), ("一般", 2, "S2"), ("联合", 1, "S1")):
        frame = list(POOL[stratum])
        drawings = [draw[scope].drawings[place] for draw in draws]
        drawn = [[ticket.token for ticket in drawing.drawn] for drawing in drawings]
        found.append(inclusion(f"抽中次数 {scope} {stratum}", drawn, frame))
        found.append(pairs(f"同时抽中 {scope} {stratum}", [[tokens] for tokens in drawn], frame))
        following = [[drawing.sequence[drawing.n].token] for drawing in drawings]
        found.append(inclusion(f"首位替补 {scope} {stratum}", following, frame))
    first = [[item.token for item in draw["重点"].merged if item.batch == 1] for draw in draws]
    found.append(inclusion("首批 重点 S2", first, list(POOL["S2"])))
    return found + [
        rounding(f"取整 {scope} {name}", [draw[scope].drawings[place].n for draw in draws], exact)
        for scope, place, name, exact in exact_counts()
    ]


def exact_counts() -> list[tuple[str, int, str, Fraction]]:
    """(scope, entry, stratum, n exact): N × ppm / 10⁶, and total × weight / Σ weights."""
    mass = 2 * SIZES["S0"] + SIZES["S1"]
    return [
        ("一般", 0, "S0", Fraction(SIZES["S0"] * PPM_OF["S0"], PPM)),
        ("一般", 1, "S1", Fraction(SIZES["S1"] * PPM_OF["S1"], PPM)),
        ("联合", 0, "S0", Fraction(TOTAL * 2 * SIZES["S0"], mass)),
        ("联合", 1, "S1", Fraction(TOTAL * SIZES["S1"], mass)),
    ]


OBJECTS = tokens("objects", 14)
INSPECTORS = tokens("inspectors", 9)
Held: TypeAlias = tuple[Assignment, ...]


def an_equal(token: bytes) -> Inspector:
    return Inspector(token, "D", ("*",), (), "2026-12-31", 40, 0)


def matchings(count: int, roster: Sequence[Inspector] = tuple(map(an_equal, INSPECTORS))) -> list[Held]:
    """`count` matchings of fourteen visits by two officers each."""
    team = (Team("D", (frozenset(), frozenset())),)
    found = []
    for seed in seeds(count):
        visits = [Visit(token, "", team) for token in visit_order(SHA256, seed, OBJECTS)]
        matching = Matching(MatchRules(SHA256, seed, "2026-12-31", False), roster, (), visits)
        found.append(tuple(matching.assignments()))
    return found


def teams_of(held: Held) -> list[tuple[bytes, bytes]]:
    seats = {(seat.token, seat.idx): seat.inspector for seat in held}
    pairs_found = [(seats[token, 0], seats[token, 1]) for token in OBJECTS]
    return [(a, b) for a, b in pairs_found if a is not None and b is not None]


def matching_evidence(draws: Sequence[Held]) -> list[Evidence]:
    """Work of each inspector, first places, team-mates, who meets which object."""
    seats = [[(s.inspector, s.token, s.idx) for s in draw if s.inspector is not None] for draw in draws]
    return [
        inclusion("出勤次数", [[i for i, _, _ in draw] for draw in seats], INSPECTORS),
        inclusion("首席次数", [[i for i, _, idx in draw if idx == 0] for draw in seats], INSPECTORS),
        pairs("搭档", [teams_of(draw) for draw in draws], INSPECTORS),
        meetings("人员与对象", [[(i, token) for i, token, _ in draw] for draw in seats], INSPECTORS, OBJECTS),
    ]
