"""Ids in paths, described once."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path

ItemListId = Annotated[UUID, Path(description="清单编号")]
PlanId = Annotated[UUID, Path(description="计划的内部编号")]
TaskId = Annotated[UUID, Path(description="任务的内部编号")]
RuleCodePath = Annotated[str, Path(description="规则代码", examples=["key_item_count"])]
RuleVersionPath = Annotated[int, Path(description="规则版本", ge=1, le=2_000_000_000, examples=[1])]
OverrideId = Annotated[UUID, Path(description="突破上限申请的编号")]
MergeId = Annotated[UUID, Path(description="合并的编号")]
LeadId = Annotated[UUID, Path(description="线索的内部编号")]
