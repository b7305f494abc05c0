"""Read machine clients and the changes proposed of them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from gateway.domain.clients import MAY_DECIDE, ChangeState, Client, ClientChange, ClientUnknown
from gateway.storage.unit_of_work import GatewayUnitOfWork

MAY_READ = (*MAY_DECIDE, "audit_admin")


async def read_client(uow: GatewayUnitOfWork, client_id: str) -> Client:
    """Raises ClientUnknown, RoleMissing."""
    async with uow:
        uow.principal.require(*MAY_READ)
        client = await uow.clients.find(client_id)
    if client is None:
        raise ClientUnknown(client_id=client_id)
    return client


async def list_clients_page(uow: GatewayUnitOfWork, size: int, after: str) -> Sequence[Client]:
    """At most `size` clients with an id above `after`. Raises RoleMissing."""
    async with uow:
        uow.principal.require(*MAY_READ)
        return await uow.clients.page(uow.district, size, after)


async def list_changes_page(
    uow: GatewayUnitOfWork, size: int, after: UUID | None, state: ChangeState | None
) -> Sequence[ClientChange]:
    """At most `size` changes older than `after`, the newest first. Raises RoleMissing."""
    async with uow:
        uow.principal.require(*MAY_READ)
        return await uow.clients.changes(uow.district, size, after, state)
