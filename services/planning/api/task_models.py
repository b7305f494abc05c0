"""Bodies of tasks."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.planning.api.plan_models import LibraryOut
from services.planning.api.words import (
    Code,
    Line,
    RatioIn,
    RatioOut,
    ReasonIn,
    VisitCapOut,
    WordOut,
    method_word,
    opening_word,
    ratios_in,
)
from services.planning.domain.progress import STAGE_NAMES, Progress
from services.planning.domain.tasks import TaskDepartment
from services.planning.usecases.plan_task import PlanTask
from services.planning.usecases.show_task import TaskView
from shared.runtime.http import In, Out

_EXAMPLE: JsonDict = {
    "title": "2026年第二季度餐饮单位联合抽查",
    "departments": [
        {
            "department": "scjg",
            "item_ids": ["019a0000-0000-7000-8000-000000000001"],
            "officers": 2,
            "officer_tags": ["食品安全"],
            "experts": 0,
        }
    ],
    "window_start": "2026-04-01",
    "window_end": "2026-06-30",
}


class TaskDepartmentIn(In):
    """任务中一个部门的分工。"""

    department: Code = Field(description="部门代码", examples=["scjg"])
    item_ids: list[UUID] = Field(description="本部门的抽查事项，须在计划中", max_length=500)
    officers: int = Field(2, description="每次检查的执法人员人数，不少于 2 人", le=20, examples=[2])
    officer_tags: list[Line] = Field(
        default_factory=list, description="执法人员须具备的标签", max_length=20, examples=[["食品安全"]]
    )
    experts: int = Field(0, description="随行专家人数，不计入执法人员", ge=0, le=20, examples=[0])


class TaskIn(In):
    """已公布计划的一个抽查任务。"""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    title: Line = Field(description="任务名称", examples=["2026年第二季度餐饮单位联合抽查"])
    departments: list[TaskDepartmentIn] = Field(description="各部门分工", max_length=100)
    ratios: list[RatioIn] | None = Field(None, description="抽查比例，不高于计划；不填用计划的比例", max_length=5)
    window_start: date | None = Field(None, description="检查时间起；不填用计划的")
    window_end: date | None = Field(None, description="检查时间止（含当日）；不填用计划的")
    batches: int | None = Field(
        None, description="重点检查事项分几个检查批次，0 为不分批；不填用计划的", le=1000, examples=[3]
    )

    def command(self, plan_id: UUID) -> PlanTask:
        return PlanTask(
            plan_id=plan_id,
            title=self.title,
            departments=tuple(
                TaskDepartment(
                    part.department,
                    tuple(dict.fromkeys(part.item_ids)),
                    part.officers,
                    tuple(dict.fromkeys(part.officer_tags)),
                    part.experts,
                )
                for part in self.departments
            ),
            ratios=ratios_in(self.ratios) if self.ratios else None,
            window_start=self.window_start,
            window_end=self.window_end,
            batches=self.batches,
        )


class ExtensionIn(ReasonIn):
    """延长任务的检查时间。"""

    window_end: date = Field(description="延长后的检查时间止（含当日）", examples=["2026-09-30"])


class TaskDepartmentOut(Out):
    """任务中一个部门的分工。"""

    department: str = Field(description="部门代码", examples=["scjg"])
    item_ids: list[UUID] = Field(description="本部门的抽查事项")
    officers: int = Field(description="每次检查的执法人员人数", examples=[2])
    officer_tags: list[str] = Field(description="执法人员须具备的标签", examples=[["食品安全"]])
    experts: int = Field(description="随行专家人数", examples=[0])

    @classmethod
    def of(cls, part: TaskDepartment) -> TaskDepartmentOut:
        return cls(
            department=part.department,
            item_ids=list(part.item_ids),
            officers=part.officers,
            officer_tags=list(part.officer_tags),
            experts=part.experts,
        )


class ProgressOut(Out):
    """任务进度，由抽取和检查结果推算。一户一个部门的检查为一份。"""

    visits_expected: int = Field(description="应检查户次（抽取结果与递补合计）", examples=[12])
    visits_assigned: int = Field(description="已分派户次", examples=[12])
    visits_substituted: int = Field(description="被递补的户次", examples=[0])
    parts_due: int = Field(description="应公示的份数", examples=[36])
    parts_recorded: int = Field(description="已录入的份数", examples=[20])
    parts_published: int = Field(description="已公示的份数", examples=[10])
    parts_settled: int = Field(description="不再公示即已办结的份数：依法免予公示，或以互认结果免检", examples=[1])

    @classmethod
    def of(cls, progress: Progress) -> ProgressOut:
        facts = progress.facts
        return cls(
            visits_expected=facts.visits_expected,
            visits_assigned=facts.visits_heard,
            visits_substituted=facts.visits_substituted,
            parts_due=facts.parts_due,
            parts_recorded=facts.parts_recorded,
            parts_published=facts.parts_published,
            parts_settled=facts.parts_settled,
        )


class TaskOut(Out):
    """一个抽查任务及其进度。"""

    task_id: UUID = Field(description="任务的内部编号")
    task_no: str = Field(description="任务编号（18 位）", examples=["410308202603021001"])
    title: str = Field(description="任务名称", examples=["2026年第二季度餐饮单位联合抽查"])
    plan_id: UUID = Field(description="所属计划")
    plan_no: str = Field(description="计划编号", examples=["41030820261001"])
    plan_version: int = Field(description="所依据的计划版次", examples=[1])
    initiator: str = Field(description="发起部门代码", examples=["scjg"])
    departments: list[TaskDepartmentOut] = Field(description="各部门分工")
    library: LibraryOut = Field(description="抽查范围")
    ratios: list[RatioOut] = Field(description="各信用风险等级的抽查比例")
    visit_caps: list[VisitCapOut] = Field(description="各等级每年检查次数上限；空表示没有规定")
    window_start: date = Field(description="检查时间起")
    window_end: date = Field(description="检查时间止（含当日）")
    method: WordOut = Field(description="检查方式")
    names_open: WordOut = Field(description="名单公开时点")
    names_open_basis: str = Field(description="名单公开时点的依据", examples=["孟双随机办〔2026〕1号"])
    batches: int = Field(description="重点检查事项分几个检查批次；0 为不分批", examples=[0])
    state: str = Field(description="进展状态", examples=["inspecting"])
    state_name: str = Field(description="进展状态名称", examples=["检查中"])
    progress: ProgressOut = Field(description="进度")
    created_at: datetime = Field(description="安排时间")
    issued_at: datetime | None = Field(description="下达时间")
    cancelled_at: datetime | None = Field(description="取消时间")
    cancel_reason: str | None = Field(description="取消理由", examples=["抽查计划已取消"])
    row_version: int = Field(description="版本", examples=[2])

    @classmethod
    def of(cls, view: TaskView) -> TaskOut:
        task, progress = view.task, view.progress
        return cls(
            task_id=task.id,
            task_no=task.task_no,
            title=task.title,
            plan_id=task.plan_id,
            plan_no=task.plan_no,
            plan_version=task.plan_version,
            initiator=task.initiator,
            departments=[TaskDepartmentOut.of(part) for part in task.departments],
            library=LibraryOut(library_id=task.library.id, version=task.library.version),
            ratios=RatioOut.all_of(task.ratios),
            visit_caps=VisitCapOut.all_of(task.visit_caps),
            window_start=task.window.start,
            window_end=task.window.end,
            method=method_word(task.method),
            names_open=opening_word(task.opening),
            names_open_basis=task.opening.basis,
            batches=task.batches,
            state=progress.stage.value,
            state_name=STAGE_NAMES[progress.stage],
            progress=ProgressOut.of(progress),
            created_at=task.created_at,
            issued_at=task.issued_at,
            cancelled_at=task.cancelled_at,
            cancel_reason=task.cancel_reason,
            row_version=task.row_version,
        )
