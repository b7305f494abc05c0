"""The computation (计算) of a revealed draw, step by step, away from the event loop.

The selection needs tokens alone; only then are the records of those drawn fetched, so that a pool of a million costs
32 MB and not a gigabyte.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.draw.adapters.fast_tickets import rank_tickets_fast
from services.draw.domain.computation import Draw, Frozen, Outcome
from services.draw.domain.explanation import VisitGap, explain, shortage_text
from services.draw.domain.lists import Inspector, Recusal, read_roster
from services.draw.domain.log import LoggedDraw
from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import Bytes32, Suite
from services.draw.domain.refused import protocol_rules
from services.draw.domain.seed import Reveal, seed_of
from services.draw.domain.selection import Selection, select
from services.draw.domain.tickets import Ranker, Ticket
from services.draw.storage.pools import DrawnObject
from services.draw.storage.unit_of_work import DrawUnitOfWork
from shared.runtime.settings import crash_point


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
class Computed:
    """The outcome, the objects drawn by token, and why places are open."""

    outcome: Outcome
    objects: dict[bytes, DrawnObject]
    explanation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Lists:
    tokens: dict[str, TokenFile] = field(repr=False)
    roster: tuple[Inspector, ...]
    recusals: tuple[Recusal, ...]


async def compute_draw(logged: LoggedDraw, uow: DrawUnitOfWork) -> Computed:
    """Version 0 of the result of a draw in state REVEALED. Raises ProtocolRefused."""
    draw_id = UUID(logged.commitment.draw_id)
    await uow.pools.be_patient()
    roster = read_roster(await uow.pools.roster_rows(draw_id))
    lists = _Lists(await uow.pools.tokens(draw_id), roster, await uow.pools.recusals(draw_id))
    reveal = reveal_of(logged)
    seed = seed_of(logged.commitment, reveal)
    crash_point("drw.after_seed")
    rank = RankOnce()
    commitment = logged.commitment
    selection = await asyncio.to_thread(select, commitment.suite, seed, commitment.terms, lists.tokens, rank)
    crash_point("drw.after_select")
    found = await uow.pools.objects(draw_id, sorted(_drawn(selection)))
    records = {one.token: one.record for one in found}
    frozen = Frozen(commitment, lists.tokens, lists.roster, lists.recusals, records)
    with protocol_rules():
        outcome, explanation = await asyncio.to_thread(_match, frozen, reveal, rank)
    crash_point("drw.after_match")
    return Computed(outcome, {one.token: one for one in found}, explanation)


def reveal_of(logged: LoggedDraw) -> Reveal:
    """What parties and beacons gave, out of the log."""
    shares = logged.shares.shares if logged.shares else ()
    return Reveal(shares, logged.beacons.beacons if logged.beacons else ())


def _drawn(selection: Selection) -> set[bytes]:
    return {item.token for scope in selection.scopes for item in scope.merged}


def _match(frozen: Frozen, reveal: Reveal, rank: RankOnce) -> tuple[Outcome, dict[str, Any]]:
    outcome = Draw(frozen, reveal, rank).outcome()
    return outcome, explained(frozen, outcome)


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
