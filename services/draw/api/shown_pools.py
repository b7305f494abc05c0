"""Response bodies of pools."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from services.draw.domain.drawing_plan import KEY
from services.draw.domain.outlook import DepartmentOutlook, Hint
from services.draw.domain.task_rules import names_text
from services.draw.domain.visit_warnings import VisitWarning
from services.draw.usecases.reading import PoolView, StratumView
from shared.runtime.http import Out


class StratumOut(Out):
    """一个分层。"""

    id: str = Field(description="分层编号（中性）；undisturbed 为不打扰名单", examples=["S1"])
    credit_class: str | None = Field(description="信用风险等级；undisturbed、excluded 层没有", examples=["A"])
    size: int = Field(description="对象数", examples=[1300])
    root: str = Field(
        description="默克尔根，十六进制", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    )
    ppm: int | None = Field(description="抽取比例，百万分数", examples=[30000])
    expected: float | None = Field(description="平均抽取数", examples=[39.0])

    @classmethod
    def of(cls, view: StratumView) -> StratumOut:
        stratum = view.stratum
        return cls(
            id=stratum.id,
            credit_class=view.credit_class,
            size=stratum.size,
            root=stratum.root.hex(),
            ppm=view.ppm,
            expected=view.expected,
        )


class DepartmentRosterOut(Out):
    """一个部门的人员。"""

    department: str = Field(description="部门代码", examples=["scjg"])
    on_roster: int = Field(description="在名录中的人员数（在岗）", examples=[40])
    certified: int = Field(description="其中证件有效期覆盖检查截止日的人员数", examples=[38])
    team_size: int = Field(description="每次检查的席位数", examples=[2])
    expected_slots: float = Field(description="平均需要的人次", examples=[78.0])
    by_status: dict[str, int] = Field(description="按状态的人员数", examples=[{"active": 40, "on_leave": 1}])

    @classmethod
    def of(cls, outlook: DepartmentOutlook, by_status: dict[str, int]) -> DepartmentRosterOut:
        return cls(
            department=outlook.department,
            on_roster=outlook.on_roster,
            certified=outlook.certified,
            team_size=outlook.team_size,
            expected_slots=outlook.expected_slots,
            by_status=by_status,
        )


class HintOut(Out):
    """预计会出现的缺口。"""

    code: str = Field(description="代码", examples=["too_few_in_region"])
    department: str = Field(description="部门代码", examples=["scjg"])
    region: str | None = Field(description="区域代码", examples=["410308005"])
    text: str = Field(description="说明", examples=["分层 A 的对象较少，建议合并"])

    @classmethod
    def of(cls, hint: Hint) -> HintOut:
        return cls(code=hint.code, department=hint.department, region=hint.region, text=hint.text)


class PoolOut(Out):
    """冻结的抽取名册：公布承诺书之前可看的数目。"""

    draw_id: UUID = Field(description="抽取编号")
    task_id: UUID = Field(description="抽查任务编号")
    stage: str = Field(description="阶段", examples=["FROZEN"])
    library_id: UUID = Field(description="名录库编号")
    library_version: int = Field(description="名录库版本", examples=[1])
    window_end: date = Field(description="检查时段的最后一天", examples=["2026-12-31"])
    feed: dict[str, object] = Field(description="快照的头：冻结时名录库所处的位置", examples=[{"registry": 1207}])
    snapshot_sha256: str = Field(
        description="快照摘要，十六进制", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    )
    strata: list[StratumOut] = Field(description="分层")
    excluded_by_ground: dict[str, int] = Field(description="因故不抽的对象数，按原因", examples=[{"status_revoked": 3}])
    expected_visits: float = Field(description="平均检查次数", examples=[39.0])
    departments: list[DepartmentRosterOut] = Field(description="各部门人员")
    recusals: int = Field(description="适用的回避对数", examples=[1])
    recusals_by_why: dict[str, int] = Field(
        description="按缘由的对数：declared 登记的回避，repeated 上一次去过或年内已去两次", examples=[{"declared": 1}]
    )
    hints: list[HintOut] = Field(description="预计的缺口")
    names_open: str = Field(description="名单公开时点，写入承诺书", examples=["抽中名单随抽取结果公开"])
    batches: int = Field(description="检查批次数；0 表示不分批", examples=[4])
    key_items: int = Field(description="重点检查事项数", examples=[1])
    general_items: int = Field(description="一般检查事项数", examples=[3])
    warned_objects: int = Field(
        description="若被抽中，检查次数会达到提醒阈值的对象数；明细见 visit-warnings", examples=[12]
    )

    @classmethod
    def of(cls, view: PoolView) -> PoolOut:
        task, outlook = view.pool.task, view.outlook
        people = [DepartmentRosterOut.of(part, view.statuses.get(part.department, {})) for part in outlook.departments]
        return cls(
            draw_id=view.draw.id,
            task_id=view.draw.task_id,
            stage=view.draw.stage.value,
            library_id=task.library_id,
            library_version=task.library_version,
            window_end=task.window_end,
            feed=view.pool.feed,
            snapshot_sha256=view.pool.snapshot_digest.hex(),
            strata=[StratumOut.of(stratum) for stratum in view.strata],
            excluded_by_ground=view.grounds,
            expected_visits=outlook.expected_visits,
            departments=people,
            recusals=sum(view.recusals.values()),
            recusals_by_why=view.recusals,
            hints=[HintOut.of(hint) for hint in outlook.hints],
            names_open=names_text(task),
            batches=task.batches,
            key_items=sum(item.level == KEY for item in task.items),
            general_items=sum(item.level != KEY for item in task.items),
            warned_objects=view.warned,
        )


class WarnedObjectOut(Out):
    """名册中的一个对象，若被抽中会达到一项检查频次提醒阈值。"""

    entity_id: UUID = Field(description="检查对象编号")
    name: str = Field(description="对象名称", examples=["孟津宏远餐饮有限公司"])
    days: int = Field(description="阈值的天数", examples=[7])
    visits: int = Field(description="阈值的次数", examples=[2])
    others: int = Field(description="此次抽取以外已做和已安排的检查次数", examples=[1])
    reason: str = Field(description="说明", examples=["7 天内可能检查 2 次（含本次），达到 2 次的提醒阈值"])

    @classmethod
    def of(cls, name: str, warning: VisitWarning) -> WarnedObjectOut:
        return cls(
            entity_id=warning.entity_id,
            name=name,
            days=warning.days,
            visits=warning.visits,
            others=warning.others,
            reason=warning.text(),
        )
