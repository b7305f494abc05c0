"""Proposed versions of the indicator system, the decisions on them, and records to try them on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.credit.domain.proposals import Proposal, ProposalState
from services.credit.domain.record import CreditRecord
from services.credit.storage.snapshots import record_of
from shared.runtime.database import Driver

_SELECT: Final = (
    "SELECT p.id, p.body, p.note, p.based_on, p.proposed_by, p.proposed_at, coalesce(d.state, 'open') AS state,"
    " d.version, d.reason, d.decided_by, d.decided_at FROM indicator_proposals AS p"
    " LEFT JOIN indicator_decisions AS d ON d.district = p.district AND d.proposal_id = p.id"
    " WHERE p.district = $1"
)
_FIND: Final = f"{_SELECT} AND p.id = $2"
_LIST: Final = (
    f"{_SELECT} AND ($2::text IS NULL OR coalesce(d.state, 'open') = $2)"
    " AND ($3::timestamptz IS NULL OR (p.proposed_at, p.id) < ($3, $4::uuid))"
    " ORDER BY p.proposed_at DESC, p.id DESC LIMIT $5"
)
_ADD: Final = (
    "INSERT INTO indicator_proposals (district, id, body, note, based_on, proposed_by, proposed_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
)
_DECIDE: Final = (
    "INSERT INTO indicator_decisions (district, proposal_id, state, version, reason, decided_by, decided_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
)
_RECORDS: Final = (
    "SELECT r.*, e.name AS entity_name, e.uscc FROM credit_records AS r"
    " LEFT JOIN replica_entities AS e ON e.district = r.district AND e.entity_id = r.entity_id"
    " WHERE r.district = $1 AND ($2::uuid IS NULL OR r.entity_id > $2) ORDER BY r.entity_id LIMIT $3"
)


@dataclass(frozen=True, slots=True)
class NamedRecord:
    record: CreditRecord
    name: str | None
    uscc: str | None


class ProposalStore:
    """`of`: `indicator` or `measure`, whose proposals these are."""

    def __init__(self, driver: Driver, district: str, of: str = "indicator") -> None:
        self._driver, self._district, self._of = driver, district, of

    def _sql(self, statement: str) -> str:
        return statement.replace("indicator_", f"{self._of}_")

    async def add(self, new: Proposal) -> None:
        values = (new.id, new.body, new.note, new.based_on, new.proposed_by, new.proposed_at)
        await self._driver.execute(self._sql(_ADD), self._district, *values)

    async def find(self, proposal_id: UUID) -> Proposal | None:
        row = await self._driver.fetchrow(self._sql(_FIND), self._district, proposal_id)
        return None if row is None else _proposal(row)

    async def newest(
        self, state: str | None, size: int, after: tuple[datetime, UUID] | None = None
    ) -> Sequence[Proposal]:
        """The newest first."""
        at, last = after or (None, None)
        return [
            _proposal(row) for row in await self._driver.fetch(self._sql(_LIST), self._district, state, at, last, size)
        ]

    async def decide(self, decided: Proposal) -> None:
        """Two decisions at once: the later fails on the key and is tried again."""
        values = (decided.id, decided.state.value, decided.version, decided.reason)
        await self._driver.execute(self._sql(_DECIDE), self._district, *values, decided.decided_by, decided.decided_at)

    async def records(self, after: UUID | None, size: int) -> Sequence[NamedRecord]:
        """Records by entity_id."""
        found = await self._driver.fetch(_RECORDS, self._district, after, size)
        return [NamedRecord(record_of(row), row["entity_name"], row["uscc"]) for row in found]


def _proposal(row: Mapping[str, Any]) -> Proposal:
    values = {name: row[name] for name in Proposal.__slots__}
    return Proposal(**values | {"state": ProposalState(row["state"])})
