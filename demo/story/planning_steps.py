"""Item lists, the joint annual plan (refused twice first), the task (I1, I2, I4, N1, N3)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from demo.story.accounts import INITIATOR, JOINT, OFFICE, OFFICE_SECOND, PARTICIPANTS, department_admin
from demo.story.stage import Stage

TAG = "公共场所卫生"
ITEMS = {"wjw": ("wjw-002",), "scjg": ("scjg-015",), "rsj": ("rsj-001",)}
TEAM_TAGS = {"wjw": ["公共卫生"], "scjg": ["广告价格"], "rsj": ["劳动保障监察"]}
RATIOS = {"A": 10_000, "B": 20_000, "C": 50_000, "D": 50_000}
"""Parts per million of each class; Henan's draw of 2021 had 1, 2, 10 and 30 % (domain-facts 12), capped here at 5 %."""
WINDOW_DAYS = 30
RULES: dict[str, dict[str, Any]] = {
    "region_code": {"text": "410308"},
    "names_open": {"entries": [{"key": "at_result", "text": "孟双随机办〔2026〕1号"}]},
    "visit_warnings": {"exceptions": [{"key": "1", "limit": 2}, {"key": "7", "limit": 3}, {"key": "30", "limit": 4}]},
    "special_term_days": {"limit": 90},
}
"""Thresholds of visits as in practice: more than 1 a day, 2 a week, 3 a month (domain-facts 16)."""


async def publish_item_lists(stage: Stage) -> None:
    """Every department files its list; the office approves; the department publishes."""
    with stage.step("planning.items", "22 个部门的抽查事项清单：报送、批准、公布"):
        await set_rules(stage)
        year = stage.facts["today"].year
        gate = asyncio.Semaphore(4)

        async def one(department: str) -> int:
            async with gate:
                return await _publish_list(stage, department, year)

        counts = await asyncio.gather(*(one(department.code) for department in stage.district.departments))
        items: dict[str, Any] = {}
        for department in JOINT:
            found = await stage.read(OFFICE, "/api/planning/v1/items", department=department, page_size=200)
            items |= {item["code"]: item for item in found["items"]}
        stage.facts["items"] = {department: [items[code] for code in codes] for department, codes in ITEMS.items()}
        stage.note(f"{sum(counts)} 个事项")


async def set_rules(stage: Stage) -> None:
    """One officer of the office proposes each rule, another approves it; his own he may not."""
    for code, value in RULES.items():
        path = f"/api/planning/v1/rules/{code}/versions"
        proposed = await stage.act(OFFICE, path, {"value": value, "reason": "联席会议2026年第1次会议议定"}, status=201)
        approval = f"{path}/{proposed['version']}/approval"
        http = await stage.sign_in(OFFICE)
        own = await http.post(approval, json={"reason": "同意"}, headers=stage.key())
        stage.equal(own.status_code, 403, "拟定人批准自己拟定的规则")
        approved = await stage.act(OFFICE_SECOND, approval, {"reason": "会议纪要〔2026〕1号"})
        stage.equal(approved["state"], "approved", f"规则 {code} 的状态")


async def _publish_list(stage: Stage, department: str, year: int) -> int:
    items = [_item(item) for item in stage.district.items if item.department == department]
    admin, root = department_admin(department), "/api/planning/v1/item-lists"
    made = await stage.act(admin, root, {"year": year, "items": items}, status=201)
    path = f"{root}/{made['item_list_id']}"
    await stage.act(admin, f"{path}/submission")
    await stage.act(OFFICE, f"{path}/approval")
    published = await stage.act(admin, f"{path}/publication")
    stage.equal(published["state"], "published", f"{department} 清单的状态")
    return len(items)


def _item(item: Any) -> dict[str, Any]:
    cap = item.ratio_cap_percent
    return {
        "code": item.code,
        "name": item.name,
        "level": item.level,
        "bases": [{"law": basis.law, "article": basis.article} for basis in item.bases],
        "methods": list(item.methods),
        "kinds": list(item.kinds),
        "content": list(item.content),
        "ratio_cap_ppm": None if cap is None else cap * 10_000,
        "times_per_year": item.times_per_year,
        "tags": list(item.tags),
        "fields": list(item.fields),
    }


async def plan(stage: Stage) -> None:
    """N3 and I2 refuse by name; what obeys them is approved and published."""
    admin = department_admin(INITIATOR)
    with stage.step("planning.library", "按条件定义名录库并查看各等级对象数"):
        conditions = {
            "all": [
                {"field": "kind", "in": ["enterprise", "individual_business"]},
                {"field": "tags", "has_any": [TAG]},
            ]
        }
        library = await stage.act(admin, "/api/registry/v1/libraries", {"name": "公共场所", "conditions": conditions})
        counts = await stage.read(admin, f"/api/registry/v1/libraries/{library['id']}/counts")
        stage.check(counts["total"] > 100, f"名录库只有 {counts['total']} 个对象")
        stage.facts["library"] = library
        stage.note("，".join(f"{name} {count}" for name, count in sorted(counts["by_class"].items())))
    with stage.step("planning.plan_refused", "不合规的计划被拒：比例随风险下降；超过一般事项上限"):
        http = await stage.sign_in(admin)
        for ratios, code in (
            (RATIOS | {"C": RATIOS["B"] - 1}, stage.expect.ratio_refusal),
            (RATIOS | {"D": 300_000}, stage.expect.cap_refusal),
        ):
            answer = await http.post("/api/planning/v1/plans", json=_plan(stage, ratios), headers=stage.key())
            stage.equal(answer.json()["code"], code, "拒绝的代码")
            stage.check(answer.status_code in (409, 422), f"应被拒绝，却答复 {answer.status_code}")
    with stage.step("planning.plan", "三部门联合年度抽查计划：报送、批准、公布"):
        made = await stage.act(admin, "/api/planning/v1/plans", _plan(stage, RATIOS), status=201)
        path = f"/api/planning/v1/plans/{made['plan_id']}"
        await stage.act(admin, f"{path}/submission")
        await stage.act(OFFICE, f"{path}/approval")
        published = await stage.act(admin, f"{path}/publication")
        stage.equal(published["state"], "published", "计划的状态")
        stage.facts["plan"] = published
        stage.note(published["plan_no"])


def _plan(stage: Stage, ratios: dict[str, int]) -> dict[str, Any]:
    today = stage.facts["today"]
    items = [item["item_id"] for department in JOINT for item in stage.facts["items"][department]]
    return {
        "year": today.year,
        "title": f"{today.year}年公共场所部门联合抽查计划",
        "participants": list(PARTICIPANTS),
        "item_ids": items,
        "library": {"library_id": stage.facts["library"]["id"], "version": stage.facts["library"]["version"]},
        "ratios": [{"credit_class": name, "ppm": ppm} for name, ppm in ratios.items()],
        "window_start": today.isoformat(),
        "window_end": (today + timedelta(days=WINDOW_DAYS)).isoformat(),
        "method": "实地核查",
    }


async def issue_task(stage: Stage) -> None:
    with stage.step("planning.task", "下达抽查任务"):
        admin = department_admin(INITIATOR)
        departments = [
            {
                "department": department,
                "item_ids": [item["item_id"] for item in stage.facts["items"][department]],
                "officers": 2,
                "officer_tags": TEAM_TAGS[department],
            }
            for department in JOINT
        ]
        body = {"title": "公共场所联合抽查（第一批）", "departments": departments}
        task = await stage.act(
            admin, f"/api/planning/v1/plans/{stage.facts['plan']['plan_id']}/tasks", body, status=201
        )
        await stage.act(admin, f"/api/planning/v1/tasks/{task['task_id']}/issuance")
        stage.facts["task"] = task
        stage.note(task["task_no"])
