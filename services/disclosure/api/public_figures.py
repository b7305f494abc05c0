"""Answers of the public JSON interface: plans with their versions, figures, state, codes, files."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from services.disclosure.api.public_shapes import (
    A_DIGEST,
    A_PLAN,
    CheckpointOut,
    DifferenceOut,
    PlanLineOut,
    VersionOut,
)
from services.disclosure.domain.views import (
    CodeView,
    GroupFigures,
    OpenFileView,
    PlanPage,
    ProducerStatus,
    StatisticsPage,
    StatusPage,
)
from shared.runtime.http import Out


class PlanOut(Out):
    """一个抽查计划。"""

    plan: PlanLineOut = Field(description="摘要")
    reason_alone: str | None = Field(description="由一个部门单独实施的理由", examples=[None])
    items: list[str] = Field(description="抽查事项", examples=[["登记事项检查"]])
    versions: list[VersionOut] = Field(description="公布版本，新的在前")
    digest: str = Field(description="公布内容规范文本的 SHA-256", examples=[A_DIGEST])
    cancel_reason: str | None = Field(description="取消的理由", examples=[None])
    checkpoint: CheckpointOut | None = Field(description="清单与计划服务最近的检查点")

    @classmethod
    def of(cls, page: PlanPage) -> PlanOut:
        versions = [
            VersionOut(
                version=one.version,
                state="published" if one.reason is None else "adjusted",
                at=one.published_at,
                reason=one.reason,
                digest=one.digest,
                differences=[DifferenceOut.of(found) for found in one.differences],
            )
            for one in page.versions
        ]
        return cls(
            plan=PlanLineOut.of(page.line),
            reason_alone=page.sole_ground,
            items=[item.name for item in page.items],
            versions=versions,
            digest=page.digest,
            cancel_reason=page.cancel_reason,
            checkpoint=CheckpointOut.of(page.checkpoint),
        )


class FiguresOut(Out):
    """一组统计数字。比率以百万分之一为单位，没有可计的为空。"""

    code: str = Field(description="代码；全区的为空文本", examples=["SCJG"])
    name: str = Field(description="名称", examples=["孟津区市场监督管理局"])
    results: int = Field(description="公示的检查结果数", examples=[100])
    problems: int = Field(description="发现问题的结果数", examples=[12])
    on_time: int = Field(description="按期公示数", examples=[99])
    late: int = Field(description="逾期公示数", examples=[1])
    exempted: int = Field(description="依法免予公示数", examples=[0])
    problem_ppm: int | None = Field(description="问题发现率，百万分之一", examples=[120000])
    on_time_ppm: int | None = Field(description="按期公示率，百万分之一", examples=[990000])

    @classmethod
    def of(cls, figures: GroupFigures) -> FiguresOut:
        return cls(
            code=figures.code,
            name=figures.name,
            results=figures.results,
            problems=figures.problems,
            on_time=figures.on_time,
            late=figures.late,
            exempted=figures.exempted,
            problem_ppm=figures.problem_ppm,
            on_time_ppm=figures.on_time_ppm,
        )


class StatisticsOut(Out):
    """一年的统计。"""

    year: int = Field(description="年度，按检查完成日期", examples=[2026])
    all: FiguresOut = Field(description="全区")
    entities: int = Field(description="被检查的对象数", examples=[95])
    tasks: int = Field(description="下达的抽查任务数", examples=[4])
    coverage_ppm: int | None = Field(description="已有公示结果的任务所占比率，百万分之一", examples=[750000])
    departments: list[FiguresOut] = Field(description="按部门")
    industries: list[FiguresOut] = Field(description="按行业门类")
    months: list[FiguresOut] = Field(description="按月份")

    @classmethod
    def of(cls, page: StatisticsPage) -> StatisticsOut:
        return cls(
            year=page.year,
            all=FiguresOut.of(page.all),
            entities=page.entities,
            tasks=page.tasks,
            coverage_ppm=page.coverage_ppm,
            departments=[FiguresOut.of(one) for one in page.departments],
            industries=[FiguresOut.of(one) for one in page.industries],
            months=[FiguresOut.of(one) for one in page.months],
        )


class ProducerOut(Out):
    """一个来源的状态。"""

    service: str = Field(description="来源", examples=["results"])
    service_name: str = Field(description="名称", examples=["检查结果服务"])
    events: int = Field(description="已处理的最后编号", examples=[120])
    applied_at: datetime | None = Field(description="处理时间")
    checkpoint: CheckpointOut | None = Field(description="最近的检查点")

    @classmethod
    def of(cls, found: ProducerStatus) -> ProducerOut:
        return cls(
            service=found.service,
            service_name=found.service_name,
            events=found.events,
            applied_at=found.applied_at,
            checkpoint=CheckpointOut.of(found.checkpoint),
        )


class StatusOut(Out):
    """公示数据的状态。"""

    as_of: datetime | None = Field(description="数据截至")
    producers: list[ProducerOut] = Field(description="各来源")
    entities: int = Field(description="检查对象数", examples=[95])
    results: int = Field(description="检查结果数", examples=[100])
    plans: int = Field(description="抽查计划数", examples=[3])
    open_data_on: date | None = Field(description="开放数据的日期")
    parked: int = Field(description="暂时搁置的事件数", examples=[0])

    @classmethod
    def of(cls, page: StatusPage) -> StatusOut:
        return cls(
            as_of=page.as_of,
            producers=[ProducerOut.of(one) for one in page.producers],
            entities=page.entities,
            results=page.results,
            plans=page.plans,
            open_data_on=page.open_data_on,
            parked=page.parked,
        )


class FactOut(Out):
    """一项内容。"""

    label: str = Field(description="名目", examples=["名称"])
    value: str = Field(description="内容", examples=["孟津区市场监督管理局"])


class CodeOut(Out):
    """印刷编号的核验答复。"""

    code: str = Field(description="所查的编号", examples=["SCJG"])
    kind: str = Field(
        description="visit 检查码，body 部门，item 事项，task 任务，plan 计划，"
        "result 结果，entity 对象，unknown 无法识别",
        examples=["body"],
    )
    is_valid: bool = Field(description="是否有效", examples=[True])
    answer: str = Field(description="答复", examples=["这是本平台登记的检查部门。"])
    facts: list[FactOut] = Field(description="可以比对的内容")
    address: str | None = Field(description="页面地址", examples=[f"/p/{A_PLAN}"])
    receipt_text: str | None = Field(description="检查码无效时的凭据正文", examples=[None])
    receipt_signature: str | None = Field(description="凭据的签名，Base64", examples=[None])

    @classmethod
    def of(cls, found: CodeView) -> CodeOut:
        return cls(
            code=found.code,
            kind=found.kind,
            is_valid=found.is_valid,
            answer=found.answer,
            facts=[FactOut(label=label, value=value) for label, value in found.facts],
            address=found.address,
            receipt_text=found.receipt_text,
            receipt_signature=found.receipt_signature,
        )


class OpenFileOut(Out):
    """一个开放数据文件。"""

    name: str = Field(description="文件名，地址为 /open-data/files/文件名", examples=["results-all-2026-11-24.csv"])
    dataset: str = Field(description="数据集：results、findings、plans、listings、changes", examples=["results"])
    form: str = Field(description="csv 或 jsonl", examples=["csv"])
    scope: str = Field(description="all 全部，年-部门代码，delta 变更", examples=["all"])
    day: date = Field(description="日期")
    rows: int = Field(description="行数", examples=[100])
    size: int = Field(description="字节数", examples=[20480])
    sha256: str = Field(description="数字指纹", examples=[A_DIGEST])

    @classmethod
    def of(cls, file: OpenFileView) -> OpenFileOut:
        return cls(
            name=file.name,
            dataset=file.dataset,
            form=file.form,
            scope=file.scope,
            day=file.day,
            rows=file.rows,
            size=file.size,
            sha256=file.sha256,
        )
