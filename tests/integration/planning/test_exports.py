"""Lists as files: plans, items, tasks, leads (CSV and XLSX), by the rows the caller may see."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl

from shared.runtime.principal import Principal
from tests.integration.planning.conftest import Desk


async def _rows(desk: Desk, who: Principal, path: str) -> list[dict[str, Any]]:
    answer = await desk.get(who, path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_plans_tasks_and_items_are_exported_under_chinese_headers(desk: Desk) -> None:
    """N1, I1: what the list shows, one row each."""
    items = await desk.publish_lists()
    task = await desk.issue_task(items)
    (plan,) = await _rows(desk, desk.office, f"/v1/plans/export?year={desk.year}")
    assert (plan["计划编号"], plan["状态"], plan["参与部门"]) == (task["plan_no"], "已公布", "wjw")
    assert plan["抽查比例"] == "A 1%、B 2%、C 3%、D 5%、U 2%"
    (told,) = await _rows(desk, desk.admin("wjw"), "/v1/tasks/export?state=issued")
    assert (told["任务编号"], told["进展"], told["实施部门"]) == (task["task_no"], "已下达", "scjg、wjw")
    listed = await _rows(desk, desk.admin("yjj"), f"/v1/items/export?year={desk.year}&level=key")
    assert [(row["事项编码"], row["事项类别"], row["比例上限"]) for row in listed] == [("wjw-001", "重点检查事项", "")]


async def test_an_item_list_is_exported_by_who_may_see_it(desk: Desk) -> None:
    """I1, 架构 Identity: a draft is its department's."""
    listed = await desk.publish_lists()
    (head,) = (await desk.get(desk.office, "/v1/item-lists?department=scjg")).json()["items"]
    answer = await desk.get(desk.admin("yjj"), f"/v1/item-lists/{head['item_list_id']}/export?format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    titles, first = list(sheet.iter_rows(values_only=True))
    assert dict(zip(titles, first, strict=True))["检查依据"] == "《中华人民共和国食品安全法》第一百一十条"
    assert "scjg-001" in listed


async def test_leads_are_exported_for_their_department_only(desk: Desk) -> None:
    """S1."""
    await desk.set_rule("region_code", text="410308")
    body = {"kind": "complaint", "department": "scjg", "received_on": f"{desk.year}-01-05", "summary": "=cmd 价格欺诈"}
    body["place"] = "河阳街道示例路 8 号"
    made = await desk.post(desk.admin("scjg"), "/v1/leads", body)
    assert made.status_code == 201, made.text
    (row,) = await _rows(desk, desk.admin("scjg"), "/v1/leads/export")
    assert (row["线索编号"], row["来源"], row["反映的问题"]) == (made.json()["lead_no"], "投诉举报", "'=cmd 价格欺诈")
    assert await _rows(desk, desk.admin("wjw"), "/v1/leads/export") == []
