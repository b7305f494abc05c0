"""Whole ceremonies of `ssj-draw/1` at random: records of section 10 that every verifier has to accept.

`a_record(seed)` is a pure function of its seed. Over the seeds it meets: both suites, one to four strata with an
object in several, joint scopes, every mode of allocation, experts, recusals, tight rosters with open slots, both
balances, zero to two beacons, withheld shares, earlier voids and other tasks in the log, substitutions of objects and
inspectors, results of intermediate versions, several disclosures, and draws that end void.
"""

from dataclasses import dataclass, field
from functools import cached_property

from services.draw.domain.audit import PrivateObject, blind_key_commit
from services.draw.domain.build import (
    declare_strata,
    disclose,
    hash_of,
    list_rows,
    make_pool,
    open_records,
    prove,
    publish,
    result_of,
    void_of,
)
from services.draw.domain.commitment import Beacon, DepartmentTeam, Party, Scope, Terms
from services.draw.domain.computation import Draw, Frozen, Outcome
from services.draw.domain.documents import (
    Beacons,
    BeaconValue,
    Body,
    Result,
    Share,
    Shares,
    Substitution,
    Void,
    parse_commitment,
)
from services.draw.domain.lists import Inspector, Recusal
from services.draw.domain.log import PublicLog
from services.draw.domain.pattern import parse_pattern
from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import SHA256, SM3, Suite, uniform_int
from services.draw.domain.records import Blinder, Opening
from services.draw.domain.seed import Reveal, share_commit
from tests.builders.dice import Dice
from tests.builders.draw_rules import TAGS, a_team, some_entries, some_totals

Json = dict[str, object]
COLUMNS = ("object_id", "name", "region", "industry")
REGIONS = ("410308001", "410308002", "410308003", "41030800112345", "")
DEPARTMENTS = ("SCJG", "消防", "D3")
WINDOW_END = "2026-12-31"


@dataclass
class Ceremony:
    """Everything one draw is made of, private parts included."""

    seed: int
    suite: Suite
    dice: Dice
    log: PublicLog = field(default_factory=PublicLog)
    texts: list[str] = field(default_factory=list)
    day: int = 0

    @property
    def draw_id(self) -> str:
        return f"抽-{self.seed}"

    @property
    def task_id(self) -> str:
        return f"TASK-{self.seed}"

    @cached_property
    def blind_key(self) -> bytes:
        return self.dice.bytes32()

    @cached_property
    def blinder(self) -> Blinder:
        return Blinder(self.suite, self.draw_id, self.blind_key)

    @cached_property
    def strata(self) -> list[str]:
        return [f"S{n}" for n in range(self.dice.between(1, 3))] + ["重点"]

    @cached_property
    def objects(self) -> tuple[PrivateObject, ...]:
        return tuple(self._object(n) for n in range(self.dice.between(3, 24)))

    def _object(self, n: int) -> PrivateObject:
        dice = self.dice
        region = dice.pick(REGIONS[:3]) if dice.chance(85) else dice.pick(REGIONS)
        line = "\t".join((f"91410308{n:04}{dice.below(10**6):06}", f"宏远{n}有限公司", region, dice.pick(("C13", ""))))
        return PrivateObject(line, (dice.pick(self.strata[:-1]), *(["重点"] if dice.chance(25) else [])))

    @cached_property
    def inspector_lines(self) -> list[str]:
        return [
            f"{department}-{n}\t王{n}\t{department}\t豫{n:05}"
            for department in DEPARTMENTS
            for n in range(self.dice.between(3, 7))
        ]

    @cached_property
    def roster(self) -> list[Inspector]:
        return [self._inspector(line) for line in self.inspector_lines]

    def _inspector(self, line: str) -> Inspector:
        dice = self.dice
        return Inspector(
            token=self.blinder.inspector_token(line),
            department=line.split("\t")[2],
            regions=("*",)
            if self.easy or dice.chance(60)
            else tuple(dice.sample(("410308001", "410308002", "41030800"), 2)),
            tags=tuple(dice.some(TAGS, 100 if self.easy else 40) + dice.some(("expert",), 20)),
            valid_to=WINDOW_END if dice.chance(90) else "2026-12-30",
            cap=dice.between(*self.caps),
            yearly_load=dice.below(4),
        )

    @cached_property
    def caps(self) -> tuple[int, int]:
        return (12, 40) if self.easy else self.dice.pick(((0, 6), (3, 9)))

    @cached_property
    def easy(self) -> bool:
        """Whether there are inspectors enough for most slots."""
        return self.dice.chance(40)

    @cached_property
    def recusals(self) -> list[Recusal]:
        pairs = [(item, person) for item in self.objects for person in self.roster]
        return [
            Recusal(self.blinder.object_token(item.line), person.token) for item, person in self.dice.some(pairs, 5)
        ]

    @cached_property
    def shares(self) -> list[Share]:
        return [
            Share(party, self.dice.bytes32()) for party in ("P0-市场监管", "P1-公证", "P2-纪检", "P3")[: self.parties]
        ]

    @cached_property
    def parties(self) -> int:
        return self.dice.between(2, 4)

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        return tuple(self._scope(f"范围{n}") for n in range(self.dice.between(1, 3)))

    def _scope(self, name: str) -> Scope:
        dice = self.dice
        strata = ["重点"] if dice.chance(25) else dice.sample(self.strata[:-1], dice.between(1, 3))
        sizes = {s.id: s.size for s in declare_strata(self.suite, self.pool)}
        total, entries = some_totals(dice, strata, sizes) if dice.chance(35) else (None, some_entries(dice, strata))
        departments = dice.sample(DEPARTMENTS, dice.between(1, 3))
        return Scope(
            id=name,
            group=dice.pick(("g", "h")),
            order=dice.pick((None, "asc", "desc")),
            batches=dice.pick((None, 1, 3)),
            total=total,
            strata=entries,
            departments=tuple(DepartmentTeam(department, a_team(dice)) for department in departments),
        )

    @cached_property
    def pool(self) -> dict[str, TokenFile]:
        return make_pool(self.blinder, self.strata, self.objects)

    def time(self, hour: int = 9) -> str:
        return f"2026-{1 + self.day // 28:02}-{1 + self.day % 28:02}T{hour:02}:00:00+08:00"

    def next_day(self, days: int = 1) -> None:
        self.day += days

    def publish(self, body: Body, hour: int, suite: Suite | None = None, draw_id: str | None = None) -> str:
        text = publish(self.log, suite or self.suite, draw_id or self.draw_id, body, self.time(hour))
        self.texts.append(text)
        return text


def _beacons(ceremony: Ceremony) -> tuple[Beacon, ...]:
    pattern = parse_pattern(r"[0-9][0-9](\.[0-9][0-9]){2,4}")
    names = ("快乐8", "双色球")[: ceremony.dice.pick((0, 1, 1, 2))]
    return tuple(Beacon(name, f"{name} 第 2026{n} 期", ceremony.time(21), pattern) for n, name in enumerate(names))


def _terms_for(ceremony: Ceremony, draw_id: str, suite: Suite, task_id: str) -> Terms:
    """Terms for this draw, or for another of the log: only parties, dates and links differ."""
    ceremony.next_day()
    beacons = _beacons(ceremony)
    ceremony.next_day(-1)
    shares = ceremony.shares
    return Terms(
        task_id=task_id,
        replaces=ceremony.log.last_of_task.get(task_id),
        note=ceremony.dice.pick((None, "随机生成的抽取")),
        columns=COLUMNS,
        blind_key_commit=blind_key_commit(suite, draw_id, ceremony.blind_key),
        strata=declare_strata(suite, ceremony.pool),
        roster_hash=hash_of(suite, ceremony.roster),
        recusal_hash=hash_of(suite, ceremony.recusals),
        scopes=ceremony.scopes,
        balance=ceremony.dice.pick(("campaign", "year")),
        window_end=WINDOW_END,
        parties=tuple(Party(s.party, share_commit(suite, draw_id, s.party, s.value)) for s in shares),
        min_shares=ceremony.dice.between(2, len(shares)) if beacons else len(shares),
        reveal_deadline=ceremony.time(18),
        beacons=beacons,
        no_beacon_profile=not beacons,
    )


def terms_of(ceremony: Ceremony) -> Terms:
    """The terms of the ceremony's own commitment."""
    return _terms_for(ceremony, ceremony.draw_id, ceremony.suite, ceremony.task_id)


def _other_draws(ceremony: Ceremony) -> None:
    """Earlier void draws of the task and live draws of other tasks, of either suite."""
    dice = ceremony.dice
    for n in range(dice.pick((0, 0, 1, 3))):
        suite, own = dice.pick((SHA256, SM3)), dice.chance(70)
        draw_id = f"{ceremony.draw_id}-{n}"
        terms = _terms_for(ceremony, draw_id, suite, ceremony.task_id if own else f"OTHER-{n}")
        ceremony.publish(terms, 9, suite, draw_id)
        reached = dice.below(3)
        if reached and terms.beacons:
            ceremony.publish(Shares(tuple(ceremony.shares)), 18, suite, draw_id)
        if reached > 1 and terms.beacons:
            ceremony.next_day()
            ceremony.publish(Beacons(_values(ceremony, terms)), 21, suite, draw_id)
            ceremony.publish(Result(dice.bytes32(), 0, dice.bytes32()), 22, suite, draw_id)
        ceremony.next_day()
        if own:
            ceremony.publish(void_of(ceremony.log, draw_id, "见证方退出", ceremony.time(22)), 22, suite, draw_id)
        ceremony.next_day()


def _values(ceremony: Ceremony, terms: Terms) -> tuple[BeaconValue, ...]:
    dice = ceremony.dice
    return tuple(
        BeaconValue(beacon.id, ".".join(f"{dice.below(100):02}" for _ in range(dice.between(3, 5))))
        for beacon in terms.beacons
    )


def _reveal(ceremony: Ceremony, terms: Terms) -> Reveal:
    dice = ceremony.dice
    given = dice.sample(ceremony.shares, dice.between(terms.min_shares, len(ceremony.shares)))
    ceremony.publish(Shares(tuple(given)), 18)
    ceremony.next_day()
    values = _values(ceremony, terms)
    if terms.beacons:
        ceremony.publish(Beacons(tuple(reversed(values))), 21)
    return Reveal(tuple(given), values)


def _event(ceremony: Ceremony, outcome: Outcome) -> Substitution | None:
    dice = ceremony.dice
    seated = [a for a in outcome.assignments if a.inspector is not None]
    if seated and dice.chance(50):
        seat = dice.pick(seated)
        return Substitution(seat.token, "病假 sick", seat.inspector)
    return Substitution(dice.pick(sorted(outcome.places)), "注销") if outcome.places else None


def _visits(ceremony: Ceremony, draw: Draw) -> tuple[list[Substitution], Outcome]:
    """Version 0, substitutions with results here and there, a result at the end."""
    outcome = draw.outcome()
    ceremony.publish(result_of(outcome), 22)
    events: list[Substitution] = []
    published = 0
    for _ in range(ceremony.dice.pick((0, 0, 3, 6))):
        event = _event(ceremony, outcome)
        if event is None:
            break
        draw.substitute(event)
        ceremony.next_day()
        ceremony.publish(event, 10)
        events.append(event)
        outcome = draw.outcome()
        if ceremony.dice.chance(40):
            ceremony.publish(result_of(outcome), 11)
            published = outcome.version
    if published < outcome.version:
        ceremony.publish(result_of(outcome), 12)
    return events, outcome


def _disclose(ceremony: Ceremony, touched: set[bytes]) -> tuple[Opening, ...]:
    """All objects drawn or substituted are opened, some of the others and some inspectors too."""
    ceremony.next_day(60)
    dice = ceremony.dice
    lines = [o.line for o in ceremony.objects if ceremony.blinder.object_token(o.line) in touched or dice.chance(10)]
    openings = open_records(ceremony.blinder, lines, dice.some(ceremony.inspector_lines, 30))
    if dice.chance(40):
        ceremony.publish(disclose(ceremony.suite, openings[: len(openings) // 2]), 9)
    ceremony.publish(disclose(ceremony.suite, openings), 10)
    return openings


def a_ceremony(seed: int) -> Ceremony:
    """The ceremony of a seed, before its commitment."""
    dice = Dice(f"ceremony {seed}")
    return Ceremony(seed, dice.pick((SHA256, SM3)), dice)


def a_record(seed: int) -> Json:
    """A valid record of section 10 with log, private part and expectations."""
    ceremony = a_ceremony(seed)
    dice = ceremony.dice
    _other_draws(ceremony)
    terms = terms_of(ceremony)
    commitment = parse_commitment(ceremony.publish(terms, 9))
    reveal = _reveal(ceremony, terms)
    records = {ceremony.blinder.object_token(item.line): item.line for item in ceremony.objects}
    frozen = Frozen(commitment, ceremony.pool, tuple(ceremony.roster), tuple(ceremony.recusals), records)
    draw = Draw(frozen, reveal)
    first = set(draw.outcome().places)
    events, outcome = _visits(ceremony, draw)
    openings = _disclose(ceremony, first | {e.drop for e in events} | set(outcome.places) | _substitutes(outcome))
    if dice.chance(15):
        ceremony.publish(Void("任务取消", late=True), 11)
    return {
        "commitment": commitment.text,
        "reveal": {
            "shares": [{"party": s.party, "value": s.value.hex()} for s in reveal.shares],
            "beacons": [{"id": b.id, "value": b.value} for b in reveal.beacons],
        },
        "public": _public(ceremony, openings),
        **({"private": _private(ceremony)} if dice.chance(70) else {}),
        "substitutions": [_event_json(event) for event in events],
        "log": ceremony.texts,
        "expected": _expected(ceremony, commitment.hash, outcome),
    }


def _substitutes(outcome: Outcome) -> set[bytes]:
    return {token for event in outcome.events if (token := getattr(event, "substitute", None)) is not None}


def _public(ceremony: Ceremony, openings: tuple[Opening, ...]) -> Json:
    return {
        "strata": {name: [token.hex() for token in tokens] for name, tokens in ceremony.pool.items()},
        "roster": list_rows(ceremony.roster),
        "recusals": list_rows(ceremony.recusals),
        "openings": list_rows(openings),
    }


def _private(ceremony: Ceremony) -> Json:
    return {
        "blind_key": ceremony.blind_key.hex(),
        "objects": [{"line": item.line, "strata": list(item.strata)} for item in ceremony.objects],
        "inspectors": ceremony.inspector_lines,
    }


def _event_json(event: Substitution) -> Json:
    inspector = {} if event.inspector is None else {"inspector": event.inspector.hex()}
    return {"drop": event.drop.hex(), **inspector, "reason": event.reason}


def _expected(ceremony: Ceremony, commit_hash: bytes, outcome: Outcome) -> Json:
    dice, suite = ceremony.dice, ceremony.suite
    token = ceremony.blinder.object_token(dice.pick(ceremony.objects).line)
    proofs = [{**proof.members(), "valid": True} for proof in prove(suite, ceremony.pool, token)]
    wrong = [{**proof, "token": dice.bytes32().hex(), "valid": False} for proof in proofs]
    return {
        "commit_hash": commit_hash.hex(),
        "seed": outcome.seed.hex(),
        "result_text": outcome.text,
        "result_hash": outcome.result_hash.hex(),
        "inclusion": proofs + wrong,
        "uniform_int": [
            {"label": f"标签{m}", "m": str(m), "value": str(uniform_int(suite, outcome.seed, f"标签{m}", m))}
            for m in (1, dice.between(2, 10**6), 2**63)
        ],
    }
