"""The front database (前置库) as a transport: laid out in our database, taken by the peer with its own role."""

from __future__ import annotations

from collections.abc import Sequence

from services.exchange.domain.batches import Answer, Batch, NotKnown, Pending, Receipt
from services.exchange.domain.rows import OutboundRow
from services.exchange.usecases.deliver import Work


class FrontTables:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def deliver(self, batch: Batch, rows: Sequence[OutboundRow]) -> Answer:
        """Pending: the peer reads in its own time."""
        async with self._work() as uow:
            await uow.front.place(batch, rows, uow.region, uow.now)
            await uow.commit()
        return Pending()

    async def ask(self, batch: Batch) -> Answer:
        async with self._work() as uow:
            if not await uow.front.is_placed(batch.number):
                return NotKnown()
            receipts: Sequence[Receipt] = await uow.front.receipts(batch.number)
        return receipts or Pending()
