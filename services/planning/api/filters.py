"""What narrows a list and its export alike."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from services.planning.domain.filing import FilingState
from services.planning.domain.filters import LeadFilter, PlanFilter, TaskFilter
from services.planning.domain.items import ItemLevel
from services.planning.domain.leads import LeadKind, LeadState
from services.planning.domain.progress import TaskStage

Year = Annotated[int | None, Query(description="年度，默认本年", ge=2000, le=2100)]
Owner = Annotated[str | None, Query(description="部门代码")]
Level = Annotated[ItemLevel | None, Query(description="general 一般检查事项，key 重点检查事项")]
Sought = Annotated[str | None, Query(description="在名称和编码中查找的文字", min_length=1, max_length=100)]


def plan_filter(
    year: Annotated[int | None, Query(description="计划年度", ge=2000, le=2100)] = None,
    department: Annotated[str | None, Query(description="发起或参与部门代码")] = None,
    state: Annotated[FilingState | None, Query(description="状态")] = None,
) -> PlanFilter:
    return PlanFilter(year, department, state)


def task_filter(
    plan_id: Annotated[UUID | None, Query(description="所属计划")] = None,
    department: Annotated[str | None, Query(description="发起或参与部门代码")] = None,
    state: Annotated[TaskStage | None, Query(description="进展状态")] = None,
) -> TaskFilter:
    return TaskFilter(plan_id, department, state)


def lead_filter(
    department: Annotated[str | None, Query(description="负责部门代码")] = None,
    kind: Annotated[LeadKind | None, Query(description="来源")] = None,
    state: Annotated[LeadState | None, Query(description="状态")] = None,
) -> LeadFilter:
    return LeadFilter(department, kind, state)


PlansWanted = Annotated[PlanFilter, Depends(plan_filter)]
TasksWanted = Annotated[TaskFilter, Depends(task_filter)]
LeadsWanted = Annotated[LeadFilter, Depends(lead_filter)]
