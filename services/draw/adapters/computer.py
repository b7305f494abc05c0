"""The computation (计算) of a revealed draw in two steps, wherever it runs: who is drawn, then, with their records,
the result. What goes in and comes out can be sent between processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.draw.adapters.fast_tickets import rank_tickets_fast
from services.draw.domain.computation import Draw, Frozen, Outcome
from services.draw.domain.documents import Substitution, parse_commitment
from services.draw.domain.explanation import VisitGap, explain, shortage_text
from services.draw.domain.lists import Recusal, read_roster
from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import Bytes32, Suite
from services.draw.domain.seed import Reveal, seed_of
from services.draw.domain.selection import Selection, select
from services.draw.domain.substitution import ever_drawn
from services.draw.domain.tickets import Ranker, Ticket


class RankOnce:
    """Ranks each sequence once: the draw, made after the selection, finds its tickets ranked."""

    def __init__(self, rank: Ranker = rank_tickets_fast) -> None:
        self._rank = rank
        self._ranked: dict[tuple[Bytes32, bool, TokenFile], list[Ticket]] = {}

    def __call__(self, suite: Suite, prefix: Bytes32, tokens: TokenFile, descending: bool, n: int) -> list[Ticket]:
        key = (prefix, descending, tokens)
        known = self._ranked.get(key, [])
        if len(known) < min(n, len(tokens)):
            known = self._ranked[key] = self._rank(suite, prefix, tokens, descending, n)
        return known


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the commitment fixed and the reveal gave; records come later, of the few that are drawn."""

    commitment: str
    reveal: Reveal
    tokens: Mapping[str, TokenFile] = field(repr=False)
    roster: Sequence[str] = field(repr=False)
    recusals: tuple[Recusal, ...] = field(repr=False)


class Computer:
    """One draw; `needed` first, then `result` with the records of those it named."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._rank = RankOnce()
        commitment = self._commitment = parse_commitment(inputs.commitment)
        seed = seed_of(commitment, inputs.reveal)
        self._selection = select(commitment.suite, seed, commitment.terms, inputs.tokens, self._rank)

    def needed(self, events: Sequence[Substitution]) -> list[bytes]:
        """Tokens of all objects drawn or substituted. Raises SubstitutionRefused."""
        return sorted(ever_drawn(self._selection, events))

    def result(self, records: Mapping[bytes, str], events: Sequence[Substitution]) -> tuple[Outcome, dict[str, Any]]:
        """The outcome after these substitutions, without the selection (its sequences stay here), and why places are
        open. Raises SubstitutionRefused."""
        inputs = self._inputs
        frozen = Frozen(
            self._commitment, inputs.tokens, read_roster(list(inputs.roster)), inputs.recusals, dict(records)
        )
        draw = Draw(frozen, inputs.reveal, self._rank)
        for event in events:
            draw.substitute(event)
        outcome = draw.outcome()
        return replace(outcome, selection=Selection(())), explained(frozen, outcome)


def explained(frozen: Frozen, outcome: Outcome) -> dict[str, Any]:
    """Open places in words, token by token: nobody is named."""
    shortages = [
        {
            "department": short.department,
            "open_slots": short.open_slots,
            "slots_seen": short.slots_seen,
            "inspectors_seen": short.inspectors_seen,
            "text": shortage_text(short),
        }
        for short in outcome.shortages
    ]
    return {"shortages": shortages, "gaps": [_gap(gap) for gap in explain(frozen, outcome)]}


def _gap(gap: VisitGap) -> dict[str, Any]:
    places = [{"idx": place.idx, "tags": list(place.tags), "reasons": dict(place.counts)} for place in gap.places]
    return {
        "object_token": gap.token.hex(),
        "department": gap.department,
        "officers": gap.officers,
        "may_begin": gap.may_begin,
        "places": places,
        "text": gap.text(),
    }
