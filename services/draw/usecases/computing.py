"""The computation (计算) of a revealed draw, step by step, away from the event loop.

The selection needs tokens alone; only then are the records of those drawn fetched, so that a pool of a million costs
32 MB and not a gigabyte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.draw.adapters.computer import Computer, Inputs
from services.draw.adapters.processes import a_worker
from services.draw.domain.computation import Outcome
from services.draw.domain.documents import Substitution
from services.draw.domain.log import LoggedDraw
from services.draw.domain.refused import protocol_rules
from services.draw.domain.seed import Reveal
from services.draw.storage.pools import DrawnObject
from services.draw.storage.unit_of_work import DrawUnitOfWork
from shared.runtime.settings import crash_point


@dataclass(frozen=True, slots=True)
class Computed:
    """The outcome, the substitutions in it, the objects drawn by token, and why places are open."""

    outcome: Outcome
    events: tuple[Substitution, ...]
    objects: dict[bytes, DrawnObject]
    explanation: dict[str, Any]


async def compute_draw(logged: LoggedDraw, uow: DrawUnitOfWork, events: Sequence[Substitution] = ()) -> Computed:
    """The result of a draw once REVEALED, after these substitutions. Raises ProtocolRefused."""
    draw_id = UUID(logged.commitment.draw_id)
    await uow.pools.be_patient()
    inputs = Inputs(
        commitment=logged.commitment.text,
        reveal=reveal_of(logged),
        tokens=await uow.pools.tokens(draw_id),
        roster=await uow.pools.roster_rows(draw_id),
        recusals=await uow.pools.recusals(draw_id),
    )
    crash_point("drw.after_seed")
    async with a_worker(sum(map(len, inputs.tokens.values()))) as worker:
        with protocol_rules():
            await worker.hold(Computer, inputs)
            needed: list[bytes] = await worker.do(Computer.needed, events)
        crash_point("drw.after_select")
        found = await uow.pools.objects(draw_id, needed)
        records = {one.token: one.record for one in found}
        with protocol_rules():
            outcome, explanation = await worker.do(Computer.result, records, events)
    crash_point("drw.after_match")
    return Computed(outcome, tuple(events), {one.token: one for one in found}, explanation)


def reveal_of(logged: LoggedDraw) -> Reveal:
    """What parties and beacons gave, out of the log."""
    shares = logged.shares.shares if logged.shares else ()
    return Reveal(shares, logged.beacons.beacons if logged.beacons else ())
