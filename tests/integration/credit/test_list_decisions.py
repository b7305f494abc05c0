"""Decisions on lists by two officers, and what executing departments report of the flags (C3, C4)."""

from __future__ import annotations

from typing import Any

import asyncpg

from services.credit.usecases.rebuild import rebuild
from shared.runtime.principal import Principal
from tests.builders.credit import LISTED, a_result, published
from tests.builders.people import a_department_admin, a_reviewer, an_auditor, an_inspector, the_joint_office
from tests.integration.credit.conftest import CreditDistrict, a_client

AREA = "government_procurement"


def an_entry(here: CreditDistrict, **changed: Any) -> dict[str, Any]:
    entry = {
        "uscc": here.entities[0].uscc,
        "list_code": "serious_violations",
        "ground": "销售不符合保障人体健康标准的产品，情节严重",
        "document_no": "孟市监严列字〔2026〕3号",
        "authority": "洛阳市孟津区市场监督管理局",
        "on": "2026-11-20",
        "consent": {"authority": "河南省市场监督管理局", "document_no": "豫市监信函〔2026〕31号"},
    }
    return {name: value for name, value in (entry | changed).items() if value is not None}


async def post(here: CreditDistrict, who: Principal, path: str, body: dict[str, Any]) -> Any:
    async with here.credit.client(who) as client:
        return await client.post(path, json=body)


async def listed(here: CreditDistrict, **changed: Any) -> dict[str, Any]:
    """An entry proposed by one reviewer and approved by another; the entry as it is listed."""
    proposal = await post(here, a_reviewer(district=here.district), "/v1/listing-proposals", an_entry(here, **changed))
    assert proposal.status_code == 201, proposal.text
    path = f"/v1/listing-proposals/{proposal.json()['proposal_id']}/decision"
    decided = await post(here, a_reviewer(district=here.district), path, {"approve": True, "reason": "同意"})
    assert decided.json()["state_name"] == "已作出"
    found: list[dict[str, Any]] = (await here.get(the_joint_office(here.district), "/v1/listings")).json()["items"]
    return found[0]


async def restricted(here: CreditDistrict, on: str) -> bool:
    path = f"/v1/entities/{here.entities[0].uscc}/restrictions"
    answer = (await here.get(a_client(here.district), path, area=AREA, on=on)).json()
    return bool(answer["restricted"])


async def test_a_second_officer_makes_the_decision_and_list_flags_and_class_follow(here: CreditDistrict) -> None:
    """C3, C4: a decision from outside of results; 豫市监办〔2022〕100号: 严重失信主体名单 gives class D."""
    entry = await listed(here)
    office, firm = the_joint_office(here.district), here.entities[0]
    assert (entry["list_code"], entry["state"], entry["uscc"]) == ("serious_violations", "entered", firm.uscc)
    record = (await here.get(office, f"/v1/entities/{firm.uscc}/credit-record")).json()
    assert record["credit_class"] == "D"
    assert await restricted(here, "2026-11-24")
    told = [kind for kind, _ in await here.told()]
    assert told.count("credit.flag.raised.v1") == 4
    assert told.count("credit.listing.entered.v1") == 1


async def test_nobody_approves_what_he_prepared_and_no_other_department_does(here: CreditDistrict) -> None:
    """C3: two persons of the one department that decides."""
    first = a_reviewer(district=here.district)
    path = "/v1/listing-proposals"
    proposal = (await post(here, first, path, an_entry(here))).json()["proposal_id"]
    alone = await post(here, first, f"{path}/{proposal}/decision", {"approve": True})
    assert (alone.status_code, alone.json()["code"]) == (403, "credit.second_person_needed")
    for other in (a_reviewer("YJJ", here.district), the_joint_office(here.district)):
        refused = await post(here, other, f"{path}/{proposal}/decision", {"approve": True})
        assert refused.status_code == 404
    assert (await here.get(the_joint_office(here.district), "/v1/listings")).json()["items"] == []


async def test_a_rejected_decision_changes_nothing_and_is_not_decided_twice(here: CreditDistrict) -> None:
    path = "/v1/listing-proposals"
    proposal = (await post(here, a_reviewer(district=here.district), path, an_entry(here))).json()["proposal_id"]
    second = a_department_admin(district=here.district)
    no = await post(here, second, f"{path}/{proposal}/decision", {"approve": False, "reason": "情节不严重"})
    again = await post(here, second, f"{path}/{proposal}/decision", {"approve": True})
    assert (no.json()["state"], again.status_code, again.json()["code"]) == (
        "rejected",
        409,
        "credit.list_proposal_decided",
    )
    assert not await restricted(here, "2026-11-24")
    shown = (await here.get(second, path, state="rejected")).json()["items"]
    assert [(one["proposal_id"], one["reason"]) for one in shown] == [(proposal, "情节不严重")]


async def test_what_the_rule_forbids_is_refused_when_it_is_prepared(here: CreditDistrict) -> None:
    """C3: the superior's consent, the day, the list, the role."""
    who, path = a_reviewer(district=here.district), "/v1/listing-proposals"
    codes = {
        "credit.consent_needed": an_entry(here, consent=None),
        "credit.decision_in_future": an_entry(here, on="2999-01-01"),
        "credit.term_malformed": an_entry(here, ends_on="2026-11-01"),
        "credit.list_unknown": an_entry(here, list_code="grey_list"),
        "credit.listing_incomplete": an_entry(here, document_no="　 "),
    }
    for code, body in codes.items():
        refused = await post(here, who, path, body)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert (await post(here, an_inspector(district=here.district), path, an_entry(here))).status_code == 403
    assert (
        await post(here, who, path, an_entry(here, list_code="abnormal_operations", consent=None))
    ).status_code == 201


async def test_a_removal_ends_the_measures_from_its_day_on(here: CreditDistrict) -> None:
    """C4: removal of the entry must end the measure; an entry of a result is ended by its department too."""
    firm = here.entities[0]
    await here.hear(published(a_result(firm, outcome_codes=["6"], listing=LISTED)))
    (entry,) = (await here.get(the_joint_office(here.district), "/v1/listings")).json()["items"]
    ending = {
        "kind": "removal",
        "reason": "已恢复联系",
        "document_no": "孟市监异移字〔2026〕5号",
        "authority": LISTED.authority,
        "on": "2026-11-23",
    }
    path = f"/v1/listings/{entry['listing_id']}/ending-proposals"
    other = await post(here, a_reviewer("YJJ", here.district), path, ending)
    assert (other.status_code, other.json()["code"]) == (409, "credit.listing_of_others")
    early = await post(here, a_reviewer(district=here.district), path, ending | {"on": "2026-11-19"})
    assert (early.status_code, early.json()["code"]) == (422, "credit.ending_before_entry")
    proposal = (await post(here, a_reviewer(district=here.district), path, ending)).json()["proposal_id"]
    decision = f"/v1/listing-proposals/{proposal}/decision"
    assert (await post(here, a_reviewer(district=here.district), decision, {"approve": True})).status_code == 200
    assert [await restricted(here, day) for day in ("2026-11-22", "2026-11-23")] == [True, False]
    again = await post(here, a_reviewer(district=here.district), path, ending)
    assert (again.status_code, again.json()["code"]) == (409, "credit.listing_not_open")
    lifted = [body for kind, body in await here.told() if kind == "credit.flag.lifted.v1"]
    assert len(lifted) == 4
    assert {body["reason"] for body in lifted} == {"已恢复联系（孟市监异移字〔2026〕5号）"}


async def test_an_annulled_entry_counts_as_if_never_and_the_journal_rebuilds_it_all(here: CreditDistrict) -> None:
    """C3, B7, REL7: decisions of officers are inputs of the journal like any other."""
    entry = await listed(here)
    firm, office = here.entities[0], the_joint_office(here.district)
    await listed(here, uscc=here.entities[1].uscc)
    path = f"/v1/listings/{entry['listing_id']}/ending-proposals"
    body = {
        "kind": "annulment",
        "reason": "决定被撤销",
        "document_no": "孟市监撤字〔2026〕1号",
        "authority": entry["authority"],
        "on": "2026-11-24",
    }
    proposal = (await post(here, a_reviewer(district=here.district), path, body)).json()["proposal_id"]
    decision = f"/v1/listing-proposals/{proposal}/decision"
    assert (await post(here, a_reviewer(district=here.district), decision, {"approve": True})).status_code == 200
    assert not await restricted(here, "2026-11-22")
    record = (await here.get(office, f"/v1/entities/{firm.uscc}/credit-record")).json()
    assert (record["credit_class"], record["score"]) == ("A", 0)
    owner = await asyncpg.connect(here.credit.platform.database_url("credit", "owner"))
    done = await rebuild(owner, swap=False)
    await owner.close()
    assert done.is_same, done.told()


async def test_executing_departments_report_search_and_export_what_they_did(here: CreditDistrict) -> None:
    """C4 (执行反馈): bound to a flag and its term; each department sees its own, the joint office all."""
    await listed(here)
    firm, office = here.entities[0], the_joint_office(here.district)
    flags = (await here.get(office, f"/v1/entities/{firm.uscc}/flags")).json()["items"]
    flag = next(one for one in flags if one["area"] == AREA)
    report = {
        "uscc": firm.uscc,
        "flag_id": flag["flag_id"],
        "outcome": "carried_out",
        "taken_on": "2026-11-22",
        "text": "取消其参加本项目投标的资格",
    }
    finance = a_department_admin("CZJ", here.district)
    path = "/v1/measure-feedbacks"
    assert (await post(here, finance, path, report)).status_code == 201
    early = await post(here, finance, path, report | {"taken_on": "2026-11-01"})
    assert (early.status_code, early.json()["code"]) == (422, "credit.feedback_outside_term")
    nobody = await post(here, finance, path, report | {"flag_id": flag["listing_id"]})
    assert nobody.status_code == 404
    for reader, seen in (
        (finance, 1),
        (office, 1),
        (an_auditor(here.district), 1),
        (a_reviewer("YJJ", here.district), 0),
    ):
        assert len((await here.get(reader, path)).json()["items"]) == seen
    found = (await here.get(office, path, area=AREA, q=firm.name[:6], outcome="carried_out")).json()["items"]
    assert [(one["outcome_name"], one["department"]) for one in found] == [("已执行", "CZJ")]
    assert (await here.get(office, path, area="bidding")).json()["items"] == []
    sheet = (await here.get(office, f"{path}/export", format="csv")).content.decode("utf-8-sig").splitlines()
    assert sheet[0].startswith("统一社会信用代码,名称,惩戒领域")
    assert sheet[1].startswith(f"{firm.uscc},{firm.name},{AREA},CJ-ZFCG-01,CZJ,已执行,2026-11-22")
