"""Read what goes out: rows, the work list, batches, rates, the maps in use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.exchange.domain.batches import Batch
from services.exchange.domain.maps import FieldMap
from services.exchange.domain.outbound_views import BatchFilter, Rates, RowFilter
from services.exchange.domain.rows import OutboundRow, RowUnknown
from services.exchange.storage.unit_of_work import ExchangeUnitOfWork
from services.exchange.usecases.access import require_officer

DAYS_ALLOWED: Final = 3
"""A row counts as in time when the peer accepted it within so many days of the fact."""


async def read_rows(wanted: RowFilter, size: int, after: UUID | None, uow: ExchangeUnitOfWork) -> Sequence[OutboundRow]:
    """Rows the caller may see: those of his department, the joint office all. Raises OfficersOnly."""
    require_officer(uow.principal)
    async with uow:
        return await uow.outbound.newest(wanted, size, after)


async def read_row(row_id: UUID, uow: ExchangeUnitOfWork) -> Sequence[OutboundRow]:
    """The row first, then every version of its key. Raises OfficersOnly, RowUnknown."""
    require_officer(uow.principal)
    async with uow:
        row = await uow.outbound.get(row_id)
        if row is None:
            raise RowUnknown
        return [row, *await uow.outbound.versions(row.dataset, row.row_key)]


async def read_batches(
    wanted: BatchFilter, size: int, after: UUID | None, uow: ExchangeUnitOfWork
) -> Sequence[tuple[Batch, str | None, datetime | None]]:
    """Raises OfficersOnly."""
    require_officer(uow.principal)
    async with uow:
        return await uow.batches.newest(wanted, size, after)


async def read_rates(month: date, uow: ExchangeUnitOfWork) -> Sequence[Rates]:
    """Raises OfficersOnly."""
    require_officer(uow.principal)
    async with uow:
        return await uow.statistics.rates(month.replace(day=1), DAYS_ALLOWED)


async def read_maps(uow: ExchangeUnitOfWork) -> tuple[date, Sequence[FieldMap]]:
    """Today and every map in use. Raises OfficersOnly."""
    require_officer(uow.principal)
    async with uow:
        return uow.today, sorted(uow.maps.maps.values(), key=lambda one: one.dataset)
