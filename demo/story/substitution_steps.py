"""One firm of the draw is found closed: two departments attest, the office approves, the sequence goes on (D6, B28)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from demo.story.accounts import JOINT, OFFICE, DemoAccount, department_admin, open_accounts_together
from demo.story.stage import Stage

DRAW, RESULTS, PLANNING = "/api/draw/v1", "/api/results/v1", "/api/planning/v1"
CLOSED = {"reason_code": "object_closed", "reason": "现场大门紧锁，租约已解除", "evidence": "照片 A-0317"}
SEEN = {"evidence": "登记机关查询结果，照片 B-0102"}


async def substitute(stage: Stage) -> None:
    """Nobody drops a firm alone, nobody chooses who comes next; results and planning follow."""
    with stage.step("draw.substituted", "一户已停业：两部门佐证，第三人批准，按公开序列递补"):
        gone, done = await _substitution(stage)
        came = await stage.until("递补的检查到达", lambda: _arrived(stage, done["substitute_visit_id"]))
        await _open_accounts(stage, came)
        stage.facts["visits"] = [came if visit is gone else visit for visit in stage.facts["visits"]]
        away = await stage.read(OFFICE, f"{RESULTS}/visits/{gone['visit_id']}")
        stage.equal(away["state"], "substituted", "原检查的状态")
        stage.equal({part["state"] for part in away["parts"]}, {"called_off"}, "原检查各部门的记录")
        unfit = await stage.read(OFFICE, f"{DRAW}/draws/{stage.facts['draw_id']}/unfit-seats")
        stage.equal(unfit["items"], [], "不再适格的人员")
        await stage.until("计划的进度跟上", lambda: _counted(stage))
        stage.note(done["public_reason"])


async def _substitution(stage: Stage) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first visit behind which its sequence goes on; a class drawn in full has nobody left."""
    record = await stage.read(OFFICE, f"{DRAW}/draws/{stage.facts['draw_id']}/record")
    lines = [line.split("\t") for line in record["expected"]["result_text"].splitlines()]
    full = {line[2] for line in lines if line[0] == "S" and line[3] == line[4]}
    tokens = {line[4] for line in lines if line[0] == "D" and line[3] not in full}
    for gone in stage.facts["visits"]:
        seen = await stage.read(OFFICE, f"{DRAW}/visits/{gone['visit_id']}")
        if seen["object_token"] in tokens:
            break
    part = gone["parts"][0]
    officer = stage.facts["logins"][part["inspector_ids"][0]]
    asked = await stage.act(officer, f"{DRAW}/visits/{gone['visit_id']}/substitutions", CLOSED, status=201)
    path = f"{DRAW}/substitutions/{asked['id']}"
    http = await stage.sign_in(officer)
    alone = await http.post(f"{path}/confirmation", json=SEEN, headers=stage.key())
    stage.equal(alone.status_code, 409, "申请人为自己佐证")
    other = next(code for code in JOINT if code != part["department"])
    await stage.act(department_admin(other), f"{path}/confirmation", SEEN)
    return gone, await stage.act(OFFICE, f"{path}/approval")


async def _arrived(stage: Stage, visit_id: str) -> Any:
    found = await stage.read(OFFICE, f"{RESULTS}/visits", task=stage.facts["task"]["task_id"], page_size=200)
    return next((visit for visit in found["items"] if visit["visit_id"] == visit_id), None)


async def _counted(stage: Stage) -> bool:
    task = await stage.read(OFFICE, f"{PLANNING}/tasks/{stage.facts['task']['task_id']}")
    return bool(task["progress"]["visits_substituted"] == 1)


async def _open_accounts(stage: Stage, visit: dict[str, Any]) -> None:
    """Officers whom no other visit has brought in yet."""
    end = (stage.facts["today"] + timedelta(days=30)).isoformat()
    logins: dict[str, str] = stage.facts["logins"]
    accounts: list[tuple[DemoAccount, str | None]] = []
    for part in visit["parts"]:
        stage.equal(len(set(part["inspector_ids"])), 2, f"{part['department']} 的执法人员数")
        for person in part["inspector_ids"]:
            if person in logins:
                continue
            inspector = await stage.read(OFFICE, f"/api/registry/v1/inspectors/{person}")
            stage.check(inspector["valid_until"] >= end, f"{person} 的执法证在检查期内到期")
            logins[person] = f"inspector.{len(logins) + 1:03d}"
            accounts.append(
                (DemoAccount(logins[person], inspector["name"], part["department"], ("inspector",)), person)
            )
    await open_accounts_together(stage, accounts)
