"""Joint visits, results by the officers drawn, review, publication, correction (R1, R2, R6, R7, C3)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import Any

from demo.story.accounts import JOINT, OFFICE, DemoAccount, open_accounts_together, reviewer
from demo.story.stage import Stage
from shared.runtime.unit_of_work import SHANGHAI

ROOT = "/api/results/v1"
CLEAN, UNREACHABLE = "1", "6"
PROBLEMS = {
    "scjg": ("B", "价格公示牌缺少计价单位"),
    "wjw": ("5", "卫生许可证未在醒目位置公示"),
    "rsj": ("E", "劳动合同未存档"),
}
EVERY_THIRD = 3
NATS_DOWN, CREDIT_DEAF = "nats-down-at-publication", "credit-consumer-stopped"
FAULTS = (NATS_DOWN, CREDIT_DEAF)
"""Faults the story can play: the broker away while results are published; credit not consuming from then on."""
LISTING_YEARS = 3


async def open_visits(stage: Stage) -> None:
    """The visits arrive by event; every department's two officers are drawn, certified and not recused."""
    with stage.step("results.visits", "检查任务经事件到达，每部门两名执法人员"):
        task_id = stage.facts["task"]["task_id"]
        drawn = len(set(stage.facts["drawn"]))

        async def arrived() -> Any:
            found = await stage.read(OFFICE, f"{ROOT}/visits", task=task_id, page_size=200)
            return found["items"] if len(found["items"]) == drawn else None

        visits = await stage.until(f"{drawn} 个检查任务", arrived)
        teams = {(visit["visit_id"], part["department"]): part for visit in visits for part in visit["parts"]}
        for (_, department), part in teams.items():
            stage.equal(len(set(part["inspector_ids"])), 2, f"{department} 的执法人员数")
        stage.equal(len(teams), drawn * len(JOINT), "部门检查数")
        stage.facts["visits"] = visits
        people = {person: part["department"] for _, part in sorted(teams.items()) for person in part["inspector_ids"]}
        end = (stage.facts["today"] + timedelta(days=30)).isoformat()
        accounts: list[tuple[DemoAccount, str | None]] = []
        for number, (person, department) in enumerate(people.items(), start=1):
            inspector = await stage.read(OFFICE, f"/api/registry/v1/inspectors/{person}")
            stage.check(inspector["valid_until"] >= end, f"{person} 的执法证在检查期内到期")
            stage.equal(inspector["department"], department, f"{person} 的部门")
            stage.facts.setdefault("logins", {})[person] = login = f"inspector.{number:03d}"
            accounts.append((DemoAccount(login, inspector["name"], department, ("inspector",)), person))
        await open_accounts_together(stage, accounts)
        stage.note(f"{drawn} 次上门，{len(people)} 名执法人员")


def login_of(stage: Stage, part: dict[str, Any]) -> str:
    login: str = stage.facts["logins"][part["inspector_ids"][0]]
    return login


async def refuse_outsider(stage: Stage) -> None:
    """R1: nobody but those assigned records."""
    visits = stage.facts["visits"]
    with stage.step("results.outsider", "未被抽中的执法人员不能录入"):
        first = visits[0]["parts"][0]
        outsider = next(
            person
            for visit in visits
            for part in visit["parts"]
            for person in part["inspector_ids"]
            if part["department"] == first["department"] and person not in first["inspector_ids"]
        )
        http = await stage.sign_in(stage.facts["logins"][outsider])
        body = record_body(stage, visits[0], first, 1)
        answer = await http.post(f"{ROOT}/visits/{visits[0]['visit_id']}/records", json=body, headers=stage.key())
        stage.equal(answer.status_code, stage.expect.outsider_refusal, f"答复（{answer.text[:200]}）")
        stage.facts["listed_visit"] = await _to_be_listed(stage)
        stage.facts["results"] = {}


async def record_results(stage: Stage) -> None:
    """R1: those assigned record. One result carries a reviewed decision to list (C3)."""
    with stage.step("results.recorded", "逐项录入检查结果，提交审核"):
        results: dict[str, str] = stage.facts["results"]
        problems = 0
        for number, visit in enumerate(stage.facts["visits"]):
            if visit is stage.facts["whole_visit"]:
                continue
            for part in visit["parts"]:
                body = record_body(stage, visit, part, number)
                path = f"{ROOT}/visits/{visit['visit_id']}/records"
                made = await stage.act(login_of(stage, part), path, body, status=201)
                done = await stage.act(login_of(stage, part), f"{ROOT}/results/{made['result_id']}/submission")
                stage.equal(done["state"], "submitted", "检查结果的状态")
                stage.check(done["due_on"] is not None, "公示期限")
                results[made["result_id"]] = login_of(stage, part)
                problems += any(item["findings"] for item in body["items"])
                if visit is stage.facts["listed_visit"] and body["listing"]:
                    stage.facts["listed_result"] = made["result_id"]
        stage.check(problems > 0, "没有发现任何问题")
        stage.note(f"{len(results)} 个结果，{problems} 个有问题")


async def _to_be_listed(stage: Stage) -> Any:
    """A visit to a firm with a code, to be listed by the market regulator."""
    for visit in stage.facts["visits"]:
        entity = await stage.read(OFFICE, f"/api/registry/v1/entities/{visit['entity_id']}")
        if entity["uscc"]:
            stage.facts["listed_uscc"] = entity["uscc"]
            today = stage.facts["today"]
            stage.facts["listing"] = {
                "list_code": "abnormal_operations",
                "ground": "通过登记的住所（经营场所）无法联系",
                "document_no": f"孟市监异列字〔{today.year}〕1号",
                "authority": "洛阳市孟津区市场监督管理局",
                "decided_on": today.isoformat(),
                "ends_on": today.replace(year=today.year + LISTING_YEARS).isoformat(),
            }
            return visit
    raise ValueError("抽中的对象都没有统一社会信用代码")


def record_body(stage: Stage, visit: dict[str, Any], part: dict[str, Any], number: int) -> dict[str, Any]:
    """What the officers write: each item has an outcome; every third visit has problems."""
    department = part["department"]
    is_listed = visit is stage.facts.get("listed_visit") and department == "scjg"
    code, text = PROBLEMS[department]
    if is_listed:
        code, text = UNREACHABLE, "两次上门及电话均无法联系，邮寄文书退回"
    has_problem = is_listed or number % EVERY_THIRD == 0
    items = [
        {
            "item_id": item["item_id"],
            "item_name": item["name"],
            "outcome_codes": [code if has_problem else CLEAN],
            "findings": [{"outcome_code": code, "text": text, "severity": 5 if is_listed else 3}]
            if has_problem
            else [],
        }
        for item in stage.facts["items"][department]
    ]
    # Begun and ended today, however early in the day the story is played.
    ended = datetime.now(UTC) - timedelta(seconds=1)
    started = max(ended - timedelta(minutes=30), datetime.combine(stage.facts["today"], time(), SHANGHAI))
    return {
        "method": "on_site",
        "place": "登记住所",
        "started_at": started.isoformat(),
        "ended_at": ended.isoformat(),
        "concluded_on": stage.facts["today"].isoformat(),
        "officers_present": part["inspector_ids"],
        "outcome": "done",
        "items": items,
        "listing": stage.facts["listing"] if is_listed else None,
    }


async def review_and_publish(stage: Stage) -> None:
    with stage.step("results.reviewed", "审核：录入人不能审核自己的结果"):
        department_of = {
            part["result_id"]: part["department"] for visit in stage.facts["visits"] for part in visit["parts"]
        }
        for result_id, login in stage.facts["results"].items():
            if result_id == stage.facts["listed_result"]:
                http = await stage.sign_in(login)
                own = await http.post(
                    f"{ROOT}/results/{result_id}/review", json={"decision": "approved"}, headers=stage.key()
                )
                stage.equal(own.status_code, 403, "录入人审核自己的结果")
            body = {"decision": "approved", "opinion": "事实清楚，同意公示"}
            await stage.act(reviewer(department_of[result_id]), f"{ROOT}/results/{result_id}/review", body)
    await _note_classes(stage)
    with stage.step("results.published", "由检查人员公示检查结果"):
        if stage.fault == NATS_DOWN:
            stage.machinery.stop_process("nats")
        if stage.fault == CREDIT_DEAF:
            stage.machinery.restart_with("credit", {"CREDIT_CONSUME": "false"})
        for result_id, login in stage.facts["results"].items():
            published = await stage.act(login, f"{ROOT}/results/{result_id}/publication")
            stage.equal(published["state"], "published", "检查结果的状态")
        if stage.fault == NATS_DOWN:
            stage.machinery.start_process("nats")
        public = await stage.read(OFFICE, f"{ROOT}/results/{stage.facts['listed_result']}/public")
        stage.check(public["result"]["listing"] is not None, "公示内容缺少列入决定")
        stage.note(f"{len(stage.facts['results'])} 个结果")


async def _note_classes(stage: Stage) -> None:
    """What the classes were before publication, and how many results each firm will have."""
    stage.facts["published_of"] = Counter(visit["entity_id"] for visit in stage.facts["visits"] for _ in visit["parts"])
    stage.facts["classes_before"] = {}
    for entity_id in stage.facts["published_of"]:
        record = await stage.read(OFFICE, f"/api/credit/v1/entities/{entity_id}/credit-record")
        stage.facts["classes_before"][entity_id] = record["credit_class"]


async def correct(stage: Stage) -> None:
    """R6: a new public version without the decision takes the place of the first, which stays."""
    with stage.step("results.corrected", "更正公示结果：撤销列入决定，旧版本保留"):
        result_id = stage.facts["listed_result"]
        body = {"reason": "复核查明企业已在检查前依法变更住所", "listing": None}
        corrected = await stage.act(reviewer("scjg"), f"{ROOT}/results/{result_id}/corrections", body)
        stage.equal(corrected["public_version"], 2, "公示版本")
        versions = await stage.read(OFFICE, f"{ROOT}/results/{result_id}/versions")
        listed = versions["items"] if isinstance(versions, dict) else versions
        stage.equal(len(listed), 2, "公示版本数")
