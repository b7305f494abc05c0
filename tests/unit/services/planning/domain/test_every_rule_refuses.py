"""Every rule of lists, plans, special inspections and leads refuses in words an officer understands; none is untested.

A row breaks one rule; the text is the whole refusal. A rule that is data names itself, its version and its value.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import pytest

from services.planning.domain.census import Census, Standing
from services.planning.domain.duty_bases import DutyBasis, DutyKind, check_duties
from services.planning.domain.filing import FilingState
from services.planning.domain.items import check_items
from services.planning.domain.joint_lists import JointEntry, list_entries
from services.planning.domain.leads import Lead, LeadContent, LeadKind, LeadLinks, LeadOutcome, LeadState
from services.planning.domain.merges import MergeTerms, gains_of, merged_content
from services.planning.domain.openings import opening_of
from services.planning.domain.per_class import PerClass, read_per_class
from services.planning.domain.plan_content import LibraryVersion, check_plan, require_still_in_force
from services.planning.domain.quiet_days import inspectable_days
from services.planning.domain.rules import RuleEntry, RuleValue
from services.planning.domain.special import SpecialInspection
from services.planning.domain.what_if import by_month
from services.planning.domain.windows import Window
from shared.values.credit_class import CreditClass
from shared.values.errors import DomainError
from shared.values.ids import new_id
from tests.architecture.source import ROOT
from tests.builders.planning import (
    NO_RULES,
    NOW,
    a_chosen_item,
    a_content,
    a_listed_item,
    a_plan,
    an_item,
    an_item_list,
    per_class_rule,
    the_rules,
)

IDS: Final = (
    *(f"I{n}" for n in range(1, 6)),
    *(f"N{n}" for n in range(1, 8)),
    *(f"S{n}" for n in range(1, 4)),
    *("B1", "B8", "B16", "B19", "B20", "M2"),
)
WEEK = Window(date(2026, 3, 2), date(2026, 3, 6))
GATE = SpecialInspection("燃气泄漏", "分管副区长", date(2026, 3, 1), "孟司备〔2026〕3号", date(2026, 6, 30))
FOOD, LIFTS = LibraryVersion(new_id(), 1), LibraryVersion(new_id(), 1)
POWER = DutyBasis(
    "scjg", "q1", 1, DutyKind.POWER, "监督检查", "食品安全法", "第一百一十条", date(2020, 1, 1), None, "文"
)


def plan(rules: dict[str, RuleValue] | None = None, **content: Any) -> Callable[[], object]:
    return lambda: check_plan(a_content(**content), "scjg", 2026, the_rules(**rules or {}))


def merge_that_loses_objects() -> object:
    host = a_plan(FilingState.SUBMITTED, content=a_content(library=FOOD))
    other = a_plan(FilingState.SUBMITTED, id=new_id(), content=a_content(library=LIFTS))
    census = Census((Standing(frozenset({LIFTS}), CreditClass.B, 7), Standing(frozenset({FOOD}), CreditClass.B, 9)))
    return gains_of(host, [other], merged_content(host, [other], MergeTerms()), census)


def joint_list_of_one_department() -> object:
    item = a_listed_item()
    return list_entries([JointEntry("餐饮单位联合抽查", "scjg", (item.id,))], [item])


def plan_from_a_list_that_gave_way() -> None:
    require_still_in_force([a_chosen_item("scjg-009")], [])


def lead(kind: LeadKind, **changes: Any) -> LeadContent:
    return LeadContent(kind, "scjg", date(2026, 3, 2), "街边餐馆", place="示例路 8 号", **changes)


def disposed_unchecked() -> object:
    made = Lead(new_id(), "mengjin", "XS1", lead(LeadKind.COMPLAINT), LeadState.REGISTERED, 1, NOW)
    return made.disposed(LeadOutcome.RECTIFIED, "已责令改正", LeadLinks(), NOW)


ALONE: Final[dict[str, Any]] = {"participants": (), "items": (a_chosen_item(),)}
SOLE = RuleValue(entries=(RuleEntry("law", "《统计法》第三十三条"),))
OPEN_AT_RESULT = RuleValue(entries=(RuleEntry("at_result", "孟双随机办〔2026〕1号"),))
ROWS: Final[tuple[tuple[str, Callable[[], object], str], ...]] = (
    ("I1", lambda: an_item(bases=()).check(), "事项 scjg-001“scjg-001 检查”缺少依据"),
    (
        "I1",
        lambda: check_duties([an_item()], {"q1": POWER}),
        "事项 scjg-001“scjg-001 检查”没有写明所依据的权责事项，本部门的权责清单已经载入，须逐项对应",
    ),
    (
        "I2",
        lambda: replace(an_item(), ratio_cap_ppm=None).check(),
        "一般检查事项 scjg-001“scjg-001 检查”必须设置抽查比例上限",
    ),
    ("I2", plan(ratios=PerClass(1, 2, 3, 60_000)), "D 类抽查比例 6% 超过一般检查事项“scjg-001 检查”的上限 5%"),
    (
        "I2",
        plan({"batch_ratio_ppm": RuleValue(limit=40_000)}),
        "重点检查事项的 D 类抽查比例 5% 达到规则“重点检查事项分批检查的比例”（batch_ratio_ppm）第 1 版规定的 4%，"
        "必须分批并由抽取决定先后",
    ),
    (
        "I3",
        lambda: check_items([an_item(cap=None)], "scjg", the_rules(key_item_count=RuleValue(limit=0))),
        "scjg 的重点检查事项有 1 项，超过规则“重点检查事项数量上限”（key_item_count）第 1 版规定的 0 项；"
        "确需突破的，申请联席会议办公室批准",
    ),
    (
        "I3",
        lambda: check_items([an_item(cap=50_000)], "scjg", the_rules(general_cap_ppm=RuleValue(limit=40_000))),
        "一般检查事项 scjg-001“scjg-001 检查”的比例上限 5% 超过规则“一般检查事项比例上限的最大值”（general_cap_ppm）"
        "第 1 版规定的 4%；确需突破的，申请联席会议办公室批准",
    ),
    ("I4", plan_from_a_list_that_gave_way, "有 1 个事项不在现行公布的抽查事项清单中：scjg-009"),
    (
        "I4",
        lambda: an_item_list(FilingState.SUBMITTED).publish(NOW),
        "抽查事项清单目前为“已提交”，只有已批准的才能公布",
    ),
    ("I5", joint_list_of_one_department, "联合抽查事项“餐饮单位联合抽查”只有一个部门的事项"),
    ("N1", plan(items=(a_chosen_item(),)), "计划中的部门 wjw 没有抽查事项"),
    (
        "N1",
        plan(window=Window(date(2026, 3, 1), date(2027, 4, 1))),
        "2026 年度计划的检查时间应在当年开始、不晚于次年 3 月 31 日结束，现为 2026-03-01 至 2027-04-01",
    ),
    ("N2", plan(**ALONE), "单部门抽查计划必须写明不联合的法定理由"),
    (
        "N2",
        plan({"sole_grounds": SOLE}, **ALONE, sole_ground="方便"),
        "所写的单部门抽查理由不在规则“单部门抽查的法定理由”（sole_grounds）第 1 版所列的法定理由之中，"
        "可用的有：《统计法》第三十三条",
    ),
    (
        "N3",
        plan(ratios=PerClass(1, 30_000, 20_000, 50_000)),
        "抽查比例不得随风险升高而降低：B 类为 3%，C 类只有 2%",
    ),
    (
        "N3",
        lambda: read_per_class([("A", 1)]),
        "缺少信用风险等级 B 的数值，A、B、C、D 四级都要填写",
    ),
    (
        "N4",
        merge_that_loses_objects,
        "合并后的抽查范围少了 7 个原有的检查对象，请另定一个包含各计划全部对象的名录库",
    ),
    ("N5", a_plan(FilingState.SUBMITTED).publish, "抽查计划目前为“已提交”，只有已批准的才能公布"),
    (
        "N6",
        lambda: a_plan(FilingState.DRAFT).adjust(a_content(), "上级部署", "officer:a"),
        "计划 41030820261001 目前为“草稿”，尚未公布或已取消",
    ),
    (
        "N7",
        plan({"visits_per_year": per_class_rule(1, 2, 4, 12)}, visit_caps=PerClass(1, 2, 5, 12)),
        "C 类每年检查次数 5 次超过规则“每年检查次数上限（按信用风险等级）”（visits_per_year）第 1 版规定的 4 次",
    ),
    (
        "B1",
        plan({"visits_per_year": per_class_rule(0, 2, 4, 12)}, visit_caps=PerClass(1, 2, 4, 12)),
        "A 类每年检查次数 1 次超过规则“每年检查次数上限（按信用风险等级）”（visits_per_year）第 1 版规定的 0 次",
    ),
    ("S1", disposed_unchecked, "线索 XS1 目前为“已登记”，核查后才能处理"),
    ("S2", plan(special=replace(GATE, cause=" ")), "专项检查必须写明检查事由"),
    (
        "B20",
        plan({"special_term_days": RuleValue(limit=90)}, special=GATE),
        "专项检查的期限为 122 日，超过规则“专项检查的最长期限（日）”（special_term_days）第 1 版规定的 90 日",
    ),
    (
        "S3",
        lead(LeadKind.UNLICENSED).check,
        "无证无照经营的线索必须写明缺少许可证（无证）还是营业执照（无照）",
    ),
    (
        "B16",
        lambda: inspectable_days(WEEK, frozenset(WEEK.days()), the_rules(quiet_days=RuleValue()).cite("quiet_days")),
        "检查时间 2026-03-02 至 2026-03-06 内除节假日和规则“企业安静期”（quiet_days）第 1 版外没有可以检查的日期",
    ),
    (
        "B8",
        lambda: by_month(1, WEEK, frozenset(WEEK.days())),
        "检查时间 2026-03-02 至 2026-03-06 内除节假日和企业安静期外没有可以检查的日期",
    ),
    (
        "B19",
        plan({"no_disturb_floor_ppm": RuleValue(limit=20_000)}),
        "A 类抽查比例 1% 低于规则“无事不扰对象的随机抽查底限”（no_disturb_floor_ppm）第 1 版规定的底限 2%",
    ),
    (
        "M2",
        lambda: opening_of("as_visited", None, the_rules(names_open=OPEN_AT_RESULT)),
        "名单公开时点“随检查进行逐户公开”与规则“抽查名单公开时点”（names_open）第 1 版不同，必须写明依据的文号",
    ),
    (
        "M2",
        lambda: opening_of("never", "文", NO_RULES),
        "不认识的名单公开时点：never，可选 at_result（随抽取结果公开）、as_visited（随检查进行逐户公开）",
    ),
)


@pytest.mark.parametrize(("rule", "breaks", "text"), ROWS, ids=[f"{row[0]}-{place}" for place, row in enumerate(ROWS)])
def test_what_breaks_a_rule_is_refused_in_these_words(rule: str, breaks: Callable[[], object], text: str) -> None:
    """Each id of `IDS`; see the rows."""
    with pytest.raises(DomainError) as refused:
        breaks()
    assert refused.value.detail == text, rule


def test_every_rule_has_a_row_that_breaks_it() -> None:
    assert {row[0] for row in ROWS} == set(IDS)


@dataclass(frozen=True, slots=True)
class Cited:
    """A test and the ids its docstring names."""

    where: str
    ids: frozenset[str]


def _tests() -> Iterator[Cited]:
    for folder in ("tests/unit/services/planning", "tests/integration/planning"):
        for file in sorted((ROOT / folder).rglob("test_*.py")):
            for node in ast.parse(file.read_text("utf-8")).body:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                    words = re.findall(r"\b[A-Z]\d+\b", (ast.get_docstring(node) or "").replace("–", " "))
                    yield Cited(f"{file.name}::{node.name}", frozenset(words))


@pytest.mark.parametrize("rule", IDS)
def test_every_rule_is_named_by_a_test_of_its_own(rule: str) -> None:
    """Besides its row here: the docstring of a test cites the id of what it shows."""
    assert [one.where for one in _tests() if rule in one.ids]
