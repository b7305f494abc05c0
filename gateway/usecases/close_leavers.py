"""Close the accounts of inspectors who left (离岗人员停用), as registry tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from gateway.storage.unit_of_work import GatewayUnitOfWork
from shared.events.gateway import OfficerChangedV1


async def close_leavers(change_set_ids: Sequence[UUID], uow: GatewayUnitOfWork) -> None:
    """Their tokens end within seconds (SEC16). An inspector who comes back gets his account back from an
    administrator, not by an event. Raises what the registry's client raises: the lane tries again."""
    left = {one for each in change_set_ids for one in await uow.leavers(each)}
    for account in await uow.accounts.of_inspectors(sorted(left)):
        closed = replace(account, active=False, version=account.version + 1)
        await uow.accounts.save(closed)
        await uow.accounts.revoke(f"officer:{account.login}", account.district)
        uow.emit(OfficerChangedV1(aggregate_version=closed.version, officer_id=closed.officer_id, active=False))
