"""Bodies of the inspection sheet, for the services that inspect and draw."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import Field

from services.planning.api.words import WordOut, method_words
from services.planning.domain.sheets import SheetItem
from services.planning.domain.tasks import Task
from shared.runtime.http import Out


class SheetBasisOut(Out):
    """一条法律依据。"""

    law: str = Field(description="法律、法规、规章名称", examples=["中华人民共和国食品安全法"])
    article: str = Field(description="条款", examples=["第一百一十条"])


class SheetItemOut(Out):
    """检查表中的一个事项。"""

    item_id: UUID = Field(description="事项编号")
    department: str = Field(description="部门代码", examples=["scjg"])
    code: str = Field(description="事项编码", examples=["scjg-001"])
    name: str = Field(description="事项名称", examples=["食品经营许可检查"])
    level: str = Field(description="general 一般检查事项，key 重点检查事项", examples=["general"])
    content: list[str] = Field(description="检查内容，逐条", examples=[["许可证是否有效"]])
    methods: list[WordOut] = Field(description="检查方式")
    bases: list[SheetBasisOut] = Field(description="检查依据")
    list_version: int = Field(description="所依据清单的版次", examples=[1])

    @classmethod
    def of(cls, item: SheetItem) -> SheetItemOut:
        return cls(
            item_id=item.item_id,
            department=item.department,
            code=item.code,
            name=item.name,
            level=item.level.value,
            content=list(item.content),
            methods=method_words(item.methods),
            bases=[SheetBasisOut(law=basis.law, article=basis.article) for basis in item.bases],
            list_version=item.list_version,
        )


class SheetOut(Out):
    """一个任务的检查表。"""

    task_id: UUID = Field(description="任务的内部编号")
    task_no: str = Field(description="任务编号（18 位）", examples=["410308202603021001"])
    title: str = Field(description="任务名称", examples=["第一批"])
    plan_id: UUID = Field(description="所属计划")
    plan_no: str = Field(description="计划编号", examples=["41030820261001"])
    department: str | None = Field(description="部门代码；为空表示各部门", examples=["SCJG"])
    items: list[SheetItemOut] = Field(description="检查事项，按任务中的顺序")

    @classmethod
    def of(cls, task: Task, department: str | None, items: Sequence[SheetItem]) -> SheetOut:
        return cls(
            task_id=task.id,
            task_no=task.task_no,
            title=task.title,
            plan_id=task.plan_id,
            plan_no=task.plan_no,
            department=department,
            items=[SheetItemOut.of(item) for item in items],
        )
