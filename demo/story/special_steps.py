"""A special inspection (专项检查, S2) through its gate (B20): industry, region, ratio chosen; drawn like the others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from demo.story.accounts import OFFICE, department_admin
from demo.story.ceremony import held, hold
from demo.story.merge_steps import ROOT, issue_whole
from demo.story.stage import Stage

DEPARTMENT, TAG, ITEM = "scjg", "特种设备", "特种设备使用安全检查"
GROUND = "《中华人民共和国特种设备安全法》第五十七条"
TOWNS = 2
RATIOS = {"A": 10_000, "B": 20_000, "C": 200_000, "D": 1_000_000}
DAYS = 30


async def approve_special(stage: Stage) -> None:
    """Without its gate it is refused with the rule named; through it, it is public before anybody is drawn."""
    admin = department_admin(DEPARTMENT)
    with stage.step("planning.special", "专项检查：期限过长被拒；经批准、备案、公布后下达"):
        body = await _plan(stage)
        too_long = body | {"special": _gate(stage, 366)}
        http = await stage.sign_in(admin)
        refused = await http.post(f"{ROOT}/plans", json=too_long, headers=stage.key())
        stage.equal(refused.json()["code"], "planning.special_term_too_long", "拒绝的代码")
        stage.check("special_term_days）第 1 版规定的 90 日" in refused.json()["detail"], "拒绝应指明规则、版本和数值")
        made = await stage.act(admin, f"{ROOT}/plans", body | {"special": _gate(stage, DAYS)}, status=201)
        path = f"{ROOT}/plans/{made['plan_id']}"
        early = await http.post(f"{path}/tasks", json={"title": "早了", "departments": []}, headers=stage.key())
        stage.equal(early.json()["code"], "planning.plan_not_in_force", "公布之前安排任务")
        await stage.act(admin, f"{path}/submission")
        await stage.act(OFFICE, f"{path}/approval")
        published = await stage.act(admin, f"{path}/publication")
        stage.equal(published["content"]["special"]["filing_no"], "孟市监备〔2026〕7号", "公布的备案号")
        hold(stage, "special", DEPARTMENT, await issue_whole(stage, DEPARTMENT, [DEPARTMENT], published))
        stage.note(published["plan_no"])


async def special_draw(stage: Stage) -> None:
    with stage.step("draw.special", "专项检查按同样的随机、公开程序抽取"):
        drawn = await held(stage, "special")
        stage.check(drawn.lines > 0, "没有抽中对象")
        stage.equal(len(drawn.objects), drawn.lines, "上门检查与抽取记录")
        stage.note(f"抽中 {drawn.lines} 个对象")


async def _plan(stage: Stage) -> dict[str, Any]:
    admin, today = department_admin(DEPARTMENT), stage.facts["today"]
    found = await stage.read(admin, f"{ROOT}/items", department=DEPARTMENT, q=ITEM)
    towns = [town.code for town in stage.district.towns[:TOWNS]]
    conditions = {"all": [{"field": "tags", "has_any": [TAG]}, {"field": "region", "within": towns}]}
    body = {"name": "特种设备使用单位（两镇）", "conditions": conditions}
    library = await stage.act(admin, "/api/registry/v1/libraries", body, status=201)
    return {
        "year": today.year,
        "title": "电梯困人多发，特种设备使用单位专项检查",
        "item_ids": [item["item_id"] for item in found["items"]],
        "library": {"library_id": library["id"], "version": library["version"]},
        "ratios": [{"credit_class": one, "ppm": ppm} for one, ppm in RATIOS.items()],
        "window_start": today.isoformat(),
        "window_end": min(today + timedelta(days=DAYS - 1), today.replace(month=12, day=31)).isoformat(),
        "method": "实地核查",
        "sole_ground": GROUND,
    }


def _gate(stage: Stage, days: int) -> dict[str, Any]:
    """`days`: the term, both ends counted."""
    today = stage.facts["today"]
    return {
        "cause": "监测发现多起电梯困人",
        "approver": "区人民政府分管副区长",
        "approved_on": today.isoformat(),
        "filing_no": "孟市监备〔2026〕7号",
        "ends_on": (today + timedelta(days=days - 1)).isoformat(),
    }
