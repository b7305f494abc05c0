"""Lists, plans and tasks of the tests, a line each; bodies as an officer's client sends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.planning.domain.filing import Filing, FilingState
from services.planning.domain.item_lists import ItemList
from services.planning.domain.items import Item, ItemLevel, LegalBasis, ListedItem
from services.planning.domain.per_class import PerClass
from services.planning.domain.plan_content import ChosenItem, LibraryVersion, PlanContent
from services.planning.domain.plans import Plan
from services.planning.domain.rules import LimitFor, RuleCode, Rules, RuleValue
from services.planning.domain.tasks import Lifecycle, Task, TaskDepartment
from services.planning.domain.windows import Window
from shared.events.draw import (
    DrawCompletedV1,
    DrawVoidedV1,
    PoolCommittedV1,
    VisitAssignedV1,
    VisitSubstitutedV1,
    VisitTeam,
)
from shared.events.envelope import Event, Heard
from shared.events.results import (
    PublishedResult,
    ResultExemptedV1,
    ResultPublishedV1,
    ResultRecordedV1,
    ResultWithdrawnV1,
    VisitConcludedV1,
    VisitReopenedV1,
)
from shared.values.ids import new_id

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
RISING = PerClass(10_000, 20_000, 30_000, 50_000)
NO_RULES = Rules({})


def an_item(code: str = "scjg-001", cap: int | None = 50_000, **changes: Any) -> Item:
    """A general item with that cap, or a key item without one."""
    item = Item(
        code=code,
        name=f"{code} 检查",
        level=ItemLevel.KEY if cap is None else ItemLevel.GENERAL,
        bases=(LegalBasis("中华人民共和国食品安全法", "第一百一十条"),),
        methods=("on_site",),
        kinds=("enterprise",),
        content=("许可证是否有效",),
        ratio_cap_ppm=cap,
        times_per_year=1,
    )
    return replace(item, **changes)


def a_listed_item(code: str = "scjg-001", department: str = "scjg", cap: int | None = 50_000) -> ListedItem:
    return ListedItem(new_id(), department, new_id(), 1, 2026, an_item(code, cap))


def a_chosen_item(code: str = "scjg-001", department: str = "scjg", cap: int | None = 50_000) -> ChosenItem:
    return ChosenItem.of(a_listed_item(code, department, cap))


def the_rules(**values: RuleValue) -> Rules:
    """`the_rules(key_item_count=RuleValue(limit=3))`, each in its first version."""
    codes = {RuleCode(code): value for code, value in values.items()}
    return Rules(codes, dict.fromkeys(codes, 1))


def per_class_rule(a: int, b: int, c: int, d: int) -> RuleValue:
    return RuleValue(exceptions=tuple(LimitFor(key, limit) for key, limit in zip("ABCD", (a, b, c, d), strict=True)))


def a_filing(state: FilingState = FilingState.DRAFT, *filers: str, what: str = "抽查计划") -> Filing:
    return Filing(what, state, filers or ("officer:filer",))


def an_item_list(state: FilingState = FilingState.DRAFT) -> ItemList:
    return ItemList(new_id(), "mengjin", "scjg", 2026, 1, 1, 1, 1, a_filing(state, what="抽查事项清单"), NOW)


def a_content(**changes: Any) -> PlanContent:
    """A joint plan of two departments that breaks no rule."""
    content = PlanContent(
        title="餐饮单位联合抽查",
        participants=("wjw",),
        items=(a_chosen_item(), a_chosen_item("wjw-001", "wjw", None)),
        library=LibraryVersion(new_id(), 1),
        ratios=RISING,
        visit_caps=None,
        window=Window(date(2026, 3, 1), date(2026, 6, 30)),
        method="on_site",
    )
    return replace(content, **changes)


def a_plan(state: FilingState = FilingState.DRAFT, **changes: Any) -> Plan:
    plan = Plan(
        id=new_id(),
        district="mengjin",
        plan_no="41030820261001",
        year=2026,
        initiator="scjg",
        version=1,
        revision=1,
        row_version=1,
        filing=a_filing(state),
        content=a_content(),
        created_at=NOW,
    )
    return replace(plan, **changes)


def a_task(content: PlanContent, **changes: Any) -> Task:
    """A task of the content's departments with all their items."""
    parts = tuple(
        TaskDepartment(one, tuple(item.item_id for item in content.items_of(one)))
        for one in content.departments("scjg")
    )
    task = Task(
        id=new_id(),
        district="mengjin",
        task_no="410308202603021001",
        title="第一批",
        plan_id=new_id(),
        plan_no="41030820261001",
        plan_version=1,
        plan_revision=1,
        initiator="scjg",
        departments=parts,
        library=content.library,
        ratios=content.ratios,
        visit_caps=None,
        window=content.window,
        method=content.method,
        lifecycle=Lifecycle.DRAFT,
        row_version=1,
        created_at=NOW,
    )
    return replace(task, **changes)


def an_item_body(code: str = "scjg-001", cap: int | None = 50_000, **changes: Any) -> dict[str, Any]:
    body = {
        "code": code,
        "name": f"{code} 餐饮服务监督检查",
        "level": "key" if cap is None else "general",
        "bases": [{"law": "中华人民共和国食品安全法", "article": "第一百一十条"}],
        "methods": ["实地核查", "现场检查"],
        "kinds": ["企业", "个体工商户"],
        "content": ["许可证是否有效", "进货查验记录是否留存"],
        "ratio_cap_ppm": cap,
        "times_per_year": 2,
        "tags": ["餐饮服务"],
        "fields": ["食品安全"],
    }
    return body | changes


def ratio_bodies(a: int, b: int, c: int, d: int) -> list[dict[str, Any]]:
    return [{"credit_class": one, "ppm": ppm} for one, ppm in zip("ABCD", (a, b, c, d), strict=True)]


def a_plan_body(item_ids: list[str], participants: list[str], year: int, **changes: Any) -> dict[str, Any]:
    body = {
        "year": year,
        "title": "餐饮单位联合抽查",
        "participants": participants,
        "item_ids": item_ids,
        "library": {"library_id": str(new_id()), "version": 3},
        "ratios": ratio_bodies(10_000, 20_000, 30_000, 50_000),
        "window_start": f"{year}-01-01",
        "window_end": f"{year}-12-31",
        "method": "实地核查",
    }
    return body | changes


def as_heard(event: Event, producer: str, district: str) -> Heard[Any]:
    return Heard(event, new_id(), producer, 1, district, NOW)


def a_pool_committed(task_id: UUID, draw_id: UUID) -> PoolCommittedV1:
    return PoolCommittedV1(
        aggregate_version=1, draw_id=draw_id, task_id=task_id, commit_hash="00", stratum_sizes={}, committed_at=NOW
    )


def a_draw_completed(task_id: UUID, draw_id: UUID, visits: int) -> DrawCompletedV1:
    return DrawCompletedV1(
        aggregate_version=2,
        draw_id=draw_id,
        task_id=task_id,
        commit_hash="00",
        result_hash="00",
        drawn=visits,
        visits=visits,
        open_slots=0,
        completed_at=NOW,
    )


def a_draw_voided(task_id: UUID, draw_id: UUID) -> DrawVoidedV1:
    return DrawVoidedV1(
        aggregate_version=3, draw_id=draw_id, task_id=task_id, reason="份额未公开", late=False, voided_at=NOW
    )


def a_visit_assigned(task_id: UUID, draw_id: UUID, *departments: str) -> VisitAssignedV1:
    teams = [VisitTeam(department=one, inspector_ids=[new_id(), new_id()], item_ids=[new_id()]) for one in departments]
    return VisitAssignedV1(
        aggregate_version=1,
        visit_id=new_id(),
        draw_id=draw_id,
        task_id=task_id,
        task_no="410308202603021001",
        plan_id=new_id(),
        entity_id=new_id(),
        initiator="scjg",
        teams=teams,
        window_start=TODAY,
        window_end=TODAY,
        assigned_at=NOW,
    )


def a_substitution(visit: VisitAssignedV1, substitute: VisitAssignedV1 | None) -> VisitSubstitutedV1:
    return VisitSubstitutedV1(
        aggregate_version=2,
        visit_id=visit.visit_id,
        draw_id=visit.draw_id,
        task_id=visit.task_id,
        substitute_visit_id=substitute.visit_id if substitute else None,
        reason="closed",
        substituted_at=NOW,
    )


def a_recorded(visit: VisitAssignedV1, department: str, result_id: UUID | None = None) -> ResultRecordedV1:
    return ResultRecordedV1(
        aggregate_version=1,
        result_id=result_id or new_id(),
        visit_id=visit.visit_id,
        task_id=visit.task_id,
        entity_id=visit.entity_id,
        department=department,
        concluded_on=TODAY,
        due_on=TODAY,
        due_is_provisional=False,
    )


def a_published(visit: VisitAssignedV1, department: str, result_id: UUID | None = None) -> ResultPublishedV1:
    result_id = result_id or new_id()
    body = PublishedResult(
        result_id=result_id,
        version=1,
        entity_id=visit.entity_id,
        entity_name="孟津区某餐馆",
        uscc=None,
        department=department,
        task_id=visit.task_id,
        task_no=visit.task_no,
        plan_id=visit.plan_id,
        visit_id=visit.visit_id,
        concluded_on=TODAY,
        due_on=TODAY,
        outcome_codes=["1"],
        findings=[],
        published_at=NOW,
    )
    return ResultPublishedV1(aggregate_version=2, result_id=result_id, result=body)


def a_withdrawn(published: ResultPublishedV1) -> ResultWithdrawnV1:
    return ResultWithdrawnV1(
        aggregate_version=3,
        result_id=published.result_id,
        version=2,
        entity_id=published.result.entity_id,
        reason="对象认定错误",
        withdrawn_at=NOW,
    )


def an_exempted(recorded: ResultRecordedV1) -> ResultExemptedV1:
    return ResultExemptedV1(
        aggregate_version=4,
        result_id=recorded.result_id,
        visit_id=recorded.visit_id,
        task_id=recorded.task_id,
        entity_id=recorded.entity_id,
        department=recorded.department,
        ground="state_secret",
        exempted_on=TODAY,
    )


def an_excused(visit: VisitAssignedV1, department: str) -> VisitConcludedV1:
    """The department relies on another one's result (R5)."""
    return VisitConcludedV1(
        aggregate_version=2,
        record_id=new_id(),
        visit_id=visit.visit_id,
        task_id=visit.task_id,
        entity_id=visit.entity_id,
        department=department,
        outcome="excused",
        concluded_on=TODAY,
        recognised_result_id=new_id(),
    )


def a_reopened(excused: VisitConcludedV1) -> VisitReopenedV1:
    return VisitReopenedV1(
        aggregate_version=3,
        record_id=excused.record_id,
        visit_id=excused.visit_id,
        task_id=excused.task_id,
        entity_id=excused.entity_id,
        department=excused.department,
    )
