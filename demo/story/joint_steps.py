"""The merged visit to its end (进一次门，查多项事): every department that takes part records, has reviewed and
publishes its own results, and the firm's contact is counted once (N4, R1, R7, B17)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from demo.story.accounts import JOINT, OFFICE, DemoAccount, open_accounts_together, reviewer
from demo.story.ceremony import held
from demo.story.merge_steps import PLANS
from demo.story.results_steps import ROOT
from demo.story.stage import Stage
from shared.runtime.unit_of_work import SHANGHAI

PROBLEM = {"outcome_code": "5", "text": "台账记录不完整", "severity": 2}
CHOSEN = {"code": "minor", "reason": "当场补齐，没有危害后果"}


async def inspect_jointly(stage: Stage) -> None:
    """One visit of the merged draw; the host finds a light problem and says why it goes unpunished (B25)."""
    with stage.step("results.joint", "合并后的联合检查：参加的每个部门各自录入、审核、公示，企业只计一次上门"):
        visit = await _a_visit_of_all(stage)
        await _open_accounts(stage, visit)
        for number, part in enumerate(_parts(visit)):
            await _publish_part(stage, visit, part, has_problem=number == 0)
        seen = await stage.read(OFFICE, f"{ROOT}/visits/{visit['visit_id']}")
        states = {part["department"]: part["state"] for part in seen["parts"]}
        stage.equal(states, dict.fromkeys(PLANS, "published"), "各部门的结果")
        ledger = await stage.read(OFFICE, f"{ROOT}/contacts", entity=visit["entity_id"], kind="inspection")
        ours = [one for one in ledger["items"] if one["visit_id"] == visit["visit_id"]]
        stage.equal(len(ours), 1, "涉企接触台账（联合检查只计一次）")
        stage.note(f"{len(states)} 个部门，1 次上门，{len(states)} 个公示结果")


async def _a_visit_of_all(stage: Stage) -> Any:
    """A visit in which all three departments have something to check."""
    joint = await held(stage, "joint")

    async def arrived() -> Any:
        found = (await stage.read(OFFICE, f"{ROOT}/visits", task=joint.task_id, page_size=200))["items"]
        return [one for one in found if len(one["parts"]) == len(PLANS)] or None

    visits = await stage.until("合并后的联合检查", arrived)
    return min(visits, key=lambda one: str(one["visit_id"]))


def _parts(visit: Any) -> list[Any]:
    return sorted(visit["parts"], key=lambda part: str(part["department"]))


async def _open_accounts(stage: Stage, visit: Any) -> None:
    """Inspectors who have none yet; reviewers of the departments that joined only here."""
    logins: dict[str, str] = stage.facts["logins"]
    wanted: list[tuple[DemoAccount, str | None]] = []
    for part in _parts(visit):
        department = part["department"]
        if department not in JOINT:
            reviewing = DemoAccount(reviewer(department), f"{department} 法制审核", department, ("reviewer",))
            wanted.append((reviewing, None))
        for person in part["inspector_ids"]:
            if person not in logins:
                inspector = await stage.read(OFFICE, f"/api/registry/v1/inspectors/{person}")
                logins[person] = own = f"joint.{len(logins) + 1:03d}"
                wanted.append((DemoAccount(own, inspector["name"], department, ("inspector",)), person))
    await open_accounts_together(stage, wanted)


async def _publish_part(stage: Stage, visit: Any, part: Any, *, has_problem: bool) -> None:
    """One department's part, from the sheet to its public result."""
    login = stage.facts["logins"][part["inspector_ids"][0]]
    visit_path = f"{ROOT}/visits/{visit['visit_id']}"
    sheet = await stage.read(login, f"{visit_path}/sheet")
    stage.check(all(line["name"] for line in sheet["items"]), "检查表应有每个事项的名称")
    made = await stage.act(login, f"{visit_path}/records", _body(stage, part, sheet, has_problem), status=201)
    path = f"{ROOT}/results/{made['result_id']}"
    await stage.act(login, f"{path}/submission")
    considered = await stage.read(reviewer(part["department"]), f"{path}/discretions")
    chosen = [one["chosen"] for one in considered["findings"]]
    stage.equal(chosen, [CHOSEN] * len(chosen), "审核时看到的裁量情节和理由")
    stage.equal(bool(chosen), has_problem, "有问题的部门")
    body = {"decision": "approved", "opinion": "事实清楚，裁量适当，同意公示"}
    await stage.act(reviewer(part["department"]), f"{path}/review", body)
    published = await stage.act(login, f"{path}/publication")
    stage.equal(published["state"], "published", f"{part['department']} 的检查结果")


def _body(stage: Stage, part: Any, sheet: Any, has_problem: bool) -> dict[str, Any]:
    ended = datetime.now(UTC) - timedelta(seconds=1)
    started = max(ended - timedelta(minutes=30), datetime.combine(stage.facts["today"], time(), SHANGHAI))
    items = [
        {
            "item_id": line["item_id"],
            "outcome_codes": ["5" if has_problem else "1"],
            "findings": [PROBLEM | {"discretion": CHOSEN}] if has_problem else [],
        }
        for line in sheet["items"]
    ]
    return {
        "method": "on_site",
        "place": "登记住所",
        "started_at": started.isoformat(),
        "ended_at": ended.isoformat(),
        "concluded_on": stage.facts["today"].isoformat(),
        "officers_present": part["inspector_ids"],
        "outcome": "done",
        "items": items,
    }
