"""Decide on a proposed change of a machine client (审批接入系统变更): by another administrator than who proposed it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from gateway.domain.clients import (
    MAY_DECIDE,
    ChangeKind,
    ChangeState,
    ClientChange,
    ClientChangeUnknown,
    ClientUnknown,
)
from gateway.storage.unit_of_work import GatewayUnitOfWork
from shared.events.gateway import ClientDisabledV1


@dataclass(frozen=True, slots=True)
class DecideClientChange:
    change_id: UUID
    state: ChangeState


async def decide_client_change(command: DecideClientChange, uow: GatewayUnitOfWork) -> ClientChange:
    """Approval makes the change true at once; replicas of the door follow within seconds (SEC16).

    Raises ClientChangeUnknown, ClientChangeDecided, OwnProposal, ClientNotActive, RoleMissing.
    """
    async with uow:
        uow.principal.require(*MAY_DECIDE)
        change = await uow.clients.change(command.change_id)
        if change is None:
            raise ClientChangeUnknown
        decided = change.decide(command.state, uow.principal.subject, uow.now)
        if decided.state is ChangeState.APPROVED:
            await _apply(change, uow)
        await uow.clients.decide(decided)
        await uow.commit(decided)
    return decided


async def _apply(change: ClientChange, uow: GatewayUnitOfWork) -> None:
    client = await uow.clients.find(change.client_id, for_update=True)
    if client is None:
        raise ClientUnknown(client_id=change.client_id)
    changed = client.after(change, uow.now)
    await uow.clients.save(changed)
    await uow.accounts.revoke(f"client:{client.client_id}", uow.district)  # has every replica read the client anew
    if change.kind is ChangeKind.DISABLING:
        uow.emit(ClientDisabledV1(aggregate_version=changed.version, client_id=client.client_id, district=uow.district))
