"""Where plans are kept: the head row with its history, and the versions that became public."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.filing import Filing, FilingState
from services.planning.domain.filters import PlanFilter
from services.planning.domain.plan_content import PlanContent
from services.planning.domain.plans import WHAT, InForce, Plan
from services.planning.storage.item_lists import Step
from services.planning.storage.plan_contents import add_content, read_contents
from shared.runtime.problems import VersionChanged

_COLUMNS = (
    "id, district, plan_no, year, owner_department, version, revision, row_version, state, filers, remark, reason,"
    " in_force_version, in_force_revision, created_at"
)
_GET = f"SELECT {_COLUMNS} FROM plans WHERE id = :id"  # noqa: S608 - constants only
_PAGE = text(
    f"SELECT {_COLUMNS} FROM plans WHERE (CAST(:year AS integer) IS NULL OR year = :year)"  # noqa: S608
    " AND (CAST(:department AS text) IS NULL OR owner_department = :department OR :department = ANY (participants))"
    " AND (CAST(:state AS text) IS NULL OR state = :state)"
    " AND (CAST(:before AS uuid) IS NULL OR id < :before) ORDER BY id DESC LIMIT :size"
)
_OF_YEAR = text(
    f"SELECT {_COLUMNS} FROM plans WHERE year = :year AND state = ANY (CAST(:states AS text[])) ORDER BY plan_no"  # noqa: S608
)
_HISTORY = (
    "history AS (INSERT INTO plans_history"
    " (district, plan_id, row_version, act, state, version, revision, remark, actor, acted_at)"
    " VALUES (:district, :id, :row_version, :act, :state, :version, :revision, :remark, :actor, :at))"
)
_KEEP = text(f"WITH {_HISTORY} SELECT 1")
_ADD = text(
    "INSERT INTO plans (id, district, plan_no, year, owner_department, participants, title, version, revision,"
    " row_version, state, filers, remark, reason, in_force_version, in_force_revision, created_at)"
    " VALUES (:id, :district, :plan_no, :year, :initiator, CAST(:participants AS text[]), :title, :version, :revision,"
    " :row_version, :state, CAST(:filers AS text[]), :remark, :reason, :in_force_version, :in_force_revision,"
    " :created_at)"
)
_SAVE = text(
    f"WITH {_HISTORY} UPDATE plans SET participants = CAST(:participants AS text[]), title = :title,"  # noqa: S608
    " version = :version, revision = :revision, row_version = :row_version, state = :state,"
    " filers = CAST(:filers AS text[]), remark = :remark, reason = :reason, in_force_version = :in_force_version,"
    " in_force_revision = :in_force_revision WHERE id = :id AND row_version = :row_version - 1"
)
_PUBLISH = text(
    "INSERT INTO plan_versions (district, plan_id, version, revision, reason, published_by, published_at)"
    " VALUES (:district, :id, :version, :revision, :reason, :actor, :at)"
)
_VERSIONS = text(
    "SELECT version, revision, reason, published_at FROM plan_versions WHERE plan_id = :id ORDER BY version"
)


@dataclass(frozen=True, slots=True)
class PublicVersion:
    """A version of the plan that became public, with why it was made (N6)."""

    version: int
    reason: str | None
    published_at: datetime
    content: PlanContent


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as the caller may see it: what is public (or the only content there is), and an adjustment under way."""

    plan: Plan
    pending: PlanContent | None


class PlanStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, plan_id: UUID, *, for_update: bool = False) -> Plan | None:
        """The plan with its latest content, for those who may change it. None if absent or not theirs."""
        lock = " FOR UPDATE" if for_update else ""
        row = (await self._connection.execute(text(_GET + lock), {"id": plan_id})).one_or_none()
        if row is None:
            return None
        contents = await read_contents(self._connection, [(row.id, row.revision)])
        content = contents.get((row.id, row.revision))
        return None if content is None else _plan(row, content)

    async def content_in_force(self, plan: Plan) -> PlanContent:
        """What is public of the plan and binds its tasks. Raises PlanNotInForce."""
        key = (plan.id, plan.require_in_force().revision)
        return (await read_contents(self._connection, [key]))[key]

    async def view(self, plan_id: UUID) -> PlanView | None:
        rows = (await self._connection.execute(text(_GET), {"id": plan_id})).all()
        views = await self._views(rows)
        return views[0] if views else None

    async def page(self, wanted: PlanFilter, size: int, before: UUID | None) -> Sequence[PlanView]:
        """At most `size` plans, newest first, those older than `before`."""
        values = {"year": wanted.year, "department": wanted.department, "state": wanted.state}
        rows = await self._connection.execute(_PAGE, values | {"size": size, "before": before})
        return await self._views(rows.all())

    async def of_year(self, year: int, states: Iterable[FilingState]) -> Sequence[PlanView]:
        """The year's plans in these states that the caller may see, by number."""
        values = {"year": year, "states": [state.value for state in states]}
        return await self._views((await self._connection.execute(_OF_YEAR, values)).all())

    async def _views(self, rows: Sequence[Row[Any]]) -> list[PlanView]:
        wanted = {(row.id, number) for row in rows for number in (row.revision, row.in_force_revision) if number}
        contents = await read_contents(self._connection, wanted)
        views = []
        for row in rows:
            latest = contents.get((row.id, row.revision))
            public = contents.get((row.id, row.in_force_revision))
            if shown := public or latest:
                views.append(PlanView(_plan(row, shown), latest if public and latest is not public else None))
        return views

    async def versions(self, plan_id: UUID) -> Sequence[PublicVersion]:
        """The public versions, oldest first."""
        rows = (await self._connection.execute(_VERSIONS, {"id": plan_id})).all()
        contents = await read_contents(self._connection, [(plan_id, row.revision) for row in rows])
        return [
            PublicVersion(row.version, row.reason, row.published_at, contents[(plan_id, row.revision)]) for row in rows
        ]

    async def add(self, plan: Plan, step: Step) -> None:
        values = _values(plan)
        await self._connection.execute(_ADD, values)
        await self._connection.execute(_KEEP, values | _step(step))
        await add_content(self._connection, plan, step.actor, step.at)

    async def save(self, plan: Plan, step: Step, *, has_new_content: bool = False) -> None:
        """Raises VersionChanged if another saved meanwhile."""
        saved = await self._connection.execute(_SAVE, _values(plan) | _step(step))
        if saved.rowcount != 1:
            raise VersionChanged
        if has_new_content:
            await add_content(self._connection, plan, step.actor, step.at)

    async def add_public_version(self, plan: Plan, step: Step) -> None:
        await self._connection.execute(_PUBLISH, _values(plan) | _step(step))


def _step(step: Step) -> dict[str, object]:
    return {"act": step.act, "actor": step.actor, "at": step.at}


def _values(plan: Plan) -> dict[str, object]:
    return {
        "id": plan.id,
        "district": plan.district,
        "plan_no": plan.plan_no,
        "year": plan.year,
        "initiator": plan.initiator,
        "participants": list(plan.content.participants),
        "title": plan.content.title,
        "version": plan.version,
        "revision": plan.revision,
        "row_version": plan.row_version,
        "state": plan.state.value,
        "filers": list(plan.filing.filers),
        "remark": plan.filing.remark,
        "reason": plan.reason,
        "in_force_version": plan.in_force.version if plan.in_force else None,
        "in_force_revision": plan.in_force.revision if plan.in_force else None,
        "created_at": plan.created_at,
    }


def _plan(row: Row[Any], content: PlanContent) -> Plan:
    in_force = InForce(row.in_force_version, row.in_force_revision) if row.in_force_version else None
    return Plan(
        id=row.id,
        district=row.district,
        plan_no=row.plan_no,
        year=row.year,
        initiator=row.owner_department,
        version=row.version,
        revision=row.revision,
        row_version=row.row_version,
        filing=Filing(WHAT, FilingState(row.state), tuple(row.filers), row.remark),
        content=content,
        created_at=row.created_at,
        in_force=in_force,
        reason=row.reason,
    )
