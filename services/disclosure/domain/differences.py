"""What changed between two public versions, in words that a citizen reads (N6, R6)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from services.disclosure.domain.views import Difference
from services.disclosure.domain.words import CLASSES, LEVELS, NAMES_OPEN, OUTCOMES, VISITS, percent

Body = Mapping[str, Any]
Names = Callable[[str], str]
"""Code of a department → what it is called."""
NOTHING: Final = "（无）"


def _joined(values: list[str]) -> str:
    return "、".join(values) or NOTHING


def _plan_fields(body: Body, name: Names) -> dict[str, str]:
    ratios = [f"{CLASSES.get(r['credit_class'], r['credit_class'])} {percent(r['ppm'])}" for r in body["ratios"]]
    items = [
        f"{i['name']}（{name(i['department'])}，{LEVELS.get(i['level'], i['level'])}）" for i in body.get("items", ())
    ]
    caps = [f"{CLASSES.get(c['credit_class'], c['credit_class'])} {c['visits']} 次" for c in body.get("visit_caps", ())]
    return {
        "名称": body["title"],
        "发起部门": name(body["initiator"]),
        "配合部门": _joined([name(code) for code in body["participants"]]),
        "检查时段": f"{body['window_start']} 至 {body['window_end']}",
        "抽取比例": _joined(ratios),
        "抽查事项": _joined(items),
        "年度检查次数上限": _joined(caps),
        "抽中名单公开时间": NAMES_OPEN.get(body.get("names_open", ""), body.get("names_open", "")) or NOTHING,
        "检查批次": str(body.get("batches") or 0),
    }


def _result_fields(body: Body, name: Names) -> dict[str, str]:
    outcome = body.get("outcome", "done")
    codes = [OUTCOMES.get(code, code) for code in body["outcome_codes"]]
    findings = [f"{f['item_name']}：{f['outcome_text']}" for f in body["findings"]]
    listing = body.get("listing")
    return {
        "检查对象": body["entity_name"],
        "统一社会信用代码": body["uscc"] or NOTHING,
        "检查部门": name(body["department"]),
        "检查情况": VISITS.get(outcome, outcome),
        "检查结果": _joined(codes),
        "发现的问题": _joined(findings),
        "检查完成日期": body["concluded_on"],
        "列入决定": listing["document_no"] if listing else NOTHING,
    }


def plan_differences(before: str, after: str, name: Names) -> tuple[Difference, ...]:
    """Fields of a plan that differ, in the order in which a plan is read."""
    return _differences(_plan_fields(json.loads(before), name), _plan_fields(json.loads(after), name))


def result_differences(before: str, after: str, name: Names) -> tuple[Difference, ...]:
    return _differences(_result_fields(json.loads(before), name), _result_fields(json.loads(after), name))


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Difference, ...]:
    return tuple(Difference(field, before[field], after[field]) for field in after if before[field] != after[field])
