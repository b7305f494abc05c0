"""Credit: facts in, classes out; later the flag, its answer to other systems, and its end (C1–C5, K1)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from demo.story.accounts import OFFICE, PEER, PEER_SECRET
from demo.story.stage import Stage

AREA = "government_procurement"
SECONDS, SECONDS_AFTER_FAULT = 10, 30
"""How long the chain from publication to flag may take: healthy, and after the last fault ended (REL2)."""
BUSINESSES = ("enterprise", "individual_business", "cooperative")


async def import_facts(stage: Stage) -> None:
    """K1: facts with source and date give classes; registry hears them by event."""
    with stage.step("credit.facts", "导入信用信息，评定信用风险等级"):
        last = stage.district.entities[-1]
        with_code = [entity for entity in stage.district.entities if entity.uscc]
        http = await stage.sign_in(OFFICE)

        async def credit_knows() -> bool:
            answer = await http.get(f"/api/credit/v1/entities/{with_code[-1].uscc}/credit-record")
            return answer.status_code == 200

        await stage.until(f"信用服务收到检查对象（{last.name}）", credit_knows, 60)
        report = await stage.upload(OFFICE, "/api/credit/v1/fact-imports", stage.files / "credit_facts.csv", "text/csv")
        stage.equal(report["rejected"], 0, f"未记入的信用信息（{report['problems'][:2]}）")
        stage.equal(report["accepted"], len(stage.district.credit_facts), "记入的信用信息")
        stage.note(f"{report['accepted']} 条，评定 {report['entities_rated']} 个对象")
    with stage.step("credit.classes", "等级经事件回到名录库"):
        rated = len({fact.entity_no for fact in stage.district.credit_facts})
        stage.facts["classes"] = await stage.until("全部等级回到名录库", lambda: _all_classes(stage, rated), 60)
        shares = {name: count / rated for name, count in stage.facts["classes"].items()}
        stage.check(shares["A"] > shares["B"] > shares["C"] > shares["D"] > 0, f"等级分布异常：{shares}")
        stage.note("，".join(f"{name} {share:.1%}" for name, share in shares.items()))


async def _all_classes(stage: Stage, rated: int) -> dict[str, int] | None:
    library = stage.facts.get("all_businesses")
    if library is None:
        body = {"name": "全部市场主体", "conditions": {"all": [{"field": "kind", "in": list(BUSINESSES)}]}}
        library = await stage.act(OFFICE, "/api/registry/v1/libraries", body, status=201)
        stage.facts["all_businesses"] = library
    counts = await stage.read(OFFICE, f"/api/registry/v1/libraries/{library['id']}/counts")
    classes: Counter[str] = Counter(counts["by_class"])
    known = {name: classes[name] for name in "ABCD"}
    return known if sum(known.values()) + counts["excluded"] >= rated else None


async def restriction(stage: Stage, uscc: str) -> Any:
    """What the procurement platform hears when it asks as itself."""
    http = await stage.sign_in_system(PEER, PEER_SECRET)
    answer = await http.get(
        f"/api/credit/v1/entities/{uscc}/restrictions", params={"area": AREA, "on": _today(stage).isoformat()}
    )
    stage.equal(answer.status_code, 200, f"查询限制（{answer.text[:200]}）")
    return answer.json()


def _today(stage: Stage) -> date:
    today: date = stage.facts["today"]
    return today


async def flag_is_raised(stage: Stage) -> None:
    """C3–C5: the reviewed decision in the published result listed the firm; nobody did anything more."""
    with stage.step("credit.flag", "公示的列入决定触发联合惩戒标记，其他系统查询得到答复"):
        uscc = stage.facts["listed_uscc"]

        async def asked() -> Any:
            found = await restriction(stage, uscc)
            return found if found["restricted"] == stage.expect.restricted else None

        seconds = SECONDS if stage.fault is None else SECONDS_AFTER_FAULT
        found = await stage.until(f"{uscc} 在政府采购领域的限制为 {stage.expect.restricted}", asked, seconds)
        cause = found["restrictions"][0]
        stage.equal(cause["ground"], stage.facts["listing"]["ground"], "限制的事由")
        stage.equal(cause["document_no"], stage.facts["listing"]["document_no"], "限制的文号")
        stage.equal(cause["ends_on"], stage.facts["listing"]["ends_on"], "限制的期限")
        kept = await (await stage.sign_in_system(PEER, PEER_SECRET)).get(
            f"/api/credit/v1/restriction-answers/{found['answer_id']}"
        )
        stage.equal(kept.status_code, 200, "留存的答复")
        stage.note(f"{found['restrictions'][0]['measure_name']}")


async def record_follows_result(stage: Stage) -> None:
    """C1: the credit record of every firm inspected has its result."""
    with stage.step("credit.records", "公示结果自动进入信用记录"):
        moved = 0
        for entity_id, before in stage.facts["classes_before"].items():

            async def entered(entity_id: str = entity_id) -> Any:
                record = await stage.read(OFFICE, f"/api/credit/v1/entities/{entity_id}/credit-record")
                own = [entry for entry in record["entries"] if entry["source"] == "results"]
                return record if len(own) >= stage.facts["published_of"][entity_id] else None

            record = await stage.until(f"{entity_id} 的信用记录", entered, 15)
            moved += record["credit_class"] != before
        stage.check(moved > 0, "没有任何检查对象的等级发生变化")
        stage.note(f"{len(stage.facts['classes_before'])} 个对象，{moved} 个等级变化")


async def flag_is_lifted(stage: Stage) -> None:
    """R6, C6: after the correction the flag is gone, and history shows both."""
    with stage.step("credit.flag_lifted", "更正后标记解除，历史两者俱在"):
        uscc = stage.facts["listed_uscc"]

        async def asked() -> Any:
            found = await restriction(stage, uscc)
            return True if found["restricted"] == stage.expect.restricted_after_correction else None

        await stage.until(f"{uscc} 的限制变为 {stage.expect.restricted_after_correction}", asked, 10)
        history = await stage.read(OFFICE, f"/api/credit/v1/entities/{uscc}/history", page_size=200)
        kinds = {line["kind"] for line in history["items"]}
        stage.check("listing_entered" in kinds and "flag_raised" in kinds, f"历史缺少列入或标记：{kinds}")
        stage.check(bool(kinds & {"flag_lifted", "flag_annulled"}), f"历史缺少标记的解除：{kinds}")
