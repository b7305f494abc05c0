"""The public log (公开日志), section 2: one chained list of documents for a district, and what may follow what."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from services.draw.domain.commitment import Terms
from services.draw.domain.commitment_rules import check_terms
from services.draw.domain.documents import (
    KINDS,
    Beacons,
    Commitment,
    Disclosure,
    Document,
    Result,
    Shares,
    Substitution,
    Void,
    commitment_of,
    parse_document,
)
from services.draw.domain.errors import LogChain, LogCommit, LogRedraw, LogState, LogTime
from services.draw.domain.primitives import HASH_SIZE, Bytes32, Suite
from services.draw.domain.seed import check_beacons, check_shares

NO_PREVIOUS = bytes(HASH_SIZE)


class State(StrEnum):
    """阶段 of a draw in the log."""

    COMMITTED = "COMMITTED"
    SEALED = "SEALED"
    REVEALED = "REVEALED"
    PUBLISHED = "PUBLISHED"
    VOID = "VOID"


_ALLOWED: dict[State, frozenset[type]] = {
    State.COMMITTED: frozenset({Shares, Void}),
    State.SEALED: frozenset({Beacons, Void}),
    State.REVEALED: frozenset({Result}),
    State.PUBLISHED: frozenset({Substitution, Result, Disclosure, Void}),
    State.VOID: frozenset(),
}


@dataclass(frozen=True)
class LoggedDraw:
    """What the log says of one draw so far. Results stand with the number of substitutions before them."""

    commitment: Commitment
    state: State = State.COMMITTED
    shares: Shares | None = None
    beacons: Beacons | None = None
    results: tuple[Result, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    disclosure: Disclosure | None = None
    void: Void | None = None

    @property
    def terms(self) -> Terms:
        return self.commitment.terms


@dataclass(frozen=True)
class LogTail:
    """The end of a log: how many documents, and text and time of the last."""

    length: int = 0
    last_text: str = ""
    last_time: str = ""


class PublicLog:
    """A log read from document 1: `append` checks the next text by all rules of section 2 and takes it in."""

    def __init__(self, tail: LogTail | None = None) -> None:
        self.tail = tail or LogTail()
        self.draws: dict[str, LoggedDraw] = {}
        self.last_of_task: dict[str, str] = {}

    @classmethod
    def resumed(cls, tail: LogTail, texts: Iterable[str]) -> "PublicLog":
        """The log at `tail`, knowing the draws whose texts are given: for its keeper, who checked them on entry.

        To go on with one draw its own texts are enough; for a new commitment, those of its task's last draw.
        """
        log = cls(tail)
        for text in texts:
            document = parse_document(text)
            if isinstance(document.body, Terms):
                log._admit(commitment_of(text, document))
            else:
                draw = log._draw_of(document)
                log.draws[document.head.draw_id] = after(draw, document)
        return log

    def previous_hash(self, suite: Suite) -> Bytes32:
        """`log_prev` of the next document under its suite."""
        return suite.h(self.tail.last_text.encode()) if self.tail.length else NO_PREVIOUS

    def append(self, text: object) -> Document:
        """Check and enter one document. Raises the Refusal due; the log is then as before."""
        document = parse_document(text)
        self._check_chain(document)
        if isinstance(document.body, Terms):
            self._open(commitment_of(str(text), document))
        else:
            self._advance(document)
        self.tail = LogTail(self.tail.length + 1, str(text), document.head.published_at)
        return document

    def _check_chain(self, document: Document) -> None:
        head = document.head
        if head.log_seq != self.tail.length + 1:
            raise LogChain(f"序号 {head.log_seq}，应为 {self.tail.length + 1}")
        if head.log_prev != self.previous_hash(head.suite):
            raise LogChain(f"第 {head.log_seq} 号文档的 log_prev 不符")
        if head.published_at < self.tail.last_time:
            raise LogTime(f"第 {head.log_seq} 号文档的公布时间早于前一文档")

    def _open(self, commitment: Commitment) -> None:
        terms, draw_id = commitment.terms, commitment.draw_id
        check_terms(terms, commitment.head.published_at)
        if draw_id in self.draws:
            raise LogRedraw(f"抽取编号 {draw_id} 重复")
        last = self.last_of_task.get(terms.task_id)
        if terms.replaces != last:
            raise LogRedraw(f"任务 {terms.task_id} 的上一次抽取是 {last or '（无）'}")
        if last is not None and self.draws[last].state is not State.VOID:
            raise LogRedraw(f"任务 {terms.task_id} 的抽取 {last} 尚未作废")
        self._admit(commitment)

    def _admit(self, commitment: Commitment) -> None:
        self.draws[commitment.draw_id] = LoggedDraw(commitment)
        self.last_of_task[commitment.terms.task_id] = commitment.draw_id

    def _advance(self, document: Document) -> None:
        draw = self._draw_of(document)
        head = document.head
        if head.suite != draw.commitment.suite or head.commit_hash != draw.commitment.hash:
            raise LogCommit(f"第 {head.log_seq} 号文档的密码套件或 commit_hash 不符")
        check_state(draw, document)
        check_times(draw, document)
        self.draws[head.draw_id] = after(draw, document)

    def _draw_of(self, document: Document) -> LoggedDraw:
        draw_id = document.head.draw_id
        if draw_id not in self.draws:
            raise LogCommit(f"抽取 {draw_id} 不在日志中")
        return self.draws[draw_id]


def check_state(draw: LoggedDraw, document: Document) -> None:
    """The transition table, and a result's version. Raises LogState."""
    body = document.body
    if type(body) not in _ALLOWED[draw.state]:
        raise LogState(f"{draw.state} 阶段不能公布 {KINDS[type(body)]}")
    if isinstance(body, Result):
        before = draw.results[-1].version if draw.results else -1
        if body.version != len(draw.substitutions) or body.version <= before:
            raise LogState(f"结果版本 {body.version} 与递补次数 {len(draw.substitutions)} 不符，或未递增")


def check_times(draw: LoggedDraw, document: Document) -> None:
    """When shares, a beacon or a void may be published. Raises LogTime."""
    match document.body:
        case Shares() as body:
            _check_shares_time(draw.terms, body, document.head.published_at)
        case Beacons():
            latest = draw.terms.latest_beacon
            if latest is not None and document.head.published_at < latest:
                raise LogTime("公共随机源尚未产生")
        case Void() as body:
            if body.late != is_late(draw, document.head.published_at):
                raise LogTime("作废的 late 标记不符")


def _check_shares_time(terms: Terms, shares: Shares, published_at: str) -> None:
    earliest = terms.earliest_beacon
    if earliest is not None and published_at >= earliest:
        raise LogTime("份额应在公共随机源产生之前封存")
    if published_at < terms.reveal_deadline and len(shares.shares) != len(terms.parties):
        raise LogTime("份额未收齐，截止时间之前不能封存")


def is_late(draw: LoggedDraw, published_at: str) -> bool:
    """Whether somebody may know the outcome of a draw that is voided at this time."""
    earliest = draw.terms.earliest_beacon
    return draw.state in (State.SEALED, State.PUBLISHED) or earliest is None or published_at >= earliest


def after(draw: LoggedDraw, document: Document) -> LoggedDraw:
    """The draw once the document is in. Raises a RevealRefusal for its shares or beacons."""
    body, commitment = document.body, draw.commitment
    match body:
        case Shares():
            check_shares(commitment.suite, commitment.draw_id, draw.terms, body.shares)
            return replace(draw, shares=body, state=State.SEALED if draw.terms.beacons else State.REVEALED)
        case Beacons():
            check_beacons(draw.terms, body.beacons)
            return replace(draw, beacons=body, state=State.REVEALED)
        case Result():
            return replace(draw, results=(*draw.results, body), state=State.PUBLISHED)
        case Substitution():
            return replace(draw, substitutions=(*draw.substitutions, body))
        case Disclosure():
            return replace(draw, disclosure=body)
        case Void():
            return replace(draw, void=body, state=State.VOID)
        case Terms():
            raise LogState("承诺书只能开启一次抽取")


def read_log(texts: Iterable[object]) -> PublicLog:
    """Read a whole log from document 1. Raises the Refusal of the first document at fault."""
    log = PublicLog()
    for text in texts:
        log.append(text)
    return log
