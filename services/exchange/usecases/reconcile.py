"""Reconcile with a peer, and repair what was found; both are audited acts (REL27, P2)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, cast
from uuid import UUID

import structlog

from services.exchange.domain.batches import DeliveryFailed
from services.exchange.domain.reconciling import (
    DatasetBalance,
    Difference,
    DifferenceKind,
    PeerNotReconcilable,
    PeerSilent,
    Reconciliation,
    ReconciliationUnknown,
    There,
    compare,
    sent_again,
    taken_back,
)
from services.exchange.domain.rows import OutboundRow
from services.exchange.settings import ExchangeSettings
from services.exchange.storage.unit_of_work import ExchangeUnitOfWork
from services.exchange.usecases.access import require_officer
from shared.events.exchange import Balance, DayReconciledV1
from shared.runtime.principal import JOINT_OFFICE
from shared.runtime.service import Process
from shared.runtime.unit_of_work import SHANGHAI
from shared.values.ids import new_id

_log = structlog.get_logger()
POLL: Final = 60.0


@dataclass(frozen=True, slots=True)
class Reconcile:
    peer: str


async def reconcile(command: Reconcile, uow: ExchangeUnitOfWork) -> Reconciliation:
    """Compares every dataset of the peer as of now. Raises RoleMissing, PeerNotReconcilable, PeerSilent."""
    if not uow.principal.is_service:
        uow.principal.require(JOINT_OFFICE)
    theirs = await _their_side(command.peer, uow)
    async with uow:
        balances: list[DatasetBalance] = []
        differences: list[Difference] = []
        for dataset, rows in theirs.items():
            here = await uow.reconciliations.here(dataset)
            found = compare(dataset, here, rows, await uow.reconciliations.under_way(dataset))
            balances += found[0]
            differences += found[1]
        done = Reconciliation(new_id(), command.peer, uow.today, balances, differences, uow.principal.subject, uow.now)
        await uow.reconciliations.add(done)
        uow.emit(_told(done))
        await uow.commit(done)
    return done


async def _their_side(peer: str, uow: ExchangeUnitOfWork) -> Mapping[str, Sequence[There]]:
    """Pulled before our transaction begins: a peer that stalls holds no lock of ours."""
    source = uow.standings.get(peer)
    if source is None:
        raise PeerNotReconcilable(peer=peer)
    datasets = sorted(one.dataset for one in uow.maps.maps.values() if one.peer == peer)
    try:
        return {dataset: await source.standing(dataset) for dataset in datasets}
    except DeliveryFailed as failure:
        raise PeerSilent(peer=peer, detail=failure.detail) from failure


def _told(one: Reconciliation) -> DayReconciledV1:
    return DayReconciledV1(
        aggregate_version=1,
        reconciliation_id=one.id,
        peer=one.peer,
        day=one.day,
        is_balanced=one.is_balanced,
        balances=[
            Balance(
                dataset=balance.dataset,
                department=balance.department,
                here=balance.here,
                there=balance.there,
                **{kind.value: count for kind, count in balance.kinds.items()},
            )
            for balance in one.balances
        ],
        reconciled_at=one.made_at,
    )


@dataclass(frozen=True, slots=True)
class Repair:
    reconciliation_id: UUID


async def repair(command: Repair, uow: ExchangeUnitOfWork) -> Sequence[OutboundRow]:
    """Sends what differs again, in versions above both sides; takes back what only the peer has. Keys that moved on
    meanwhile are left alone. Raises RoleMissing, ReconciliationUnknown, MapNotInForce."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        found = await uow.reconciliations.get(command.reconciliation_id)
        if found is None:
            raise ReconciliationUnknown
        rows = [row for one in found.differences if (row := await _repaired(one, uow)) is not None]
        await uow.outbound.add(rows)
        await uow.commit(rows)
    return rows


async def _repaired(one: Difference, uow: ExchangeUnitOfWork) -> OutboundRow | None:
    by = uow.maps.maps.get(one.dataset)
    if by is None or one.row_key in await uow.reconciliations.under_way(one.dataset):
        return None
    highest = await uow.reconciliations.highest_version(one.dataset, one.row_key)
    row = None if one.row_id is None else await uow.outbound.get(one.row_id, for_update=True)
    if row is None and one.kind is DifferenceKind.MISSING_HERE:
        versions = await uow.outbound.versions(one.dataset, one.row_key)
        row = versions[-1] if versions else None
    if row is None:
        return taken_back(one, by, uow.now, uow.today)
    if one.here_version is not None and highest > max(one.here_version, one.there_version or 0):
        return None
    return sent_again(row, max(highest, one.there_version or 0), by, uow.now, uow.today)


async def read_reconciliations(
    peer: str | None, day: date | None, size: int, after: UUID | None, uow: ExchangeUnitOfWork
) -> Sequence[Reconciliation]:
    """Raises OfficersOnly."""
    require_officer(uow.principal)
    async with uow:
        return await uow.reconciliations.newest(peer, day, size, after)


async def read_reconciliation(reconciliation_id: UUID, uow: ExchangeUnitOfWork) -> Reconciliation:
    """With the differences of the caller's department; the joint office all. Raises OfficersOnly,
    ReconciliationUnknown."""
    require_officer(uow.principal)
    async with uow:
        found = await uow.reconciliations.get(reconciliation_id)
    if found is None:
        raise ReconciliationUnknown
    return found


async def keep_reconciling(process: Process) -> None:
    """Once a day per peer, from the hour set on; until cancelled."""
    hour = cast(ExchangeSettings, process.settings).reconcile_hour
    while True:
        await asyncio.sleep(POLL)
        try:
            await reconcile_due(process, hour)
        except Exception as error:  # a peer that is away is tried again in a minute
            _log.error("exchange.reconciliation_failed", kind=type(error).__name__, detail=str(error)[:300])


async def reconcile_due(process: Process, hour: int) -> int:
    """Reconciles with every peer that is due today; returns with how many."""
    done = 0
    unit: ExchangeUnitOfWork = process.open(process.work().principal)
    for peer in unit.standings:
        async with process.open(unit.principal) as uow:
            is_due = uow.now.astimezone(SHANGHAI).hour >= hour and not await uow.reconciliations.is_done(
                peer, uow.today
            )
        if is_due:
            await reconcile(Reconcile(peer), process.open(unit.principal))
            done += 1
    return done
