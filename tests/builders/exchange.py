"""Plans, tasks and results as the exchange hears them, a line each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from shared.events.planning import ClassRatio, PlanItem, PlanPublishedV1, TaskDepartment, TaskIssuedV1
from shared.events.results import (
    PublishedItem,
    PublishedResult,
    ResultCorrectedV1,
    ResultPublishedV1,
    ResultWithdrawnV1,
)
from shared.values.ids import new_id
from tests.builders.credit import a_uscc

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
ITEM = PlanItem(
    item_id=new_id(),
    department="scjg",
    code="scjg-015",
    name="价格公示情况检查",
    level="general",
    list_version=1,
)


def a_plan(plan_id: UUID, **changes: Any) -> PlanPublishedV1:
    facts: dict[str, Any] = {
        "aggregate_version": 1,
        "plan_id": plan_id,
        "plan_no": "JH-2026-0001",
        "year": 2026,
        "title": "公共场所卫生部门联合抽查",
        "version": 1,
        "initiator": "wjw",
        "participants": ["scjg"],
        "ratios": [ClassRatio(credit_class="A", ppm=10_000), ClassRatio(credit_class="D", ppm=50_000)],
        "window_start": DAY,
        "window_end": date(2026, 12, 20),
        "published_at": NOW,
        "items": [ITEM],
    }
    return PlanPublishedV1(**facts | changes)


def a_task(plan_id: UUID, task_id: UUID) -> TaskIssuedV1:
    return TaskIssuedV1(
        aggregate_version=1,
        task_id=task_id,
        task_no="RW-2026-0001",
        title="公共场所卫生联合抽查任务",
        plan_id=plan_id,
        plan_no="JH-2026-0001",
        plan_version=1,
        initiator="wjw",
        departments=[TaskDepartment(department="scjg", item_ids=[ITEM.item_id])],
        library_id=new_id(),
        library_version=1,
        ratios=[],
        window_start=DAY,
        window_end=date(2026, 12, 20),
        issued_at=NOW,
        items=[ITEM],
    )


def a_result(number: int = 1, **changes: Any) -> ResultPublishedV1:
    result = a_body(number, **changes)
    return ResultPublishedV1(aggregate_version=1, result_id=result.result_id, result=result)


def a_body(number: int = 1, **changes: Any) -> PublishedResult:
    facts: dict[str, Any] = {
        "result_id": new_id(),
        "version": 1,
        "entity_id": new_id(),
        "entity_name": f"孟津区示例{number}号商贸有限公司",
        "uscc": a_uscc(number),
        "department": "scjg",
        "task_id": new_id(),
        "task_no": "RW-2026-0001",
        "plan_id": new_id(),
        "visit_id": new_id(),
        "concluded_on": DAY,
        "due_on": date(2026, 12, 18),
        "outcome_codes": ["1"],
        "findings": [],
        "published_at": NOW,
        "method": "on_site",
        "items": [PublishedItem(item_id=ITEM.item_id, item_name=ITEM.name, outcome_codes=["1"])],
    }
    return PublishedResult(**facts | changes)


def corrected(event: ResultPublishedV1, version: int = 2, **changes: Any) -> ResultCorrectedV1:
    body = event.result.model_copy(update={"version": version, **changes})
    return ResultCorrectedV1(
        aggregate_version=version,
        result_id=event.result_id,
        supersedes_version=version - 1,
        reason="复核",
        result=body,
    )


def withdrawn(event: ResultPublishedV1, version: int = 2) -> ResultWithdrawnV1:
    return ResultWithdrawnV1(
        aggregate_version=version,
        result_id=event.result_id,
        version=version,
        entity_id=event.result.entity_id,
        reason="认定有误",
        withdrawn_at=NOW,
    )
