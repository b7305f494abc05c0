"""The catalogue of measures: outside the national base list no measure, a next version by two persons (C4)."""

from __future__ import annotations

from typing import Any

from shared.runtime.principal import Principal
from tests.builders.credit import LISTED, a_result, published
from tests.builders.people import a_department_admin, the_joint_office
from tests.integration.credit.conftest import CreditDistrict, a_client


async def post(here: CreditDistrict, who: Principal, path: str, body: dict[str, Any]) -> Any:
    async with here.credit.client(who) as client:
        return await client.post(path, json=body)


async def the_next(here: CreditDistrict) -> dict[str, Any]:
    """The version in force as a body to propose, with one more area and measure."""
    body: dict[str, Any] = (await here.get(the_joint_office(here.district), "/v1/measure-catalogues/current")).json()
    body.pop("version")
    body["areas"].append({"code": "fiscal_funds", "name": "财政性资金项目"})
    body["measures"].append(
        {
            "code": "CJ-CZZJ-01",
            "name": "限制申请财政性资金项目",
            "area": "fiscal_funds",
            "legal_basis": "《全国失信惩戒措施基础清单》",
            "executing_department": "财政部门",
            "term_months": 12,
            "lists": ["abnormal_operations"],
            "base_item": "restrict_fiscal_funds",
        }
    )
    return body | {"note": "增加财政性资金项目"}


async def test_a_version_put_in_force_by_a_second_person_raises_flags_from_then_on(here: CreditDistrict) -> None:
    """C4: flags that stand stay as they were; B7: the answer names the version."""
    first, second = here.entities[:2]
    await here.hear(published(a_result(first, outcome_codes=["6"], listing=LISTED)))
    proposer, path = the_joint_office(here.district), "/v1/measure-proposals"
    proposal = (await post(here, proposer, path, await the_next(here))).json()["proposal_id"]
    alone = await post(here, proposer, f"{path}/{proposal}/decision", {"accept": True})
    assert (alone.status_code, alone.json()["code"]) == (403, "credit.same_person")
    decided = await post(here, the_joint_office(here.district), f"{path}/{proposal}/decision", {"accept": True})
    assert (decided.status_code, decided.json()["version"]) == (200, 2)
    await here.hear(published(a_result(second, outcome_codes=["6"], listing=LISTED)))
    restricted = []
    for firm in (first, second):
        answer = await here.get(a_client(here.district), f"/v1/entities/{firm.uscc}/restrictions", area="fiscal_funds")
        restricted.append((answer.json()["restricted"], answer.json()["measure_version"]))
    assert restricted == [(False, 2), (True, 2)]
    before = (await here.get(proposer, "/v1/measure-catalogues/1")).json()
    assert len(before["measures"]) == 4
    shown = (await here.get(proposer, f"{path}/{proposal}")).json()
    assert (shown["proposal"]["state_name"], len(shown["catalogue"]["measures"])) == ("已启用", 5)


async def test_a_measure_outside_the_base_list_is_refused(here: CreditDistrict) -> None:
    """C4: 清单之外不得设立."""
    body = await the_next(here)
    body["measures"][-1]["base_item"] = "shaming"
    refused = await post(here, the_joint_office(here.district), "/v1/measure-proposals", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "credit.measure_outside_base_list")
    assert "全国失信惩戒措施基础清单" in refused.json()["detail"]


async def test_what_flags_may_name_is_not_taken_out_of_the_catalogue(here: CreditDistrict) -> None:
    body = await the_next(here)
    gone = body["measures"].pop(0)
    refused = await post(here, the_joint_office(here.district), "/v1/measure-proposals", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "credit.measure_catalogue_invalid")
    assert gone["code"] in refused.json()["detail"]
    admin = await post(here, a_department_admin(district=here.district), "/v1/measure-proposals", await the_next(here))
    assert admin.status_code == 403


async def test_a_proposal_on_an_older_version_is_outdated(here: CreditDistrict) -> None:
    path, office = "/v1/measure-proposals", the_joint_office(here.district)
    late = (await post(here, office, path, await the_next(here))).json()["proposal_id"]
    other = (await post(here, office, path, await the_next(here))).json()["proposal_id"]
    decider = the_joint_office(here.district)
    assert (await post(here, decider, f"{path}/{other}/decision", {"accept": True})).status_code == 200
    refused = await post(here, decider, f"{path}/{late}/decision", {"accept": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "credit.proposal_outdated")
