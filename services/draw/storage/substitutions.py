"""Requests for substitution (递补申请). What people wrote is sealed; the public reason stands in the log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.substitution_request import (
    MACHINE,
    Applied,
    Attestation,
    Reason,
    RequestState,
    SubstitutionRequest,
)
from shared.runtime.sealed import seal_keys

_COLUMNS: Final = (
    "id, owner_department, participants, draw_id, visit_id, object_token, inspector_id, reason_code, reason, evidence,"
    " requested_by, requested_at, state, version, confirmed_by, confirmed_department, confirmed_at, second_evidence,"
    " decided_by, decided_at, opinion, result_version, substitute_visit_id, new_inspector_id"
)
_ADD: Final = text(
    f"INSERT INTO substitutions (district, {_COLUMNS}) VALUES (current_setting('ssj.district'), :id,"  # noqa: S608
    " :owner_department, CAST(:participants AS text[]), :draw_id, :visit_id, :object_token,"
    " CAST(:inspector_id AS uuid), :reason_code, :reason, :evidence, :requested_by, :requested_at, :state, :version,"
    " CAST(:confirmed_by AS text), CAST(:confirmed_department AS text), CAST(:confirmed_at AS timestamptz),"
    " CAST(:second_evidence AS bytea), CAST(:decided_by AS text), CAST(:decided_at AS timestamptz), :opinion,"
    " CAST(:result_version AS integer), CAST(:substitute_visit_id AS uuid), CAST(:new_inspector_id AS uuid))"
    " ON CONFLICT DO NOTHING"
)
_SAVE: Final = text(
    "UPDATE substitutions SET state = :state, version = :version, confirmed_by = CAST(:confirmed_by AS text),"
    " confirmed_department = CAST(:confirmed_department AS text), confirmed_at = CAST(:confirmed_at AS timestamptz),"
    " second_evidence = CAST(:second_evidence AS bytea), decided_by = CAST(:decided_by AS text),"
    " decided_at = CAST(:decided_at AS timestamptz), opinion = :opinion,"
    " result_version = CAST(:result_version AS integer),"
    " substitute_visit_id = CAST(:substitute_visit_id AS uuid), new_inspector_id = CAST(:new_inspector_id AS uuid)"
    " WHERE id = :id AND version = :version - 1"
)
_STEP: Final = text(
    "INSERT INTO substitutions_history (district, owner_department, participants, substitution_id, version, state,"
    " actor, acted_at) VALUES (current_setting('ssj.district'), :owner_department, CAST(:participants AS text[]), :id,"
    " :version, :state, :actor, :at)"
)
_LOCK: Final = text(f"SELECT {_COLUMNS} FROM substitutions WHERE id = :id FOR UPDATE")  # noqa: S608
_FIND: Final = text(f"SELECT {_COLUMNS} FROM substitutions WHERE id = :id")  # noqa: S608
# Open requests, and those of the machine that people turned down: it does not insist.
_STANDING: Final = text(
    f"SELECT {_COLUMNS} FROM substitutions WHERE visit_id = ANY (CAST(:visit_ids AS uuid[]))"  # noqa: S608
    " AND inspector_id IS NOT NULL AND (state IN ('requested', 'confirmed')"
    "  OR state = 'rejected' AND requested_by = :machine AND decided_by <> :machine)"
)
_OF_MACHINE: Final = text(
    f"SELECT {_COLUMNS} FROM substitutions WHERE requested_by = :machine AND state = 'requested' FOR UPDATE"  # noqa: S608
)
_PATTERNS: Final = text(
    "SELECT owner_department, inspector_id, reason_code, count(*) AS asked,"
    " count(*) FILTER (WHERE state = 'applied') AS applied, count(*) FILTER (WHERE state = 'rejected') AS rejected,"
    " max(requested_at) AS last_at FROM substitutions WHERE inspector_id IS NOT NULL AND requested_at >= :since"
    " GROUP BY owner_department, inspector_id, reason_code"
    " ORDER BY asked DESC, inspector_id, reason_code LIMIT :size"
)


class RequestRaced(RuntimeError):
    """A request was saved over a version that is not the next: its row was not locked."""


@dataclass(frozen=True, slots=True)
class SubstitutionFilter:
    """None does not filter."""

    draw_id: UUID | None = None
    visit_id: UUID | None = None
    inspector_id: UUID | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class RefusalPattern:
    """How often substitutions were asked for on account of one officer, by reason (B28)."""

    department: str
    inspector_id: UUID
    reason_code: str
    asked: int
    applied: int
    rejected: int
    last_at: datetime


class SubstitutionStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, request: SubstitutionRequest) -> bool:
        """False if another about the same visit and officer is under way."""
        return (await self._connection.execute(_ADD, _values(request))).rowcount == 1

    async def save(self, request: SubstitutionRequest) -> None:
        """Raises RequestRaced unless the row is at the version before."""
        if (await self._connection.execute(_SAVE, _values(request))).rowcount != 1:
            raise RequestRaced(str(request.id))

    async def add_all(self, requests: Sequence[SubstitutionRequest], actor: str, at: datetime) -> None:
        """Many at once, each with the first line of its history."""
        if requests:
            rows = [_values(request) for request in requests]
            await self._connection.execute(_ADD, rows)
            await self._connection.execute(_STEP, [row | {"actor": actor, "at": at} for row in rows])

    async def standing(self, visit_ids: Collection[UUID]) -> list[SubstitutionRequest]:
        """Requests about officers of these visits that the service does not repeat."""
        values = {"visit_ids": list(visit_ids), "machine": MACHINE}
        return [_request(row) for row in await self._connection.execute(_STANDING, values)]

    async def of_machine(self) -> list[SubstitutionRequest]:
        """What the service asked for and nobody has attested to yet, locked."""
        return [_request(row) for row in await self._connection.execute(_OF_MACHINE, {"machine": MACHINE})]

    async def note(self, request: SubstitutionRequest, actor: str, at: datetime) -> None:
        """A line of the history; it never changes."""
        await self._connection.execute(_STEP, _values(request) | {"actor": actor, "at": at})

    async def find(self, request_id: UUID, *, for_update: bool = False) -> SubstitutionRequest | None:
        query = _LOCK if for_update else _FIND
        row = (await self._connection.execute(query, {"id": request_id})).one_or_none()
        return None if row is None else _request(row)

    async def page(self, wanted: SubstitutionFilter, size: int, after: UUID | None) -> list[SubstitutionRequest]:
        """At most `size` requests in the order in which they were made."""
        values: dict[str, Any] = {name: value for name, value in asdict(wanted).items() if value is not None}
        where = ["true", *(f"{name} = :{name}" for name in values)]
        if after is not None:
            where.append("id > :after")
            values["after"] = after
        query = f"SELECT {_COLUMNS} FROM substitutions WHERE {' AND '.join(where)} ORDER BY id LIMIT :size"  # noqa: S608
        return [_request(row) for row in await self._connection.execute(text(query), values | {"size": size})]

    async def patterns(self, since: datetime, size: int) -> list[RefusalPattern]:
        """The most frequent first."""
        rows = await self._connection.execute(_PATTERNS, {"since": since, "size": size})
        return [RefusalPattern(*row) for row in rows]


def _values(request: SubstitutionRequest) -> dict[str, Any]:
    first, second, applied = request.request, request.confirmation, request.applied
    seal = seal_keys().seal
    return {
        "id": request.id,
        "owner_department": request.owner_department,
        "participants": list(request.participants),
        "draw_id": request.draw_id,
        "visit_id": request.visit_id,
        "object_token": request.object_token,
        "inspector_id": request.inspector_id,
        "reason_code": request.reason_code.value,
        "reason": seal(request.reason),
        "evidence": seal(first.evidence),
        "requested_by": first.by,
        "requested_at": first.at,
        "state": request.state.value,
        "version": request.version,
        "confirmed_by": second and second.by,
        "confirmed_department": second and second.department,
        "confirmed_at": second and second.at,
        "second_evidence": seal(second.evidence) if second else None,
        "decided_by": request.decided_by,
        "decided_at": request.decided_at,
        "opinion": request.opinion,
        "result_version": applied and applied.result_version,
        "substitute_visit_id": applied and applied.substitute_visit_id,
        "new_inspector_id": applied and applied.new_inspector_id,
    }


def _request(row: Row[Any]) -> SubstitutionRequest:
    opened = seal_keys().open
    second = None
    if row.confirmed_by is not None:
        evidence = opened(bytes(row.second_evidence))
        second = Attestation(row.confirmed_by, row.confirmed_department, evidence, row.confirmed_at)
    applied = None
    if row.result_version is not None:
        applied = Applied(row.result_version, row.substitute_visit_id, row.new_inspector_id)
    return SubstitutionRequest(
        id=row.id,
        draw_id=row.draw_id,
        visit_id=row.visit_id,
        object_token=bytes(row.object_token),
        inspector_id=row.inspector_id,
        reason_code=Reason(row.reason_code),
        reason=opened(bytes(row.reason)),
        request=Attestation(row.requested_by, row.owner_department, opened(bytes(row.evidence)), row.requested_at),
        participants=tuple(row.participants),
        state=RequestState(row.state),
        version=row.version,
        confirmation=second,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        opinion=row.opinion,
        applied=applied,
    )
