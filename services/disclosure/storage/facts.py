"""Public facts of planning and registry as told, a row each: the first arrival stands, a second is nothing new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.disclosure.domain.facts import Checkpoint, Department, ItemList, PlanEnd, PlanVersion, Task, TaskChange
from shared.runtime.database import Driver

_PLAN: Final = (
    "INSERT INTO plan_versions (district, plan_id, version, plan_no, year, title, initiator, participants,"
    " window_start, window_end, published_at, reason, body, digest)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING"
)
_PLAN_END: Final = "INSERT INTO plan_ends VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"
_TASK: Final = "INSERT INTO tasks VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING"
_TASK_CHANGE: Final = "INSERT INTO task_changes VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"
_ITEM_LIST: Final = "INSERT INTO item_lists VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"
_DEPARTMENT: Final = (
    "INSERT INTO departments VALUES ($1, $2, $3, $4, $5) ON CONFLICT (district, code) DO UPDATE"
    " SET name = excluded.name, short_name = excluded.short_name, uscc = excluded.uscc"
)
_CHECKPOINT: Final = "INSERT INTO checkpoints VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"


class FactStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def add_plans(self, plans: Sequence[PlanVersion]) -> None:
        await self._driver.executemany(
            _PLAN,
            [
                (
                    self._district,
                    one.plan_id,
                    one.version,
                    one.plan_no,
                    one.year,
                    one.title,
                    one.initiator,
                    list(one.participants),
                    one.window_start,
                    one.window_end,
                    one.published_at,
                    one.reason,
                    one.body,
                    one.digest,
                )
                for one in plans
            ],
        )

    async def add_plan_ends(self, ends: Sequence[PlanEnd]) -> None:
        rows = [(self._district, e.plan_id, e.version, e.reason, e.cancelled_at, e.merged_into) for e in ends]
        await self._driver.executemany(_PLAN_END, rows)

    async def add_tasks(self, tasks: Sequence[Task]) -> None:
        await self._driver.executemany(
            _TASK,
            [
                (
                    self._district,
                    one.task_id,
                    one.task_no,
                    one.title,
                    one.plan_id,
                    one.plan_no,
                    one.initiator,
                    one.window_start,
                    one.window_end,
                    one.issued_at,
                    one.body,
                )
                for one in tasks
            ],
        )

    async def add_task_changes(self, changes: Sequence[TaskChange]) -> None:
        rows = [
            (self._district, c.task_id, c.version, c.kind, c.reason, c.window_start, c.window_end, c.changed_at)
            for c in changes
        ]
        await self._driver.executemany(_TASK_CHANGE, rows)

    async def add_item_lists(self, lists: Sequence[ItemList]) -> None:
        rows = [
            (self._district, i.item_list_id, i.version, i.department, i.year, i.item_count, i.tier, i.published_at)
            for i in lists
        ]
        await self._driver.executemany(_ITEM_LIST, rows)

    async def put_departments(self, departments: Sequence[Department]) -> None:
        rows = [(self._district, d.code, d.name, d.short_name, d.uscc) for d in departments]
        await self._driver.executemany(_DEPARTMENT, rows)

    async def add_checkpoints(self, checkpoints: Sequence[Checkpoint]) -> None:
        rows = [(self._district, c.service, c.number, c.size, c.body, c.signature, c.told_at) for c in checkpoints]
        await self._driver.executemany(_CHECKPOINT, rows)
