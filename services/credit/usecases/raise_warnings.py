"""Raise early warnings (预警, K3) from the moves between classes; looking again raises nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.credit.domain.warnings import CreditWarning, WarningFilter, WarningLine, clusters, jumps
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.access import READ, require_scope
from shared.events.credit import WarningRaisedV1


async def raise_warnings(uow: CreditUnitOfWork) -> Sequence[CreditWarning]:
    """Those that are new; told by `credit.warning.raised.v1`, which names no entity's name."""
    async with uow:
        system = (await uow.rulebooks.current()).indicators
        rule = system.warnings
        moves = await uow.warnings.moves(uow.now - timedelta(days=rule.cluster_days))
        found = [*jumps(moves, rule), *clusters(moves, rule, uow.today)]
        new = [one for one in found if await uow.warnings.add(one, system.version, uow.now)]
        for one in new:
            uow.emit(
                WarningRaisedV1(
                    warning_id=one.id,
                    kind=one.kind,
                    scope=one.scope,
                    entity_id=one.entity_id,
                    count=one.count,
                    before=one.before,
                    after=one.after,
                    from_on=one.from_on,
                    to_on=one.to_on,
                    indicator_version=system.version,
                    raised_at=uow.now,
                )
            )
        if new:
            await uow.commit()
    return new


async def read_warnings(
    wanted: WarningFilter, size: int, after: tuple[datetime, UUID] | None, uow: CreditUnitOfWork
) -> Sequence[WarningLine]:
    """Raises ScopeMissing."""
    require_scope(uow.principal, READ)
    async with uow:
        return await uow.warnings.newest(wanted, size, after)
