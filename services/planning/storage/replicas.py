"""Copies of what draw and results told of our tasks; written by `messaging` only, a statement per kind of fact."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.storage.columns import to_rows

_DRAWS = text(
    "INSERT INTO replica_draws AS r"
    " (district, draw_id, task_id, committed_at, completed_at, visits, voided_at, void_reason)"
    " SELECT :district, d.draw_id, d.task_id, d.committed_at, d.completed_at, d.visits, d.voided_at, d.void_reason"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS d (draw_id uuid, task_id uuid, committed_at timestamptz,"
    " completed_at timestamptz, visits integer, voided_at timestamptz, void_reason text)"
    " ON CONFLICT (district, draw_id) DO UPDATE SET committed_at = coalesce(excluded.committed_at, r.committed_at),"
    " completed_at = coalesce(excluded.completed_at, r.completed_at), visits = coalesce(excluded.visits, r.visits),"
    " voided_at = coalesce(excluded.voided_at, r.voided_at),"
    " void_reason = coalesce(excluded.void_reason, r.void_reason)"
)
_VISITS = text(
    "INSERT INTO replica_visits (district, visit_id, draw_id, task_id, owner_department, participants, entity_id,"
    " assigned_at)"
    " SELECT :district, v.visit_id, v.draw_id, v.task_id, v.initiator, v.departments, v.entity_id, v.assigned_at"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v (visit_id uuid, draw_id uuid, task_id uuid, initiator text,"
    " departments text[], entity_id uuid, assigned_at timestamptz)"
    " ON CONFLICT (district, visit_id) DO UPDATE SET participants = excluded.participants"
)
_SUBSTITUTED = text(
    "UPDATE replica_visits AS v SET substituted_at = s.at, substitute_visit_id = s.substitute"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:substitutes AS uuid[]), CAST(:ats AS timestamptz[]))"
    " AS s (id, substitute, at) WHERE v.visit_id = s.id"
)
_RESULTS = text(
    "INSERT INTO replica_results AS k (district, result_id, visit_id, task_id, department, state)"
    " SELECT :district, r.result_id, r.visit_id, r.task_id, r.department, r.state"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (result_id uuid, visit_id uuid, task_id uuid,"
    " department text, state text)"
    " ON CONFLICT (district, result_id) DO UPDATE SET state ="
    " CASE WHEN excluded.state = 'recorded' AND k.state = 'public' THEN k.state ELSE excluded.state END"
)
_STATES = text(
    "UPDATE replica_results AS r SET state = s.state"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[])) AS s (id, state) WHERE r.result_id = s.id"
    " RETURNING r.task_id"
)


@dataclass(frozen=True, slots=True)
class DrawFact:
    """What one run of events says of a draw; None leaves what is known."""

    draw_id: UUID
    task_id: UUID
    committed_at: datetime | None = None
    completed_at: datetime | None = None
    visits: int | None = None
    voided_at: datetime | None = None
    void_reason: str | None = None


@dataclass(frozen=True, slots=True)
class VisitFact:
    visit_id: UUID
    draw_id: UUID
    task_id: UUID
    initiator: str
    departments: tuple[str, ...]
    entity_id: UUID
    assigned_at: datetime


@dataclass(frozen=True, slots=True)
class SubstitutionFact:
    visit_id: UUID
    substitute_visit_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ResultFact:
    """`state`: recorded, public, withdrawn; exempted (免予公示), excused (互认免检), reopened (excused no more)."""

    result_id: UUID
    visit_id: UUID
    task_id: UUID
    department: str
    state: str


class ReplicaStore:
    def __init__(self, connection: AsyncConnection, district: str) -> None:
        self._connection, self._district = connection, district

    async def save_draws(self, facts: Iterable[DrawFact]) -> None:
        await self._connection.execute(_DRAWS, self._rows(facts))

    async def save_visits(self, facts: Iterable[VisitFact]) -> None:
        await self._connection.execute(_VISITS, self._rows(facts))

    async def save_substitutions(self, facts: Collection[SubstitutionFact]) -> None:
        values = {
            "ids": [fact.visit_id for fact in facts],
            "substitutes": [fact.substitute_visit_id for fact in facts],
            "ats": [fact.at for fact in facts],
        }
        await self._connection.execute(_SUBSTITUTED, values)

    async def save_results(self, facts: Iterable[ResultFact]) -> None:
        await self._connection.execute(_RESULTS, self._rows(facts))

    async def save_states(self, states: Iterable[tuple[UUID, str]]) -> set[UUID]:
        """New states of results known already; returns the tasks they belong to."""
        pairs = list(states)
        values = {"ids": [one for one, _ in pairs], "states": [state for _, state in pairs]}
        return set((await self._connection.execute(_STATES, values)).scalars())

    def _rows(self, facts: Iterable[object]) -> dict[str, object]:
        return {"district": self._district, "rows": to_rows(facts)}
