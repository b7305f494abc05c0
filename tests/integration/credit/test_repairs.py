"""Credit repair from application to effect (C6), and the page that shows how it stands (B6)."""

from __future__ import annotations

from datetime import date
from typing import Any

import asyncpg

from services.credit.usecases.rebuild import rebuild
from shared.runtime.principal import Principal
from shared.values.calendar_data import OFFICIAL_CALENDAR
from tests.builders.credit import LISTED, a_finding, a_result, published
from tests.builders.people import a_reviewer, the_joint_office
from tests.integration.credit.conftest import CreditDistrict, a_client

RULING = {
    "grant": True,
    "document_no": "孟市监信修字〔2026〕8号",
    "authority": "洛阳市孟津区市场监督管理局",
    "on": "2026-11-24",
    "reason": "已履行义务并纠正违法行为",
}


async def post(here: CreditDistrict, who: Principal, path: str, body: dict[str, Any]) -> Any:
    async with here.credit.client(who) as client:
        return await client.post(path, json=body)


async def an_application(here: CreditDistrict, who: Principal, **target: Any) -> Any:
    async with here.credit.client(who) as client:
        file = await client.post("/v1/repair-files", content=b"%PDF- report")
        evidence = [{"name": "整改情况报告.pdf", "digest": file.json()["digest"]}]
        body = {"uscc": here.entities[0].uscc, "grounds": "已履行义务", "evidence": evidence}
        return await client.post("/v1/repairs", json=body | target)


async def an_entry(here: CreditDistrict) -> dict[str, Any]:
    await here.hear(published(a_result(here.entities[0], outcome_codes=["6"], listing=LISTED)))
    (entry,) = (await here.get(the_joint_office(here.district), "/v1/listings")).json()["items"]
    found: dict[str, Any] = entry
    return found


async def test_a_granted_repair_takes_off_the_list_lifts_the_flags_and_tells_it(here: CreditDistrict) -> None:
    """C6: decided by the body that decided, by another person than accepted; effect on score, flags and publicity."""
    entry, firm = await an_entry(here), here.entities[0]
    counter, decider = a_reviewer(district=here.district), a_reviewer(district=here.district)
    made = await an_application(here, counter, kind="listing", listing_id=entry["listing_id"])
    assert (made.status_code, made.json()["state_name"]) == (201, "已申请，待受理")
    path = f"/v1/repairs/{made.json()['repair_id']}"
    accepted = (await post(here, counter, f"{path}/acceptance", {"accept": True})).json()
    on = date.fromisoformat(accepted["acted_at"][:10])
    assert accepted["due_on"] == str(OFFICIAL_CALENDAR.deadline(on, 15).on)
    alone = await post(here, counter, f"{path}/decision", RULING)
    assert (alone.status_code, alone.json()["code"]) == (403, "credit.repair_second_person")
    assert (await post(here, decider, f"{path}/decision", RULING)).json()["state_name"] == "准予修复"
    asker = a_client(here.district)
    checks = [
        (await here.get(asker, f"/v1/entities/{firm.uscc}/restrictions", area="honours", on=on)).json()["restricted"]
        for on in ("2026-11-23", "2026-11-24")
    ]
    assert checks == [True, False]
    (decided,) = [body for kind, body in await here.told() if kind == "credit.repair.decided.v1"]
    assert (decided["granted"], decided["stops_publicity"], decided["listing_id"]) == (True, True, entry["listing_id"])
    again = await post(here, decider, f"{path}/decision", RULING)
    assert (again.status_code, again.json()["code"]) == (409, "credit.repair_not_in")


async def test_a_repaired_fact_stays_in_the_archive_and_weighs_nothing(here: CreditDistrict) -> None:
    """C6, B7: the score is that without its points; the journal rebuilds it."""
    firm, office = here.entities[0], the_joint_office(here.district)
    result = a_result(firm, findings=[a_finding("B", severity=4)])
    await here.hear(published(result))
    before = (await here.get(office, f"/v1/entities/{firm.uscc}/credit-record")).json()
    who = a_reviewer(district=here.district)
    made = (await an_application(here, who, kind="fact", source="results", key=str(result.result_id))).json()
    path = f"/v1/repairs/{made['repair_id']}"
    await post(here, who, f"{path}/acceptance", {"accept": True})
    assert (await post(here, a_reviewer(district=here.district), f"{path}/decision", RULING)).status_code == 200
    after = (await here.get(office, f"/v1/entities/{firm.uscc}/credit-record")).json()
    assert (before["score"], after["score"], after["credit_class"]) == (320, 0, "A")
    history = (await here.get(office, f"/v1/entities/{firm.uscc}/history", page_size=200)).json()["items"]
    assert {line["reason"] for line in history if line["kind"] == "reversal"} == {"信用修复（孟市监信修字〔2026〕8号）"}
    anew = await an_application(here, who, kind="fact", source="results", key=str(result.result_id))
    assert (anew.status_code, anew.json()["code"]) == (409, "credit.repair_not_open")
    owner = await asyncpg.connect(here.credit.platform.database_url("credit", "owner"))
    done = await rebuild(owner, swap=False)
    await owner.close()
    assert done.is_same, done.told()


async def test_the_applicant_sees_how_it_stands_and_nothing_personal(here: CreditDistrict) -> None:
    """B6: a status page by the application's number."""
    entry, counter = await an_entry(here), a_reviewer(district=here.district)
    made = (await an_application(here, counter, kind="listing", listing_id=entry["listing_id"])).json()
    nobody = Principal("anonymous", here.district)
    path = f"/v1/repairs/{made['repair_id']}"
    shown = await here.get(nobody, f"{path}/status")
    assert (shown.json()["state_name"], shown.json()["due_on"]) == ("已申请，待受理", made["due_on"])
    assert counter.subject not in shown.text
    assert (await here.get(nobody, path)).status_code == 404
    refused = {"accept": False, "reason": "材料不齐全"}
    await post(here, counter, f"{path}/acceptance", refused)
    steps = (await here.get(nobody, f"{path}/status")).json()["steps"]
    assert [step["state_name"] for step in steps] == ["已申请，待受理", "不予受理"]


async def test_a_refused_repair_changes_nothing(here: CreditDistrict) -> None:
    entry, who = await an_entry(here), a_reviewer(district=here.district)
    made = (await an_application(here, who, kind="listing", listing_id=entry["listing_id"])).json()
    path = f"/v1/repairs/{made['repair_id']}"
    await post(here, who, f"{path}/acceptance", {"accept": True})
    no = await post(here, a_reviewer(district=here.district), f"{path}/decision", RULING | {"grant": False})
    assert no.json()["state"] == "refused"
    firm = here.entities[0]
    answer = await here.get(a_client(here.district), f"/v1/entities/{firm.uscc}/restrictions", area="bidding")
    assert answer.json()["restricted"]
    (told,) = [body for kind, body in await here.told() if kind == "credit.repair.decided.v1"]
    assert (told["granted"], told["stops_publicity"]) == (False, False)


async def test_who_may_apply_for_what(here: CreditDistrict) -> None:
    """C6: at the body that decided, once at a time, with evidence that is there."""
    entry, who = await an_entry(here), a_reviewer(district=here.district)
    target = {"kind": "listing", "listing_id": entry["listing_id"]}
    other = await an_application(here, a_reviewer("YJJ", here.district), **target)
    assert (other.status_code, other.json()["code"]) == (403, "credit.repair_of_others")
    bare = {"uscc": here.entities[0].uscc, "grounds": "已履行", "evidence": [], **target}
    assert (await post(here, who, "/v1/repairs", bare)).json()["code"] == "credit.evidence_missing"
    absent = bare | {"evidence": [{"name": "报告", "digest": "0" * 64}]}
    assert (await post(here, who, "/v1/repairs", absent)).json()["code"] == "credit.evidence_file_missing"
    assert (await an_application(here, the_joint_office(here.district), **target)).status_code == 201
    twice = await an_application(here, who, **target)
    assert (twice.status_code, twice.json()["code"]) == (409, "credit.repair_under_way")
    nothing = await an_application(here, who, kind="fact", source="results", key="none")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "credit.repair_target_unknown")
    (listed,) = (await here.get(who, "/v1/repairs", state="applied", kind="listing")).json()["items"]
    path = f"/v1/repairs/{listed['repair_id']}/evidence"
    file = await here.get(who, f"{path}/{listed['evidence'][0]['digest']}")
    assert (file.content, file.headers["content-type"]) == (b"%PDF- report", "application/octet-stream")
    assert (await here.get(who, f"{path}/{'0' * 64}")).json()["code"] == "credit.evidence_unknown"
    assert (await here.get(a_reviewer("YJJ", here.district), f"{path}/{'0' * 64}")).status_code == 404
