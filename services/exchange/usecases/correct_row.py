"""Correct a row of the work list: a new version goes out in its place (REL29)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.exchange.domain.batches import Batch, asked_again
from services.exchange.domain.rows import OutboundRow, RowUnknown, correct
from services.exchange.storage.unit_of_work import ExchangeUnitOfWork
from services.exchange.usecases.access import CORRECTORS


@dataclass(frozen=True, slots=True)
class CorrectRow:
    """`values`: field of ours → corrected text; empty: only map anew and send again."""

    row_id: UUID
    values: Mapping[str, str | None]
    note: str


async def correct_row(command: CorrectRow, uow: ExchangeUnitOfWork) -> OutboundRow:
    """Returns the new version, which may be blocked anew, or the one that a newer fact brought meanwhile. Raises
    RoleMissing, RowUnknown, NotOnWorkList, FieldNotCorrectable, DeletionNotCorrectable, MapNotInForce."""
    async with uow:
        uow.principal.require(*CORRECTORS)
        row = await uow.outbound.get(command.row_id)
        if row is None or row.dataset not in uow.maps.maps:
            raise RowUnknown
        # First the place in which versions are given, as staging does; then the row as it stands now.
        newest = (await uow.outbound.latest(row.dataset, row.source_key))[row.row_key]
        row = await uow.outbound.get(command.row_id, for_update=True) or row
        new = correct(row, command.values, uow.maps.maps[row.dataset], uow.now, uow.today)
        await uow.outbound.supersede([row.id], uow.now)
        if newest.version > row.version:
            new = newest
        else:
            await uow.outbound.add([new])
        await uow.commit(new)
    return new


@dataclass(frozen=True, slots=True)
class AskAgain:
    row_id: UUID


async def ask_again(command: AskAgain, uow: ExchangeUnitOfWork) -> Batch:
    """Asks the peer again for the batch of an unanswered row; the rows keep their versions, since they may have
    arrived. Raises RoleMissing, RowUnknown, BatchNotStuck."""
    async with uow:
        uow.principal.require(*CORRECTORS)
        row = await uow.outbound.get(command.row_id, for_update=True)
        batch = None if row is None or row.batch_id is None else await uow.batches.get(row.batch_id, for_update=True)
        if batch is None:
            raise RowUnknown
        again = asked_again(batch, uow.now)
        await uow.outbound.wait_again(batch.id)
        await uow.batches.move(again, uow.now)
        await uow.commit(again)
    return again
