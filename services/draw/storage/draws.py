"""Ceremonies, their history, the parties' commits and shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.ceremony import ENDED, Ceremony, HistoryEntry, Stage, Step
from services.draw.domain.ceremony_plan import CeremonyPlan, PlannedBeacon, PlannedParty

_COLUMNS: Final = (
    "id, district, task_id, task_no, owner_department, participants, suite, plan, note, frozen_by, frozen_at, stage,"
    " version, replaces, committed_by, commit_hash"
)
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('draw ' || :id, 0))")
_TRY_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended('draw ' || :id, 0))")
_LOCK_SHARED: Final = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('draw ' || :id, 0))")
_FIND: Final = text(f"SELECT {_COLUMNS} FROM draws WHERE id = :id")  # noqa: S608 - constants only
_LIVE: Final = text(
    f"SELECT {_COLUMNS} FROM draws WHERE task_id = :task_id AND NOT stage = ANY (CAST(:ended AS text[]))"  # noqa: S608
)
_ADD: Final = text(
    f"INSERT INTO draws ({_COLUMNS}) VALUES (:id, :district, :task_id, :task_no, :owner_department,"  # noqa: S608
    " CAST(:participants AS text[]), :suite, CAST(:plan AS jsonb), :note, :frozen_by, :frozen_at, :stage, :version,"
    " CAST(:replaces AS uuid), CAST(:committed_by AS text), CAST(:commit_hash AS bytea))"
)
_SAVE: Final = text(
    "UPDATE draws SET stage = :stage, version = :version, replaces = CAST(:replaces AS uuid),"
    " committed_by = CAST(:committed_by AS text), commit_hash = CAST(:commit_hash AS bytea)"
    " WHERE id = :id AND version = :version - 1"
)
_STEP: Final = text(
    "INSERT INTO draws_history (district, draw_id, version, step, stage, detail, actor, acted_at)"
    " VALUES (:district, :id, :version, :step, :stage, :detail, :actor, :at)"
)
_HISTORY: Final = text(
    "SELECT step, stage, detail, actor, acted_at FROM draws_history WHERE draw_id = :id ORDER BY place"
)


@dataclass(frozen=True, slots=True)
class DrawFilter:
    """None does not filter."""

    task_id: UUID | None = None
    stage: str | None = None
    department: str | None = None


class VersionRaced(RuntimeError):
    """A ceremony was saved over a version that is not the next: the lock was not held."""


class DrawStore:
    """Every act on a draw first holds its lock: closing acts alone, witnesses together."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, draw_or_task_id: UUID) -> None:
        await self._connection.execute(_LOCK, {"id": str(draw_or_task_id)})

    async def try_lock(self, draw_id: UUID) -> bool:
        return bool((await self._connection.execute(_TRY_LOCK, {"id": str(draw_id)})).scalar_one())

    async def lock_shared(self, draw_id: UUID) -> None:
        await self._connection.execute(_LOCK_SHARED, {"id": str(draw_id)})

    async def find(self, draw_id: UUID) -> Ceremony | None:
        row = (await self._connection.execute(_FIND, {"id": draw_id})).one_or_none()
        return None if row is None else _ceremony(row)

    async def live_of_task(self, task_id: UUID) -> Ceremony | None:
        found = await self._connection.execute(_LIVE, {"task_id": task_id, "ended": [stage.value for stage in ENDED]})
        row = found.one_or_none()
        return None if row is None else _ceremony(row)

    async def page(self, wanted: DrawFilter, size: int, after: UUID | None) -> list[Ceremony]:
        """At most `size` draws in the order of their freezing, those after `after`."""
        clauses = {
            "task_id": "task_id = :task_id",
            "stage": "stage = :stage",
            "department": "(owner_department = :department OR :department = ANY (participants))",
        }
        values: dict[str, Any] = {name: value for name, value in asdict(wanted).items() if value is not None}
        where = ["true", *(clauses[name] for name in values)]
        if after is not None:
            where.append("id > :after")
            values["after"] = after
        query = f"SELECT {_COLUMNS} FROM draws WHERE {' AND '.join(where)} ORDER BY id LIMIT :size"  # noqa: S608
        return [_ceremony(row) for row in await self._connection.execute(text(query), values | {"size": size})]

    async def add(self, draw: Ceremony) -> None:
        await self._connection.execute(_ADD, _values(draw))

    async def save(self, draw: Ceremony) -> None:
        """Raises VersionRaced unless the row is at the version before."""
        done = await self._connection.execute(_SAVE, _values(draw))
        if done.rowcount != 1:
            raise VersionRaced(draw.draw_id)

    async def note(self, draw: Ceremony, step: Step, actor: str, at: datetime, detail: str = "") -> None:
        """A line of the history; it never changes."""
        values = {"district": draw.district, "id": draw.id, "version": draw.version, "stage": draw.stage.value}
        values |= {"step": step.value, "detail": detail, "actor": actor, "at": at}
        await self._connection.execute(_STEP, values)

    async def history(self, draw_id: UUID) -> list[HistoryEntry]:
        rows = await self._connection.execute(_HISTORY, {"id": draw_id})
        return [HistoryEntry(Step(row.step), Stage(row.stage), row.detail, row.actor, row.acted_at) for row in rows]


def _values(draw: Ceremony) -> dict[str, Any]:
    values = {name: getattr(draw, name) for name in Ceremony.__slots__}
    return values | {
        "stage": draw.stage.value,
        "participants": list(draw.participants),
        "plan": orjson.dumps(asdict(draw.plan)).decode(),
    }


def _ceremony(row: Row[Any]) -> Ceremony:
    got = dict(row._mapping)
    return Ceremony(
        **got
        | {
            "stage": Stage(got["stage"]),
            "participants": tuple(got["participants"]),
            "plan": _plan(got["plan"]),
            "commit_hash": None if got["commit_hash"] is None else bytes(got["commit_hash"]),
        }
    )


def _plan(body: Mapping[str, Any]) -> CeremonyPlan:
    parties: Sequence[PlannedParty] = [PlannedParty(**party) for party in body["parties"]]
    beacons: Sequence[PlannedBeacon] = [PlannedBeacon(**beacon) for beacon in body["beacons"]]
    return CeremonyPlan(**dict(body) | {"parties": tuple(parties), "beacons": tuple(beacons)})
