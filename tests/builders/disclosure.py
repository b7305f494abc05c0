"""Public facts as the producers tell them, a line each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.events.planning import ClassRatio, PlanAdjustedV1, PlanItem, PlanPublishedV1, TaskDepartment, TaskIssuedV1
from shared.events.results import (
    PublishedFinding,
    PublishedItem,
    PublishedResult,
    ResultCorrectedV1,
    ResultExemptedV1,
    ResultPublishedV1,
    ResultWithdrawnV1,
)
from shared.values.ids import new_id

PUBLISHED_AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
A_FIRM = "洛阳市孟津区宏达商贸有限公司"
ITEM = new_id()


def a_body(**changes: Any) -> PublishedResult:
    """A clean result of the market authority, published in time."""
    facts: dict[str, Any] = {
        "result_id": new_id(),
        "version": 1,
        "entity_id": new_id(),
        "entity_name": A_FIRM,
        "uscc": None if "entity_name" in changes and "uscc" not in changes else "91410308MA00000019",
        "department": "SCJG",
        "task_id": new_id(),
        "task_no": "410308202603091001",
        "plan_id": new_id(),
        "visit_id": new_id(),
        "concluded_on": date(2026, 11, 10),
        "due_on": date(2026, 12, 8),
        "outcome_codes": ["1"],
        "findings": [],
        "published_at": PUBLISHED_AT,
        "items": [PublishedItem(item_id=ITEM, item_name="登记事项检查", outcome_codes=["1"])],
    }
    return PublishedResult(**facts | changes)


def a_finding(text: str = "通过登记的住所（经营场所）无法联系") -> PublishedFinding:
    return PublishedFinding(item_id=ITEM, item_name="登记事项检查", outcome_code="6", outcome_text=text, severity=3)


def published(body: PublishedResult) -> ResultPublishedV1:
    return ResultPublishedV1(aggregate_version=body.version, result_id=body.result_id, result=body)


def corrected(body: PublishedResult, reason: str = "录入有误", **changes: Any) -> ResultCorrectedV1:
    """The next version of a result, a day later."""
    after = body.model_copy(
        update={"version": body.version + 1, "published_at": body.published_at + timedelta(days=1), **changes}
    )
    return ResultCorrectedV1(
        aggregate_version=after.version,
        result_id=body.result_id,
        supersedes_version=body.version,
        reason=reason,
        result=after,
    )


def withdrawn(body: PublishedResult, version: int | None = None, reason: str = "检查对象认定有误") -> ResultWithdrawnV1:
    number = version or body.version + 1
    return ResultWithdrawnV1(
        aggregate_version=number,
        result_id=body.result_id,
        version=number,
        entity_id=body.entity_id,
        reason=reason,
        withdrawn_at=PUBLISHED_AT + timedelta(days=2),
    )


def exempted(body: PublishedResult) -> ResultExemptedV1:
    return ResultExemptedV1(
        aggregate_version=9,
        result_id=body.result_id,
        visit_id=body.visit_id,
        task_id=body.task_id,
        entity_id=body.entity_id,
        department=body.department,
        ground="trade_secret",
        exempted_on=date(2026, 11, 23),
    )


def a_plan(plan_id: UUID | None = None, **changes: Any) -> PlanPublishedV1:
    facts: dict[str, Any] = {
        "aggregate_version": 1,
        "plan_id": plan_id or new_id(),
        "plan_no": "410308202601",
        "year": 2026,
        "title": "2026 年度部门联合抽查计划",
        "version": 1,
        "initiator": "SCJG",
        "participants": ["XFJY"],
        "ratios": [ClassRatio(credit_class="A", ppm=10_000)],
        "window_start": date(2026, 3, 1),
        "window_end": date(2026, 6, 30),
        "published_at": PUBLISHED_AT,
        "items": [
            PlanItem(
                item_id=ITEM,
                department="SCJG",
                code="SCJG-001",
                name="登记事项检查",
                level="general",
                list_version=1,
            )
        ],
    }
    return PlanPublishedV1(**facts | changes)


def an_adjusted(plan: PlanPublishedV1, reason: str = "汛期顺延", **changes: Any) -> PlanAdjustedV1:
    facts = plan.model_dump(exclude={"sole_ground", "special"})
    facts |= {"version": plan.version + 1, "aggregate_version": plan.version + 1, "reason": reason}
    return PlanAdjustedV1(**facts | {"published_at": plan.published_at + timedelta(days=1)} | changes)


def a_task(plan: PlanPublishedV1, **changes: Any) -> TaskIssuedV1:
    facts: dict[str, Any] = {
        "aggregate_version": 1,
        "task_id": new_id(),
        "task_no": "410308202603091001",
        "title": "商贸企业联合抽查",
        "plan_id": plan.plan_id,
        "plan_no": plan.plan_no,
        "plan_version": plan.version,
        "initiator": "SCJG",
        "departments": [TaskDepartment(department="SCJG", item_ids=[ITEM])],
        "library_id": new_id(),
        "library_version": 1,
        "ratios": plan.ratios,
        "window_start": plan.window_start,
        "window_end": plan.window_end,
        "issued_at": PUBLISHED_AT,
        "items": plan.items,
    }
    return TaskIssuedV1(**facts | changes)
