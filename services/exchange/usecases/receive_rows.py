"""Receive what another system hands in: idempotent by source, kind, key and version; the wrong is kept apart (P4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from services.exchange.domain.inbound import Handed, InboundKind, InboundState, receive
from services.exchange.domain.inbound_views import InboundFilter, InboundRow, InboundUnknown
from services.exchange.storage.unit_of_work import ExchangeUnitOfWork
from services.exchange.usecases.access import require_receiver
from shared.events.exchange import (
    CertificateReceivedV1,
    EntityReceivedV1,
    FactReceivedV1,
    LeadReceivedV1,
    ListingReceivedV1,
    PenaltyReceivedV1,
)
from shared.runtime.principal import AUDITOR, JOINT_OFFICE, SUPERVISION
from shared.values.ids import new_id

Received = (
    EntityReceivedV1 | CertificateReceivedV1 | PenaltyReceivedV1 | ListingReceivedV1 | FactReceivedV1 | LeadReceivedV1
)
EVENTS: Final[Mapping[InboundKind, type[Received]]] = {
    InboundKind.ENTITY: EntityReceivedV1,
    InboundKind.CERTIFICATE: CertificateReceivedV1,
    InboundKind.PENALTY: PenaltyReceivedV1,
    InboundKind.LISTING: ListingReceivedV1,
    InboundKind.FACT: FactReceivedV1,
    InboundKind.LEAD: LeadReceivedV1,
}


@dataclass(frozen=True, slots=True)
class ReceiveRows:
    source: str
    rows: Sequence[Handed] = field(metadata={"personal": True})


async def receive_rows(command: ReceiveRows, uow: ExchangeUnitOfWork) -> Sequence[InboundRow]:
    """What became of each row, in order. Raises ScopeMissing, RoleMissing."""
    async with uow:
        require_receiver(uow.principal)
        done = [await _receive(command.source, handed, uow) for handed in command.rows]
        await uow.commit(done)
    return done


async def _receive(source: str, handed: Handed, uow: ExchangeUnitOfWork) -> InboundRow:
    state, problems = receive(handed, await uow.inbound.met(source, handed))
    row = InboundRow(new_id(), source, handed, state, problems, uow.principal.subject, uow.now)
    if state is not InboundState.KNOWN:
        await uow.inbound.add(row)
    if state is InboundState.TAKEN:
        uow.emit(_told(row))
    return row


def _told(row: InboundRow) -> Received:
    return EVENTS[row.handed.kind](
        aggregate_version=1,
        row_id=row.id,
        source=row.source,
        source_key=row.handed.source_key,
        source_version=row.handed.source_version,
        op=row.handed.op,
        received_at=row.received_at,
    )


async def read_inbound(
    wanted: InboundFilter, size: int, after: UUID | None, uow: ExchangeUnitOfWork
) -> Sequence[InboundRow]:
    """For the joint office, auditors and the supervision organ. Raises RoleMissing."""
    uow.principal.require(JOINT_OFFICE, AUDITOR, SUPERVISION)
    async with uow:
        return await uow.inbound.newest(wanted, size, after)


async def pull_inbound(row_id: UUID, uow: ExchangeUnitOfWork) -> InboundRow:
    """The whole row, for the service that owns such facts. Raises InboundUnknown."""
    async with uow:
        row = await uow.inbound.get(row_id)
    if row is None or row.state is not InboundState.TAKEN:
        raise InboundUnknown
    return row
