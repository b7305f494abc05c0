"""Three departments would knock at the same doors: found, counted, merged into one visit (进一次门，查多项事: N4, B8).

What planning says a merge saves is compared with draws that really took place: each plan alone, then the joint one.
Every plan covers all objects of class D and no other, so a draw's quota is exact and chance plays no part in the count.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

from demo.story.accounts import OFFICE, OFFICE_SECOND, department_admin
from demo.story.ceremony import Drawn, draw_together, held, hold
from demo.story.stage import Stage

ROOT = "/api/planning/v1"
HOST = "wjw"
PLANS = {
    "wjw": ("用人单位职业病防治检查", "职业病危害", "《中华人民共和国职业病防治法》第六十二条"),
    "sthj": ("危险废物规范化管理检查", "危险废物", "《中华人民共和国固体废物污染环境防治法》第二十六条"),
    "yjj": ("危险化学品企业安全检查", "危险化学品", "《中华人民共和国安全生产法》第六十五条"),
}
"""By department: its key item, the tag of its objects, the ground on which it would act alone (N2)."""
ALL_OF_D = {"A": 0, "B": 0, "C": 0, "D": 1_000_000}
"""D 级全覆盖 of key items, which have no cap (I2; domain-facts 12: full coverage of 重点 items)."""
WINDOW_DAYS = 60


async def merge_overlapping_plans(stage: Stage) -> None:
    """N4 from the overlap found to the visits that were saved."""
    facts = stage.facts
    with stage.step("planning.overlaps", "三个部门的计划各查各的：查出范围和时间重叠，试算"):
        facts["plans"] = await _publish_plans(stage)
        facts["overlaps"] = await _overlaps(stage, {plan["plan_id"] for plan in facts["plans"].values()})
        trial = await stage.act(department_admin(HOST), f"{ROOT}/plans/{facts['plans'][HOST]['plan_id']}/what-if", {})
        facts["alone"] = trial["expected_visits"]
        stage.check(all(load["qualified"] > 0 for load in trial["departments"]), "试算应列出符合条件的执法人员")
        stage.note("，".join(f"{one['shared_objects']} 个共同对象" for one in facts["overlaps"]))
    with stage.step("draw.separate", "不合并：三份计划分别抽取"):
        tasks = await asyncio.gather(*(issue_whole(stage, one, [one], facts["plans"][one]) for one in PLANS))
        separate = await draw_together(stage, list(zip(PLANS, tasks, strict=True)))
        facts["separate"] = dict(zip(PLANS, separate, strict=True))
        _check_overlaps(stage)
        stage.note("、".join(str(drawn.lines) for drawn in separate) + " 户次")
    with stage.step("planning.merged", "取消任务，作废抽取（公开留痕），联席会议办公室合并三份计划"):
        for department, drawn in facts["separate"].items():
            await _undo(stage, department, drawn)
        facts["merge"] = await _merge(stage)
        stage.note(f"减少 {facts['merge']['saved_visits']:g} 户次")
        task = await issue_whole(stage, HOST, list(PLANS), facts["plans"][HOST])
        hold(stage, "joint", HOST, task)


async def joint_draw(stage: Stage) -> None:
    """The ceremony went on beside the others; its count is taken here."""
    with stage.step("draw.joint", "合并后只抽取一次：显示的减少户次与实际抽取相符"):
        _check_saved(stage, await held(stage, "joint"))


async def _publish_plans(stage: Stage) -> dict[str, Any]:
    plans = await asyncio.gather(*(_publish_plan(stage, department) for department in PLANS))
    return dict(zip(PLANS, plans, strict=True))


async def _publish_plan(stage: Stage, department: str) -> Any:
    admin = department_admin(department)
    name, tag, ground = PLANS[department]
    found = await stage.read(admin, f"{ROOT}/items", department=department, q=name)
    today = stage.facts["today"]
    body = {
        "year": today.year,
        "title": f"D级对象{name}",
        "item_ids": [item["item_id"] for item in found["items"]],
        "library": await _library(stage, department_admin(department), f"{tag}单位", [tag]),
        "ratios": [{"credit_class": one, "ppm": ppm} for one, ppm in ALL_OF_D.items()],
        "window_start": today.isoformat(),
        "window_end": min(today + timedelta(days=WINDOW_DAYS), today.replace(month=12, day=31)).isoformat(),
        "method": "实地核查",
        "sole_ground": ground,
    }
    made = await stage.act(admin, f"{ROOT}/plans", body, status=201)
    path = f"{ROOT}/plans/{made['plan_id']}"
    await stage.act(admin, f"{path}/submission")
    await stage.act(OFFICE, f"{path}/approval")
    return await stage.act(admin, f"{path}/publication")


async def _library(stage: Stage, login: str, name: str, tags: list[str]) -> dict[str, Any]:
    conditions = {"all": [{"field": "kind", "in": ["enterprise"]}, {"field": "tags", "has_any": tags}]}
    body = {"name": name, "conditions": conditions}
    made = await stage.act(login, "/api/registry/v1/libraries", body, status=201)
    return {"library_id": made["id"], "version": made["version"]}


async def _overlaps(stage: Stage, plan_ids: set[str]) -> list[Any]:
    """Among our plans: every pair meets, and each shares objects."""
    found = await stage.read(OFFICE, f"{ROOT}/plan-overlaps", year=stage.facts["today"].year)
    ours = [one for one in found if {side["plan_id"] for side in one["sides"]} <= plan_ids]
    stage.equal(len(ours), stage.expect.plan_overlaps, "查出的重叠")
    stage.check(all(one["shared_objects"] > 0 for one in ours), "每一对都应有共同的检查对象")
    return ours


async def issue_whole(stage: Stage, initiator: str, departments: list[str], plan: Any) -> str:
    """A task with all items of these departments, issued; its id."""
    admin = department_admin(initiator)
    content = (await stage.read(admin, f"{ROOT}/plans/{plan['plan_id']}"))["content"]
    parts = [
        {
            "department": one,
            "item_ids": [item["item_id"] for item in content["items"] if item["department"] == one],
            "officers": 2,
        }
        for one in departments
    ]
    body = {"title": content["title"], "departments": parts}
    task = await stage.act(admin, f"{ROOT}/plans/{plan['plan_id']}/tasks", body, status=201)
    await stage.act(admin, f"{ROOT}/tasks/{task['task_id']}/issuance")
    task_id: str = task["task_id"]
    return task_id


def _check_overlaps(stage: Stage) -> None:
    """What planning expected of each pair against what the draws gave, object by object."""
    separate: dict[str, Drawn] = stage.facts["separate"]
    by_plan = {stage.facts["plans"][one]["plan_id"]: drawn for one, drawn in separate.items()}
    for overlap in stage.facts["overlaps"]:
        first, second = (by_plan[side["plan_id"]] for side in overlap["sides"])
        for side, drawn in zip(overlap["sides"], (first, second), strict=True):
            stage.equal(drawn.lines, side["expected_visits"], f"{side['plan_no']} 抽中的户次")
            stage.equal(len(drawn.objects), drawn.lines, f"{side['plan_no']} 的上门检查")
        stage.equal(len(first.objects & second.objects), overlap["drawn_twice"], "两份计划都抽到的户数")
    stage.equal(separate[HOST].lines, stage.facts["alone"], "试算的户次")


async def _undo(stage: Stage, department: str, drawn: Drawn) -> None:
    """A task never changes once issued: it is cancelled, and two people void its public draw."""
    admin = department_admin(department)
    reason = {"reason": "与其他部门的计划合并为一次上门"}
    cancelled = await stage.act(admin, f"{ROOT}/tasks/{drawn.task_id}/cancellation", reason)
    stage.equal(cancelled["state"], "cancelled", "任务的状态")
    path = f"/api/draw/v1/draws/{drawn.draw_id}"
    await stage.act(OFFICE, f"{path}/void-requests", reason)
    voided = await stage.act(OFFICE_SECOND, f"{path}/void")
    stage.equal(voided["stage"], "VOID", "抽取的阶段")


async def _merge(stage: Stage) -> Any:
    plans = stage.facts["plans"]
    host = plans[HOST]
    library = await _library(stage, OFFICE, "高风险企业（三部门）", [tag for _, tag, _ in PLANS.values()])
    body = {
        "host_plan_id": host["plan_id"],
        "absorbed_plan_ids": [plan["plan_id"] for one, plan in plans.items() if one != HOST],
        "reason": "三份计划检查同一批高风险企业，检查时间相同",
        "title": "高风险企业三部门联合检查",
        "library": library,
    }
    merge = await stage.act(OFFICE, f"{ROOT}/plan-merges", body, status=201)
    path = f"{ROOT}/plans/{host['plan_id']}"
    own = await (await stage.sign_in(OFFICE)).post(f"{path}/approval", headers=stage.key())
    stage.equal(own.status_code, 403, "合并人批准自己提出的合并")
    await stage.act(OFFICE_SECOND, f"{path}/approval")
    await stage.act(OFFICE, f"{path}/publication")
    for one, plan in plans.items():
        state = (await stage.read(OFFICE, f"{ROOT}/plans/{plan['plan_id']}"))["state"]
        stage.equal(state, "adjusted" if one == HOST else "cancelled", f"{one} 的计划")
    settled = await stage.read(department_admin("yjj"), f"{ROOT}/plan-merges/{merge['plan_merge_id']}")
    stage.equal(settled["state"], "effective", "合并的状态")
    return settled


def _check_saved(stage: Stage, joint: Drawn) -> None:
    """Recounted from the draws: objects of the records, and the same objects by name in the visits."""
    separate: dict[str, Drawn] = stage.facts["separate"]
    merge = stage.facts["merge"]
    times = Counter(one for drawn in separate.values() for one in drawn.objects)
    stage.equal(joint.objects, frozenset(times), "合并后抽中的对象（应是分别抽中的全部，各一次）")
    saved = sum(drawn.lines for drawn in separate.values()) - joint.lines
    stage.equal(merge["saved_visits"], saved, "减少的户次（按抽取记录清点）")
    stage.equal(saved, sum(count - 1 for count in times.values()), "减少的户次（按上门检查清点）")
    stage.check(saved > 0, "合并应减少上门")
    gains = {one["department"]: one["visits_alone"] for one in merge["departments"]}
    stage.equal(gains, {one: drawn.lines for one, drawn in separate.items()}, "各部门合并前的户次")
    stage.note(f"分别 {sum(times.values())} 户次，合并 {joint.lines} 户次，减少 {saved} 户次")
