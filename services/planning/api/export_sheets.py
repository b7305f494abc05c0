"""The columns of exported lists (导出): what an officer reads under which header. No personal fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from services.planning.domain.filing import STATE_NAMES as FILING_NAMES
from services.planning.domain.items import LEVEL_NAMES, ListedItem
from services.planning.domain.leads import KIND_NAMES, OUTCOME_NAMES, Lead
from services.planning.domain.leads import STATE_NAMES as LEAD_NAMES
from services.planning.domain.openings import OPENING_NAMES
from services.planning.domain.per_class import PerClass, percent
from services.planning.domain.plans import Plan
from services.planning.domain.progress import STAGE_NAMES
from services.planning.domain.vocabulary import METHODS, OBJECT_KINDS
from services.planning.usecases.show_task import TaskView
from shared.runtime.exports import Column, Sheet


def _ratios(ratios: PerClass) -> list[str]:
    """`A 1%`, `B 2%` …"""
    return [f"{one.value} {percent(ppm)}" for one, ppm in ratios.pairs()]


def _caps(caps: PerClass | None) -> list[str]:
    return [f"{one.value} {visits} 次" for one, visits in caps.pairs()] if caps else []


def _named(codes: Iterable[str], names: dict[str, str]) -> list[str]:
    return [names.get(code, code) for code in codes]


PLANS: Final[Sheet[Plan]] = Sheet(
    "抽查计划",
    (
        Column("计划编号", lambda one: one.plan_no),
        Column("计划名称", lambda one: one.content.title),
        Column("年度", lambda one: one.year),
        Column("状态", lambda one: FILING_NAMES[one.state]),
        Column("现行版次", lambda one: one.in_force.version if one.in_force else None),
        Column("发起部门", lambda one: one.initiator),
        Column("参与部门", lambda one: one.content.participants),
        Column("抽查事项", lambda one: [item.name for item in one.content.items]),
        Column("名录库", lambda one: f"{one.content.library.id} 第 {one.content.library.version} 版"),
        Column("抽查比例", lambda one: _ratios(one.content.ratios)),
        Column("每年检查次数上限", lambda one: _caps(one.content.visit_caps)),
        Column("检查时间起", lambda one: one.content.window.start),
        Column("检查时间止", lambda one: one.content.window.end),
        Column("检查方式", lambda one: METHODS.get(one.content.method, one.content.method)),
        Column("单部门抽查理由", lambda one: one.content.sole_ground),
        Column("专项检查备案号", lambda one: one.content.special.filing_no if one.content.special else None),
        Column("名单公开时点", lambda one: OPENING_NAMES[one.content.opening.when]),
        Column("公开时点依据", lambda one: one.content.opening.basis),
        Column("检查批次", lambda one: one.content.batches),
        Column("调整理由", lambda one: one.reason),
        Column("退回或取消理由", lambda one: one.filing.remark),
    ),
)
ITEM_COLUMNS: Final[tuple[Column[ListedItem], ...]] = (
    Column("事项编码", lambda one: one.item.code),
    Column("事项名称", lambda one: one.item.name),
    Column("检查主体", lambda one: one.department),
    Column("事项类别", lambda one: LEVEL_NAMES[one.item.level]),
    Column("检查依据", lambda one: [f"《{basis.law}》{basis.article}" for basis in one.item.bases]),
    Column("权责事项编码", lambda one: one.item.duty_code),
    Column("检查内容", lambda one: one.item.content),
    Column("检查方式", lambda one: _named(one.item.methods, dict(METHODS))),
    Column("检查对象", lambda one: _named(one.item.kinds, dict(OBJECT_KINDS))),
    Column("比例上限", lambda one: None if one.item.ratio_cap_ppm is None else percent(one.item.ratio_cap_ppm)),
    Column("每年次数", lambda one: one.item.times_per_year),
    Column("适用标签", lambda one: one.item.tags),
    Column("清单年度", lambda one: one.year),
    Column("清单版次", lambda one: one.list_version),
)
ITEMS: Final = Sheet("现行抽查事项", ITEM_COLUMNS)
ITEM_LIST: Final = Sheet("抽查事项清单", ITEM_COLUMNS)
TASKS: Final[Sheet[TaskView]] = Sheet(
    "抽查任务",
    (
        Column("任务编号", lambda one: one.task.task_no),
        Column("任务名称", lambda one: one.task.title),
        Column("计划编号", lambda one: one.task.plan_no),
        Column("计划版次", lambda one: one.task.plan_version),
        Column("发起部门", lambda one: one.task.initiator),
        Column("实施部门", lambda one: one.task.participants),
        Column("进展", lambda one: STAGE_NAMES[one.progress.stage]),
        Column("抽查比例", lambda one: _ratios(one.task.ratios)),
        Column("检查时间起", lambda one: one.task.window.start),
        Column("检查时间止", lambda one: one.task.window.end),
        Column("名单公开时点", lambda one: OPENING_NAMES[one.task.opening.when]),
        Column("检查批次", lambda one: one.task.batches),
        Column("应检查户次", lambda one: one.progress.facts.visits_expected),
        Column("应公示份数", lambda one: one.progress.facts.parts_due),
        Column("已录入份数", lambda one: one.progress.facts.parts_recorded),
        Column("已公示份数", lambda one: one.progress.facts.parts_published),
        Column("免予公示和互认份数", lambda one: one.progress.facts.parts_settled),
        Column("下达时间", lambda one: one.task.issued_at),
        Column("取消理由", lambda one: one.task.cancel_reason),
    ),
)
LEADS: Final[Sheet[Lead]] = Sheet(
    "案件线索",
    (
        Column("线索编号", lambda one: one.lead_no),
        Column("来源", lambda one: KIND_NAMES[one.content.kind]),
        Column("负责部门", lambda one: one.content.department),
        Column("收到日期", lambda one: one.content.received_on),
        Column("核查期限", lambda one: one.due_on),
        Column("反映的问题", lambda one: one.content.summary),
        Column("来件编号", lambda one: one.content.source_no),
        Column("地点", lambda one: one.content.place),
        Column("状态", lambda one: LEAD_NAMES[one.state]),
        Column("核查日期", lambda one: one.check.checked_on if one.check else None),
        Column("核查情况", lambda one: one.check.finding if one.check else None),
        Column("处理方式", lambda one: OUTCOME_NAMES[one.outcome] if one.outcome else None),
        Column("处理情况", lambda one: one.disposal),
        Column("办结时间", lambda one: one.closed_at),
    ),
)
