"""Log documents (公开日志文档), section 4: a common head and one body for each kind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from services.draw.domain.commitment import Terms, read_terms
from services.draw.domain.errors import SpecRefused
from services.draw.domain.fields import (
    UINT_MAX,
    Members,
    array,
    read_hex,
    read_id,
    read_line,
    read_time,
    read_true,
    uint,
)
from services.draw.domain.primitives import SUITES, Suite
from services.draw.domain.strict_json import parse_object

SPEC = "ssj-draw/1"


@dataclass(frozen=True)
class Share:
    """份额: 32 bytes of a party, revealed."""

    party: str
    value: bytes


@dataclass(frozen=True)
class BeaconValue:
    id: str
    value: str


@dataclass(frozen=True)
class Shares:
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Beacons:
    beacons: tuple[BeaconValue, ...]


@dataclass(frozen=True)
class Result:
    seed: bytes
    version: int
    result_hash: bytes


@dataclass(frozen=True)
class Substitution:
    """递补: the object is gone, or (with `inspector`) only this inspector of its visit is unable."""

    drop: bytes
    reason: str
    inspector: bytes | None = None


@dataclass(frozen=True)
class Disclosure:
    openings_hash: bytes


@dataclass(frozen=True)
class Void:
    """作废; `late` once somebody may know the outcome."""

    reason: str
    late: bool = False


Body: TypeAlias = Terms | Shares | Beacons | Result | Substitution | Disclosure | Void


@dataclass(frozen=True)
class Head:
    """What every document begins with. `commit_hash` is None for the commitment alone."""

    suite: Suite
    draw_id: str
    log_seq: int
    log_prev: bytes
    published_at: str
    commit_hash: bytes | None = None


@dataclass(frozen=True)
class Document:
    head: Head
    body: Body


@dataclass(frozen=True)
class Commitment:
    """A commitment as read from one text: its head, terms and hash."""

    text: str
    head: Head
    terms: Terms
    hash: bytes

    @property
    def suite(self) -> Suite:
        return self.head.suite

    @property
    def draw_id(self) -> str:
        return self.head.draw_id


def read_share(value: object, where: str) -> Share:
    members = Members(value, where)
    share = Share(members.take("party", read_id), members.take("value", read_hex))
    members.done()
    return share


def read_beacon_value(value: object, where: str) -> BeaconValue:
    members = Members(value, where)
    beacon = BeaconValue(members.take("id", read_id), members.take("value", read_line))
    members.done()
    return beacon


def read_substitution(members: Members) -> Substitution:
    return Substitution(
        drop=members.take("drop", read_hex),
        inspector=members.maybe("inspector", read_hex),
        reason=members.take("reason", read_line),
    )


def _shares(members: Members) -> Shares:
    return Shares(members.take("shares", array(read_share, empty=True)))


def _beacons(members: Members) -> Beacons:
    return Beacons(members.take("beacons", array(read_beacon_value, empty=True)))


def _result(members: Members) -> Result:
    return Result(
        seed=members.take("seed", read_hex),
        version=members.take("version", uint()),
        result_hash=members.take("result_hash", read_hex),
    )


def _disclosure(members: Members) -> Disclosure:
    return Disclosure(members.take("openings_hash", read_hex))


def _void(members: Members) -> Void:
    return Void(members.take("reason", read_line), bool(members.maybe("late", read_true)))


BODIES: dict[str, tuple[type[Body], Callable[[Members], Body]]] = {
    "commitment": (Terms, read_terms),
    "shares": (Shares, _shares),
    "beacon": (Beacons, _beacons),
    "result": (Result, _result),
    "substitution": (Substitution, read_substitution),
    "disclosure": (Disclosure, _disclosure),
    "void": (Void, _void),
}
KINDS: dict[type[Body], str] = {body: kind for kind, (body, _) in BODIES.items()}


def parse_document(text: object, expected: str | None = None) -> Document:
    """Read the text of a document, of any kind or of the one expected: rows `TEXT` to `FIELD` of section 6.

    Raises TextRefused, JsonRefused, SpecRefused, FieldRefused.
    """
    value = parse_object(text)
    kind, suite = _spec(value, expected)
    members = Members(value, kind)
    for name in ("spec", "kind", "suite"):
        members.take(name, read_line)
    head = Head(
        suite=suite,
        draw_id=members.take("draw_id", read_id),
        log_seq=members.take("log_seq", uint(1, UINT_MAX)),
        log_prev=members.take("log_prev", read_hex),
        published_at=members.take("published_at", read_time),
        commit_hash=None if kind == "commitment" else members.take("commit_hash", read_hex),
    )
    body = BODIES[kind][1](members)
    members.done()
    return Document(head, body)


def _spec(value: dict[str, object], expected: str | None) -> tuple[str, Suite]:
    kind, suite = value.get("kind"), value.get("suite")
    if value.get("spec") != SPEC:
        raise SpecRefused(f"spec 不是 {SPEC}")
    if not isinstance(kind, str) or kind not in BODIES or kind != (expected or kind):
        raise SpecRefused(f"kind 不是 {expected}" if expected else "kind 未知")
    if not isinstance(suite, str) or suite not in SUITES:
        raise SpecRefused("suite 未知")
    return kind, SUITES[suite]


def commitment_of(text: str, document: Document) -> Commitment:
    """A parsed commitment with the text it was published in. Raises SpecRefused for another kind."""
    if not isinstance(document.body, Terms):
        raise SpecRefused("kind 不是 commitment")
    return Commitment(text, document.head, document.body, document.head.suite.h(text.encode()))


def parse_commitment(text: object) -> Commitment:
    """Read a text that has to be a commitment. Raises as `parse_document`."""
    document = parse_document(text, "commitment")
    return commitment_of(str(text), document)
