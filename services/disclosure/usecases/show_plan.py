"""Pages of plans and tasks: what is planned, by whom, under which rule, and what became of it (N5, N6)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.disclosure.domain.differences import plan_differences
from services.disclosure.domain.gone import PlanNotShown, TaskNotShown
from services.disclosure.domain.views import (
    PlanItemView,
    PlanLine,
    PlanPage,
    PlanVersionView,
    RatioView,
    SpecialView,
    TaskChangeView,
    TaskDepartmentView,
    TaskPage,
)
from services.disclosure.domain.words import LEVELS, METHODS, NAMES_OPEN, TASK_STATES
from services.disclosure.storage.plan_pages import plan_line, task_line
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from services.disclosure.usecases.show_result import checkpoint_of

Names = Mapping[str, str]


async def show_plan(plan_no: str, uow: DisclosureUnitOfWork) -> PlanPage:
    """Raises PlanNotShown."""
    async with uow:
        row = await uow.plan_pages.by_no(plan_no)
        if row is None:
            raise PlanNotShown(plan_no=plan_no)
        told = await uow.plan_pages.versions(row["plan_id"])
        tasks = await uow.plan_pages.tasks_of(row["plan_id"])
        into = None if row["merged_into"] is None else await uow.plan_pages.by_id(row["merged_into"])
        names = dict(await uow.lines.departments())
        seals = await uow.status.checkpoints()
    body = json.loads(row["body"])
    return PlanPage(
        line=plan_line(row),
        method_name=METHODS.get(body.get("method", ""), body.get("method", "")),
        ratios=_ratios(body),
        visit_caps=tuple((cap["credit_class"], cap["visits"]) for cap in body.get("visit_caps", ())),
        items=_items(body, names),
        sole_ground=body.get("sole_ground"),
        special=_special(body.get("special")),
        names_open=NAMES_OPEN.get(body.get("names_open", ""), body.get("names_open", "")),
        names_open_basis=body.get("names_open_basis", ""),
        batches=body.get("batches", 0),
        cancelled_at=row["cancelled_at"],
        cancel_reason=row["end_reason"],
        merged_into=None if into is None else into["plan_no"],
        versions=_versions(told, names),
        digest=row["digest"],
        tasks=tuple(tasks),
        checkpoint=checkpoint_of(seals.get("planning")),
    )


async def list_plans(
    year: int | None, text: str | None, after: tuple[datetime, UUID] | None, most: int, uow: DisclosureUnitOfWork
) -> list[PlanLine]:
    """Newest publication first; `text` stands in the title."""
    async with uow:
        return await uow.plan_pages.page(year, text, after, most)


async def show_task(task_no: str, uow: DisclosureUnitOfWork) -> TaskPage:
    """Raises TaskNotShown."""
    async with uow:
        row = await uow.plan_pages.task(task_no)
        if row is None:
            raise TaskNotShown(task_no=task_no)
        changes = await uow.plan_pages.changes(row["task_id"])
        results = await uow.lines.of_task(row["task_id"])
        plan = await uow.plan_pages.by_id(row["plan_id"])
        names = dict(await uow.lines.departments())
    body = json.loads(row["body"])
    items = _items(body, names)
    called = {str(item.item_id): item.name for item in items}
    return TaskPage(
        line=task_line(row),
        plan_title=None if plan is None else plan["title"],
        method_name=METHODS.get(body.get("method", ""), body.get("method", "")),
        departments=tuple(_department(part, names, called) for part in body["departments"]),
        ratios=_ratios(body),
        items=items,
        quiet_days=tuple(date.fromisoformat(day) for day in body.get("quiet_days", ())),
        names_open=NAMES_OPEN.get(body.get("names_open", ""), body.get("names_open", "")),
        names_open_basis=body.get("names_open_basis", ""),
        changes=tuple(_change(one) for one in changes),
        results=tuple(results),
    )


def _ratios(body: Mapping[str, Any]) -> tuple[RatioView, ...]:
    return tuple(RatioView(ratio["credit_class"], ratio["ppm"]) for ratio in body["ratios"])


def _items(body: Mapping[str, Any], names: Names) -> tuple[PlanItemView, ...]:
    return tuple(
        PlanItemView(
            item_id=UUID(item["item_id"]),
            department=item["department"],
            department_name=names.get(item["department"], item["department"]),
            code=item["code"],
            name=item["name"],
            level=item["level"],
            level_name=LEVELS.get(item["level"], item["level"]),
            list_version=item["list_version"],
            ratio_cap_ppm=item.get("ratio_cap_ppm"),
        )
        for item in body.get("items", ())
    )


def _special(special: Mapping[str, Any] | None) -> SpecialView | None:
    if special is None:
        return None
    return SpecialView(
        special["cause"],
        special["approver"],
        date.fromisoformat(special["approved_on"]),
        special["filing_no"],
        date.fromisoformat(special["ends_on"]),
    )


def _versions(told: Sequence[Any], names: Names) -> tuple[PlanVersionView, ...]:
    shown: list[PlanVersionView] = []
    before: str | None = None
    for row in reversed(told):
        body = row["body"]
        differences = () if before is None else plan_differences(before, body, lambda code: names.get(code, code))
        shown.append(PlanVersionView(row["version"], row["published_at"], row["reason"], row["digest"], differences))
        before = body
    return tuple(reversed(shown))


def _department(part: Mapping[str, Any], names: Names, called: Mapping[str, str]) -> TaskDepartmentView:
    return TaskDepartmentView(
        department=part["department"],
        department_name=names.get(part["department"], part["department"]),
        officers=part["officers"],
        experts=part.get("experts", 0),
        items=tuple(called[item] for item in part["item_ids"] if item in called),
    )


def _change(row: Any) -> TaskChangeView:
    return TaskChangeView(
        kind=row["kind"],
        kind_name=TASK_STATES[row["kind"]],
        reason=row["reason"],
        window_start=row["window_start"],
        window_end=row["window_end"],
        at=row["changed_at"],
    )
