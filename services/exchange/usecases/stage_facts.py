"""Stage facts of ours for every peer that takes their kind. Called by handlers, inside their transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.exchange.domain.names import Named, completed
from services.exchange.domain.rows import SourceFact, complete, stage_fact
from services.exchange.storage.unit_of_work import ExchangeUnitOfWork


@dataclass(frozen=True, slots=True)
class Told:
    """One event as facts: kind of record → the fact in records of that kind."""

    by_kind: Mapping[str, SourceFact]


async def stage_facts(told: Sequence[Told], uow: ExchangeUnitOfWork) -> None:
    """Adds what is new, in the order told; what was staged before adds nothing. Never commits."""
    for one in told:
        for kind, fact in one.by_kind.items():
            for by in uow.maps.of_source(kind):
                latest = await uow.outbound.latest(by.dataset, fact.key)
                staged = stage_fact(fact, by, latest, uow.now, uow.today)
                await uow.outbound.supersede(staged.superseded, uow.now)
                await uow.outbound.add(staged.rows)


async def keep_names(names: Sequence[Named], uow: ExchangeUnitOfWork) -> None:
    """Keeps numbers and titles, and completes blocked rows that waited for them. Never commits."""
    await uow.names.put(names)
    by_id = {str(one.id): one for one in names}
    for row in await uow.outbound.blocked_naming([one.id for one in names]):
        if row.dataset not in uow.maps.maps:
            continue
        new = complete(row, completed(row.record, by_id), uow.maps.maps[row.dataset], uow.now, uow.today)
        if new is not None:
            await uow.outbound.supersede([row.id], uow.now)
            await uow.outbound.add([new])
