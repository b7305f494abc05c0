"""Anyone looks up a printed code (B18): a visit's code, a body, an item, a task (order), a plan, a result, an object.

A visit's code is answered by results, with its signed receipt where it is worth nothing; everything else from public
facts. Officers' certificates stand in no public fact: the visit's code tells who may come.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from services.disclosure.domain.views import CodeView
from services.disclosure.domain.words import LEVELS
from services.disclosure.storage.plan_pages import plan_line, task_line
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from shared.values.text import clean

_VISIT: Final = re.compile(r"[0-9A-HJ-NP-Za-hj-np-z](?:[- ]?[0-9A-HJ-NP-Za-hj-np-z]){17,23}")
"""Looks like a check code: 20 signs in groups; results says whether it is one."""
_KINDS: Final = {
    "visit": "检查码",
    "body": "检查部门",
    "item": "抽查事项",
    "task": "抽查任务",
    "plan": "抽查计划",
    "result": "检查结果",
    "entity": "检查对象",
    "unknown": "无法识别",
}
_UNKNOWN: Final = "本平台没有签发或公布过这个编号。请对照文书核对；持此编号上门检查的，您可以拒绝检查并反映。"


async def check_code(code: str, uow: DisclosureUnitOfWork) -> CodeView:
    """Never refuses: a wrong code gets an answer too."""
    asked = clean(code)[:100]
    async with uow:
        found = await _public(asked, uow)
    if found is not None:
        return found
    if _VISIT.fullmatch(asked):
        answer = await uow.around.results.visit_code(asked, uow.principal)
        if answer is not None:
            return _visit(asked, answer)
    return _view(asked, "unknown", False, _UNKNOWN)


async def _public(code: str, uow: DisclosureUnitOfWork) -> CodeView | None:
    body = await uow.lines.body(code)
    if body is not None:
        facts = (("名称", body["name"]), ("简称", body["short_name"]), ("代码", body["code"]))
        return _view(code, "body", True, "这是本平台登记的检查部门。", facts)
    return await _planned(code, uow) or await _numbered(code, uow)


async def _planned(code: str, uow: DisclosureUnitOfWork) -> CodeView | None:
    if (row := await uow.plan_pages.by_no(code)) is not None:
        plan = plan_line(row)
        facts = (("名称", plan.title), ("发起部门", plan.initiator_name), ("检查时段", _term(plan)))
        answer = "这个抽查计划已经取消。" if plan.is_cancelled else "这是已经公布的抽查计划。"
        return _view(code, "plan", not plan.is_cancelled, answer, facts, f"/p/{plan.plan_no}")
    if (row := await uow.plan_pages.task(code)) is not None:
        task = task_line(row)
        facts = (("名称", task.title), ("发起部门", task.initiator_name), ("检查时段", _term(task)))
        is_open = task.state != "cancelled"
        answer = "这是已经下达的抽查任务。" if is_open else "这个抽查任务已经取消。"
        return _view(code, "task", is_open, answer, facts, f"/t/{task.task_no}")
    if (row := await uow.plan_pages.item(code)) is not None:
        level = LEVELS.get(row["level"], row["level"])
        told = (
            ("名称", row["name"]),
            ("类别", level),
            ("实施部门", row["department_name"]),
            ("所在计划", row["plan_no"]),
        )
        return _view(code, "item", True, "这是已经公布的抽查事项。", told, f"/p/{row['plan_no']}")
    return None


def _term(line: Any) -> str:
    return f"{line.window_start} 至 {line.window_end}"


async def _numbered(code: str, uow: DisclosureUnitOfWork) -> CodeView | None:
    if (entity_id := await uow.lines.entity_of_uscc(code.upper())) is not None:
        row = await uow.lines.entity(entity_id)
        return _view(
            code, "entity", True, "有关于这个检查对象的公示信息。", (("名称", row["name"]),), f"/e/{entity_id}"
        )
    try:
        number = UUID(code)
    except ValueError:
        return None
    if await uow.lines.one(number) is not None:
        return _view(code, "result", True, "这是公示过的检查结果。", (), f"/r/{number}")
    return None


def _visit(code: str, answer: Mapping[str, Any]) -> CodeView:
    receipt = answer.get("receipt") or {}
    labels = (
        ("entity_name", "检查对象"),
        ("task_no", "抽查任务或线索编号"),
        ("window_start", "检查时段自"),
        ("window_end", "检查时段至"),
    )
    facts = [(label, str(answer[name])) for name, label in labels if answer.get(name)]
    for part in answer.get("parts", ()):
        facts += _part(part)
    draw = answer.get("draw_id")
    return CodeView(
        code=code,
        kind="visit",
        kind_name=_KINDS["visit"],
        is_valid=bool(answer.get("valid")),
        answer=str(answer.get("answer", "")),
        facts=tuple(facts),
        address=f"/d/{draw}" if draw else None,
        receipt_text=receipt.get("text"),
        receipt_signature=receipt.get("signature"),
    )


def _part(part: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A department, its officers with their certificates (执法证), its items: what the holder compares."""
    facts = [("检查部门", str(part.get("department_name") or part["department"]))]
    for officer in part.get("officers", ()):
        state = "有效" if officer.get("valid") else "今天无效"
        facts.append(("检查人员", f"{officer['name']}，执法证号 {officer['certificate_no']}（{state}）"))
    names = [str(item["name"]) for item in part.get("items", ()) if item.get("name")]
    return facts + ([("检查事项", "、".join(names))] if names else [])


def _view(
    code: str,
    kind: str,
    is_valid: bool,
    answer: str,
    facts: tuple[tuple[str, str], ...] = (),
    address: str | None = None,
) -> CodeView:
    return CodeView(code, kind, _KINDS[kind], is_valid, answer, facts, address, None, None)
