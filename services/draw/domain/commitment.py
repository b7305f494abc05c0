"""The commitment (承诺书), section 4: what is fixed before the randomness exists.

Reading checks types and ranges (`FIELD`); `commitment_rules` checks the commitment against itself.
"""

from dataclasses import dataclass

from services.draw.domain.errors import FieldRefused
from services.draw.domain.fields import (
    UINT_MAX,
    Members,
    array,
    choice,
    read_date,
    read_hex,
    read_id,
    read_line,
    read_time,
    read_true,
    uint,
)
from services.draw.domain.pattern import Pattern, parse_pattern

EXPERT = "expert"
PPM = 10**6


@dataclass(frozen=True)
class Slot:
    """One place in a team (检查组): an officer (`lead`, `member`) or an expert (专家), with the tags it needs."""

    role: str = "member"
    tags: tuple[str, ...] = ()

    @property
    def is_expert(self) -> bool:
        return self.role == EXPERT


@dataclass(frozen=True)
class DepartmentTeam:
    id: str
    team: tuple[Slot, ...]


@dataclass(frozen=True)
class Entry:
    """How many objects a scope draws from one stratum.

    With the scope's `total`: `weight`. Without: `mode` `count` (n), `ratio` (ppm, round) or `all`, bounded by min, max.
    """

    stratum: str
    weight: int | None = None
    mode: str | None = None
    n: int | None = None
    ppm: int | None = None
    round: str | None = None
    min: int | None = None
    max: int | None = None


@dataclass(frozen=True)
class Scope:
    """抽取范围: which strata are drawn how, and which departments then visit. `None` means the member is absent."""

    id: str
    group: str
    strata: tuple[Entry, ...]
    departments: tuple[DepartmentTeam, ...]
    order: str | None = None
    batches: int | None = None
    total: int | None = None

    @property
    def descending(self) -> bool:
        return self.order == "desc"

    @property
    def batch_count(self) -> int:
        return self.batches or 1


@dataclass(frozen=True)
class Stratum:
    """分层: `size` tokens under the Merkle root `root`."""

    id: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Party:
    """见证方, with the commit of the share it will reveal."""

    id: str
    commit: bytes


@dataclass(frozen=True)
class Beacon:
    """公共随机源: `ref` names source and issue; its value is born at `not_before` or later and matches `pattern`."""

    id: str
    ref: str
    not_before: str
    pattern: Pattern


@dataclass(frozen=True)
class Terms:
    """Everything a commitment says besides the head that all documents share."""

    task_id: str
    columns: tuple[str, ...]
    blind_key_commit: bytes
    strata: tuple[Stratum, ...]
    roster_hash: bytes
    recusal_hash: bytes
    scopes: tuple[Scope, ...]
    balance: str
    window_end: str
    parties: tuple[Party, ...]
    min_shares: int
    reveal_deadline: str
    beacons: tuple[Beacon, ...]
    no_beacon_profile: bool = False
    replaces: str | None = None
    note: str | None = None

    @property
    def earliest_beacon(self) -> str | None:
        return min((beacon.not_before for beacon in self.beacons), default=None)

    @property
    def latest_beacon(self) -> str | None:
        return max((beacon.not_before for beacon in self.beacons), default=None)


def read_terms(members: Members) -> Terms:
    """The commitment's own members, already parted from the head. Raises FieldRefused."""
    return Terms(
        task_id=members.take("task_id", read_id),
        replaces=members.maybe("replaces", read_id),
        note=members.maybe("note", read_line),
        columns=members.take("columns", _columns),
        blind_key_commit=members.take("blind_key_commit", read_hex),
        strata=members.take("strata", array(_stratum)),
        roster_hash=members.take("roster_hash", read_hex),
        recusal_hash=members.take("recusal_hash", read_hex),
        scopes=members.take("scopes", array(_scope)),
        balance=members.take("match", _match),
        window_end=members.take("window_end", read_date),
        parties=members.take("parties", array(_party)),
        min_shares=members.take("min_shares", uint()),
        reveal_deadline=members.take("reveal_deadline", read_time),
        beacons=members.take("beacons", array(_beacon, empty=True)),
        no_beacon_profile=bool(members.maybe("no_beacon_profile", read_true)),
    )


def _columns(value: object, where: str) -> tuple[str, ...]:
    columns = array(read_id)(value, where)
    if len(columns) < 2 or columns[0] != "object_id" or "region" not in columns:
        raise FieldRefused(f"{where} 应以 object_id 开头并含 region")
    return columns


def _stratum(value: object, where: str) -> Stratum:
    members = Members(value, where)
    stratum = Stratum(members.take("id", read_id), members.take("size", uint()), members.take("root", read_hex))
    members.done()
    return stratum


def _party(value: object, where: str) -> Party:
    members = Members(value, where)
    party = Party(members.take("id", read_id), members.take("commit", read_hex))
    members.done()
    return party


def _match(value: object, where: str) -> str:
    members = Members(value, where)
    balance = members.take("balance", choice("campaign", "year"))
    members.done()
    return balance


def _beacon(value: object, where: str) -> Beacon:
    members = Members(value, where)
    beacon = Beacon(
        id=members.take("id", read_id),
        ref=members.take("ref", read_line),
        not_before=members.take("not_before", read_time),
        pattern=members.take("pattern", _pattern),
    )
    members.done()
    return beacon


def _pattern(value: object, where: str) -> Pattern:
    if not isinstance(value, str):
        raise FieldRefused(f"{where} 不是文本")
    return parse_pattern(value)


def _scope(value: object, where: str) -> Scope:
    members = Members(value, where)
    total = members.maybe("total", uint())
    scope = Scope(
        id=members.take("id", read_id),
        group=members.take("group", read_id),
        order=members.maybe("order", choice("asc", "desc")),
        batches=members.maybe("batches", uint(1, 100_000)),
        total=total,
        strata=members.take("strata", array(_entry if total is None else _weighted_entry)),
        departments=members.take("departments", array(_department)),
    )
    members.done()
    return scope


def _weighted_entry(value: object, where: str) -> Entry:
    members = Members(value, where)
    entry = Entry(members.take("stratum", read_id), weight=members.maybe("weight", uint(1, 10**6)))
    members.done()
    return entry


def _entry(value: object, where: str) -> Entry:
    members = Members(value, where)
    mode = members.take("mode", choice("count", "ratio", "all"))
    entry = Entry(
        stratum=members.take("stratum", read_id),
        mode=mode,
        n=members.take("n", uint()) if mode == "count" else None,
        ppm=members.take("ppm", uint(0, PPM)) if mode == "ratio" else None,
        round=members.take("round", choice("ceil", "floor", "random")) if mode == "ratio" else None,
        min=members.maybe("min", uint(0, UINT_MAX)),
        max=members.maybe("max", uint(0, UINT_MAX)),
    )
    members.done()
    return entry


def _department(value: object, where: str) -> DepartmentTeam:
    members = Members(value, where)
    department = DepartmentTeam(members.take("id", read_id), members.take("team", array(_slot)))
    members.done()
    return department


def _slot(value: object, where: str) -> Slot:
    members = Members(value, where)
    slot = Slot(
        role=members.maybe("role", choice("lead", "member", EXPERT)) or "member",
        tags=members.maybe("tags", array(read_id, empty=True)) or (),
    )
    members.done()
    return slot
