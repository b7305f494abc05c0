"""Why this visit (为何有这次检查), read out of the published result text: its ticket, its batch, what followed (G2).

Only what everybody can recompute; nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from services.draw.domain.documents import Commitment
from services.draw.domain.primitives import Bytes32
from services.draw.domain.tickets import ticket_of, ticket_prefix
from services.draw.domain.visit_plan import NOBODY


@dataclass(frozen=True, slots=True)
class DrawnFrom:
    """One scope and stratum that drew the object. `cut` None: it came as a substitute, not by the first n tickets."""

    scope: str
    stratum: str
    size: int
    n: int
    ticket: str
    cut: str | None
    batch: int | None
    instead_of: str | None

    def text(self) -> str:
        place = f"抽取范围 {self.scope}、分层 {self.stratum}：{self.size} 个对象中抽取 {self.n} 个，"
        own = f"本对象签号 {self.ticket[:16]}…"
        if self.instead_of is not None:
            return f"{place}{own}，序列延续至本对象，递补对象 {self.instead_of[:16]}…。"
        return f"{place}{own}，在界线 {(self.cut or '')[:16]}… 之内，抽中，第 {self.batch} 批。"


@dataclass(frozen=True, slots=True)
class VisitStory:
    """`exchanged`: R lines of the visit (department, seat from 0, old, new; new None: open); `gone_for` the token of
    the object that took its place, "" if none was left, None: it stands."""

    drawn: tuple[DrawnFrom, ...]
    exchanged: tuple[tuple[str, int, str, str | None], ...]
    gone_for: str | None


def visit_story(commitment: Commitment, seed: Bytes32, result_text: str, token: bytes) -> VisitStory:
    """The lines of a result text that concern one object."""
    own = token.hex()
    concerned = (line for line in result_text.splitlines() if line.startswith("S\t") or own in line)
    lines = [line.split("\t") for line in concerned]
    sizes = {(line[1], line[2]): line for line in lines if line[0] == "S"}
    exchanges = [line for line in lines if line[0] == "X"]
    gone = next((line[4] for line in exchanges if line[3] == own), None)
    return VisitStory(
        drawn=tuple(_drawn(commitment, seed, token, lines, sizes)),
        exchanged=tuple(
            (line[2], int(line[3]), line[4], None if line[5] == NOBODY else line[5])
            for line in lines
            if line[0] == "R" and line[1] == own
        ),
        gone_for="" if gone == NOBODY else gone,
    )


def _drawn(
    commitment: Commitment,
    seed: Bytes32,
    token: bytes,
    lines: list[list[str]],
    sizes: dict[tuple[str, str], list[str]],
) -> Iterator[DrawnFrom]:
    groups = {scope.id: scope.group for scope in commitment.terms.scopes}
    own = token.hex()
    for line in lines:
        batch, instead_of = None, None
        if line[0] == "D" and line[4] == own:
            scope, stratum, batch = line[1], line[3], int(line[2])
        elif line[0] == "X" and line[4] == own:
            scope, stratum, instead_of = line[1], line[2], line[3]
        else:
            continue
        size = sizes[scope, stratum]
        prefix = ticket_prefix(commitment.suite, seed, groups[scope])
        yield DrawnFrom(
            scope=scope,
            stratum=stratum,
            size=int(size[3]),
            n=int(size[4]),
            ticket=ticket_of(commitment.suite, prefix, token).hex(),
            cut=size[5] if batch is not None else None,
            batch=batch,
            instead_of=instead_of,
        )
