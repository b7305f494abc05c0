"""Write down what the door refused (拒绝留痕): audit rows as of every other act, numbered and chained with them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from gateway.domain.refusals import Count, Refusal, Refusals
from gateway.usecases.guard import FAILED
from shared.runtime.audit_refused import add_row
from shared.runtime.principal import Principal
from shared.runtime.unit_of_work import UnitOfWork

ACTION: Final = "refused_at_the_door"
FLUSH_SECONDS: Final = 3.0
_log = structlog.get_logger()


async def keep_refusals(rows: Sequence[tuple[Refusal, Count]], work: UnitOfWork) -> None:
    """One audit row each, in the name of who was refused: what route, why, how often, from when to when."""
    async with work:
        for refused, count in rows:
            said = {
                "service": refused.service,
                "method": refused.method,
                "route": refused.route,
                "times": count.times,
                "first_at": _time(count.first_at),
                "last_at": _time(count.last_at),
            }
            who = Principal(
                subject=refused.subject,
                district=work.district,
                department=refused.department,
                roles=refused.roles,
                request_id=count.request_id,
            )
            await add_row(work, ACTION, said, refused.code, who)
        await work.commit()


class RefusalKeeper:
    """Writes every few seconds, and what is left at the end; while the database is away, refusals wait in memory."""

    def __init__(self, refusals: Refusals, work: Callable[[], UnitOfWork]) -> None:
        self.refusals, self._work = refusals, work

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()

    async def flush(self, *, everything: bool = False) -> None:
        rows = self.refusals.take(time.time(), everything=everything)
        if not rows:
            return
        try:
            await keep_refusals(rows, self._work())
        except (*FAILED, SQLAlchemyError) as error:
            self.refusals.give_back(rows)
            _log.warning("door.refusals_wait", kind=type(error).__name__)


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
