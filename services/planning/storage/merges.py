"""Where merges of plans are kept (N4): terms and gains as of the merge, the state they came to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.merges import DepartmentGain, Gains, Merge, MergeState, PlanGain

_COLUMNS = (
    "id, district, rule, host_plan_id, host_plan_no, owner_department, host_version, absorbed, participants, reason,"
    " gains, state, made_by, made_at, settled_at"
)
_GET = text(f"SELECT {_COLUMNS} FROM plan_merges WHERE id = :id")  # noqa: S608 - constants only
_PAGE = text(
    f"SELECT {_COLUMNS} FROM plan_merges WHERE (CAST(:before AS uuid) IS NULL OR id < :before)"  # noqa: S608
    " ORDER BY id DESC LIMIT :size"
)
_OPEN = text(
    f"SELECT {_COLUMNS} FROM plan_merges WHERE state = 'proposed'"  # noqa: S608
    " AND (host_plan_id = ANY (CAST(:ids AS uuid[])) OR absorbed && CAST(:ids AS uuid[])) ORDER BY id"
)
_ADD = text(
    "INSERT INTO plan_merges (id, district, rule, host_plan_id, host_plan_no, owner_department, host_version, absorbed,"
    " participants, reason, gains, state, made_by, made_at, settled_at)"
    " VALUES (:id, :district, :rule, :host_plan_id, :host_plan_no, :owner_department, :host_version,"
    " CAST(:absorbed AS uuid[]), CAST(:participants AS text[]), :reason, CAST(:gains AS jsonb), :state, :made_by,"
    " :made_at, :settled_at)"
)
_SETTLE = text("UPDATE plan_merges SET state = :state, settled_at = :at WHERE id = :id AND state = 'proposed'")


class MergeStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, merge_id: UUID) -> Merge | None:
        row = (await self._connection.execute(_GET, {"id": merge_id})).one_or_none()
        return None if row is None else _merge(row)

    async def page(self, size: int, before: UUID | None) -> Sequence[Merge]:
        """At most `size` merges, newest first, those older than `before`."""
        return [_merge(row) for row in await self._connection.execute(_PAGE, {"size": size, "before": before})]

    async def open_of(self, plan_ids: Collection[UUID]) -> Sequence[Merge]:
        """Proposed merges that any of the plans takes part in."""
        return [_merge(row) for row in await self._connection.execute(_OPEN, {"ids": list(plan_ids)})]

    async def add(self, merge: Merge) -> None:
        await self._connection.execute(
            _ADD,
            {
                "id": merge.id,
                "district": merge.district,
                "rule": merge.rule,
                "host_plan_id": merge.host_plan_id,
                "host_plan_no": merge.host_plan_no,
                "owner_department": merge.host_department,
                "host_version": merge.host_version,
                "absorbed": list(merge.absorbed),
                "participants": list(merge.departments),
                "reason": merge.reason,
                "gains": orjson.dumps(merge.gains, default=str).decode(),
                "state": merge.state.value,
                "made_by": merge.made_by,
                "made_at": merge.made_at,
                "settled_at": merge.settled_at,
            },
        )

    async def settle(self, merge: Merge) -> None:
        await self._connection.execute(_SETTLE, {"id": merge.id, "state": merge.state.value, "at": merge.settled_at})


def _merge(row: Row[Any]) -> Merge:
    return Merge(
        id=row.id,
        district=row.district,
        rule=row.rule,
        host_plan_id=row.host_plan_id,
        host_plan_no=row.host_plan_no,
        host_department=row.owner_department,
        host_version=row.host_version,
        absorbed=tuple(row.absorbed),
        departments=tuple(row.participants),
        reason=row.reason,
        gains=_gains(row.gains),
        state=MergeState(row.state),
        made_by=row.made_by,
        made_at=row.made_at,
        settled_at=row.settled_at,
    )


def _gains(kept: Any) -> Gains:
    plans = tuple(PlanGain(**{**one, "plan_id": UUID(one["plan_id"])}) for one in kept["plans"])
    return Gains(plans, tuple(DepartmentGain(**one) for one in kept["departments"]), kept["joint"])
