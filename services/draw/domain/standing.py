"""Why an object was drawn or not (为何抽中、为何未抽中), section 7: what an enterprise may check after `window_end`."""

from dataclasses import dataclass

from services.draw.domain.computation import Frozen, Outcome
from services.draw.domain.primitives import Bytes32
from services.draw.domain.selection import Drawing
from services.draw.domain.substitution import Exchange
from services.draw.domain.tickets import ticket_of, ticket_prefix


@dataclass(frozen=True)
class Verdict:
    """One scope and stratum with the object in it: its ticket, the cut (None if n = 0), and what followed."""

    scope: str
    stratum: str
    size: int
    n: int
    ticket: bytes
    cut: bytes | None
    descending: bool
    drawn: bool
    substituted: bool

    def text(self) -> str:
        """For the enterprise to read."""
        place = f"抽取范围 {self.scope}、分层 {self.stratum}：{self.size} 个对象中抽取 {self.n} 个"
        own = f"，本对象签号 {self.ticket.hex()[:16]}…"
        if self.cut is None:
            cut = ""
        else:
            cut = f"，{'不低于' if self.descending else '不高于'} {self.cut.hex()[:16]}… 者抽中"
        fate = (
            "，本对象抽中。"
            if self.drawn
            else "，本对象未抽中，后作为递补抽中。"
            if self.substituted
            else "，本对象未抽中。"
        )
        return place + own + cut + fate


def verdicts(frozen: Frozen, outcome: Outcome, token: Bytes32) -> tuple[Verdict, ...]:
    """A verdict for each scope and stratum whose pool has the token; none: it was in no pool of this draw."""
    named = {
        (event.scope, event.stratum)
        for event in outcome.events
        if isinstance(event, Exchange) and event.substitute == token
    }
    return tuple(
        _verdict(frozen, outcome, drawing, token, (drawing.scope, drawing.stratum) in named)
        for drawing in outcome.selection.drawings()
        if token in frozen.pool[drawing.stratum]
    )


def _verdict(frozen: Frozen, outcome: Outcome, drawing: Drawing, token: Bytes32, substituted: bool) -> Verdict:
    commitment = frozen.commitment
    scope = next(scope for scope in commitment.terms.scopes if scope.id == drawing.scope)
    prefix = ticket_prefix(commitment.suite, outcome.seed, scope.group)
    ticket = ticket_of(commitment.suite, prefix, token)
    return Verdict(
        scope=scope.id,
        stratum=drawing.stratum,
        size=drawing.size,
        n=drawing.n,
        ticket=ticket,
        cut=drawing.cut,
        descending=scope.descending,
        drawn=_within(ticket, drawing.cut, scope.descending),
        substituted=substituted,
    )


def _within(ticket: Bytes32, cut: Bytes32 | None, descending: bool) -> bool:
    if cut is None:
        return False
    return ticket >= cut if descending else ticket <= cut
