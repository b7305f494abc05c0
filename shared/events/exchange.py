"""Facts that `exchange` tells: what other systems handed in, what they refused of ours, how a day reconciled."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.checkpoint import SignedCheckpoint
from shared.events.envelope import Event, Part


class EntityReceivedV1(Event):
    """An entity's registration changed (登记、变更、注销), told by another system. `source`,
    `source_key` and `source_version` name it there, `op` is `I`, `U` or `D`; the content is pulled under `row_id`."""

    KEY: ClassVar[str] = "row_id"

    row_id: UUID
    source: str
    source_key: str
    source_version: int
    op: str
    received_at: datetime


class CertificateReceivedV1(Event):
    """An officer's certificate (执法证) was issued, changed or withdrawn, told by another system. `source`,
    `source_key` and `source_version` name it there, `op` is `I`, `U` or `D`; the content is pulled under `row_id`."""

    KEY: ClassVar[str] = "row_id"

    row_id: UUID
    source: str
    source_key: str
    source_version: int
    op: str
    received_at: datetime


class PenaltyReceivedV1(Event):
    """A penalty (行政处罚) was handed in; one known under its 文书号 and authority is told once, whichever way it came.
    `source`, `source_key` and `source_version` name it there, `op` is `I`, `U` or `D`; the content is pulled under
    `row_id`."""

    KEY: ClassVar[str] = "row_id"

    row_id: UUID
    source: str
    source_key: str
    source_version: int
    op: str
    received_at: datetime


class ListingReceivedV1(Event):
    """An entry on a list (名单) was handed in. `source`, `source_key` and
    `source_version` name it there, `op` is `I`, `U` or `D`; the content is pulled under `row_id`."""

    KEY: ClassVar[str] = "row_id"

    row_id: UUID
    source: str
    source_key: str
    source_version: int
    op: str
    received_at: datetime


class FactReceivedV1(Event):
    """A fact for the credit record was handed in. `source`, `source_key` and
    `source_version` name it there, `op` is `I`, `U` or `D`; the content is pulled under `row_id`."""

    KEY: ClassVar[str] = "row_id"

    row_id: UUID
    source: str
    source_key: str
    source_version: int
    op: str
    received_at: datetime


class LeadReceivedV1(Event):
    """A lead (案件线索) was handed in. `source`, `source_key` and
    `source_version` name it there, `op` is `I`, `U` or `D`; the content is pulled under `row_id`."""

    KEY: ClassVar[str] = "row_id"

    row_id: UUID
    source: str
    source_key: str
    source_version: int
    op: str
    received_at: datetime


class RowRejectedV1(Event):
    """A peer refused a row of ours (P2, P4): it is on the work list of `department`. `code` is the peer's."""

    KEY: ClassVar[str] = "row_id"

    row_id: UUID
    peer: str
    dataset: str
    row_key: str
    version: int
    department: str
    code: str
    rejected_at: datetime


class EndpointDisabledV1(Event):
    """A webhook endpoint of another system failed for a day and was disabled (REL28)."""

    KEY: ClassVar[str] = "endpoint_id"

    endpoint_id: UUID
    name: str
    disabled_at: datetime


class Balance(Part):
    """One dataset of one department on one day: how many rows stand here and there, and how many differ."""

    dataset: str
    department: str
    here: int
    there: int
    missing_there: int = 0
    missing_here: int = 0
    different: int = 0
    duplicated: int = 0


class DayReconciledV1(Event):
    """A day's reconciliation (对账) with a peer ended. `is_balanced`: nothing was missing, different or duplicated."""

    KEY: ClassVar[str] = "reconciliation_id"

    reconciliation_id: UUID
    peer: str
    day: date
    is_balanced: bool
    balances: list[Balance] = Field(default_factory=list)
    reconciled_at: datetime


class CheckpointSignedV1(Event):
    """The Merkle root (默克尔根) of this service's audit rows and log was signed (检查点, SEC11)."""

    KEY: ClassVar[str] = "service"

    service: str
    checkpoint: SignedCheckpoint
