"""What others may ask, and how credit says that it cannot answer (C5)."""

from __future__ import annotations

import base64
import hashlib
import json

from tests.builders.credit import LISTED, a_result, a_uscc, published
from tests.builders.people import an_auditor, an_inspector, the_joint_office
from tests.integration.credit.conftest import CreditDistrict, a_client


async def test_an_unknown_code_is_not_found_which_is_not_the_same_as_unrestricted(here: CreditDistrict) -> None:
    asker = a_client(here.district)
    path = f"/v1/entities/{a_uscc(888_888)}/restrictions"
    answer = await here.get(asker, path, area="bidding")
    assert (answer.status_code, answer.json()["code"]) == (404, "credit.entity_unknown")
    assert "名录库中没有" in answer.json()["detail"]


async def test_a_malformed_code_area_or_day_is_refused_with_its_reason(here: CreditDistrict) -> None:
    asker = a_client(here.district)
    firm = here.entities[0].uscc
    wrong_digit = f"/v1/entities/{a_uscc(1)[:-1]}*/restrictions"
    assert (await here.get(asker, wrong_digit, area="bidding")).status_code == 422
    area = await here.get(asker, f"/v1/entities/{firm}/restrictions", area="parking")
    assert (area.status_code, area.json()["code"]) == (422, "credit.area_unknown")
    day = await here.get(asker, f"/v1/entities/{firm}/restrictions", area="bidding", on="2026-13-01")
    assert day.status_code == 422
    later = await here.get(
        asker, f"/v1/entities/{firm}/restrictions", area="bidding", known_at="2999-01-01T00:00:00+08:00"
    )
    assert (later.status_code, later.json()["code"]) == (422, "credit.known_at_in_future")
    missing = await here.get(asker, f"/v1/entities/{firm}/restrictions")
    assert missing.status_code == 422


async def test_an_entity_is_found_by_its_id_too(here: CreditDistrict) -> None:
    asker, firm = a_client(here.district), here.entities[0]
    answer = (await here.get(asker, f"/v1/entities/{firm.entity_id}/restrictions", area="bidding")).json()
    assert (answer["restricted"], answer["uscc"], answer["restrictions"]) == (False, firm.uscc, [])


async def test_a_batch_answers_in_order_and_says_of_each_what_it_knows(here: CreditDistrict) -> None:
    """C5: up to 500."""
    listed, clean = here.entities[0], here.entities[1]
    await here.hear(published(a_result(listed, outcome_codes=["6"], listing=LISTED)))
    keys = [clean.uscc, a_uscc(888_888), "123", listed.uscc, str(listed.entity_id)]
    async with here.credit.client(a_client(here.district)) as client:
        client.event_hooks["request"].append(without_key)
        answer = await client.post(
            "/v1/restriction-checks",
            json={"checks": [{"uscc": key, "area": "honours", "on": "2026-11-24"} for key in keys]},
        )
    shown = answer.json()["answers"]
    assert answer.status_code == 200
    assert [one["key"] for one in shown] == keys
    assert [one["restricted"] for one in shown] == [False, None, None, True, True]
    assert [one["found"] for one in shown] == [True, False, False, True, True]
    assert shown[1]["problem"]["code"] == "credit.entity_unknown"
    assert shown[2]["problem"]["code"] == "uscc.invalid"
    assert shown[3]["restrictions"][0]["measure_code"] == "CJ-RYCH-01"


async def without_key(request: object) -> None:
    del request.headers["Idempotency-Key"]  # type: ignore[attr-defined]


async def test_a_batch_of_501_or_of_none_is_refused(here: CreditDistrict) -> None:
    check = {"uscc": here.entities[0].uscc, "area": "bidding"}
    async with here.credit.client(a_client(here.district)) as client:
        many = await client.post("/v1/restriction-checks", json={"checks": [check] * 501})
        none = await client.post("/v1/restriction-checks", json={"checks": []})
    assert (many.status_code, many.json()["code"]) == (422, "credit.too_many_questions")
    assert (none.status_code, none.json()["code"]) == (422, "credit.no_questions")


async def test_every_answer_is_kept_to_the_byte_and_shown_to_who_asked(here: CreditDistrict) -> None:
    asker, firm = a_client(here.district), here.entities[0]
    answer = await here.get(asker, f"/v1/entities/{firm.uscc}/restrictions", area="bidding", on="2026-11-24")
    answer_id = answer.json()["answer_id"]
    kept = (await here.get(asker, f"/v1/restriction-answers/{answer_id}")).json()
    digest = hashlib.sha256(answer.content).digest()
    assert kept["text"].encode() == answer.content
    assert kept["digest"] == digest.hex()
    assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    assert json.loads(kept["text"])["restricted"] is False
    other = await here.get(a_client(here.district), f"/v1/restriction-answers/{answer_id}")
    audit = await here.get(an_auditor(here.district), f"/v1/restriction-answers/{answer_id}")
    assert (other.status_code, audit.status_code) == (404, 200)


async def test_an_entity_without_facts_is_shown_as_u(here: CreditDistrict) -> None:
    answer = await here.get(the_joint_office(here.district), f"/v1/entities/{here.entities[2].uscc}/credit-record")
    shown = answer.json()
    assert (shown["credit_class"], shown["class_name"], shown["as_of"], shown["entries"]) == ("U", "未分类", None, [])


async def test_the_indicator_system_in_force_is_shown_with_its_basis(here: CreditDistrict) -> None:
    shown = (await here.get(the_joint_office(here.district), "/v1/indicator-systems/current")).json()
    assert "豫市监办〔2022〕100号" in shown["legal_basis"]
    assert [(band["credit_class"], band["starts_at"]) for band in shown["bands"]] == [
        ("A", 0),
        ("B", 200),
        ("C", 500),
        ("D", 750),
    ]


async def test_listings_are_filtered_and_paged(here: CreditDistrict) -> None:
    office = the_joint_office(here.district)
    await here.hear(*(published(a_result(firm, outcome_codes=["6"], listing=LISTED)) for firm in here.entities))
    first = (await here.get(office, "/v1/listings", page_size=3, state="entered")).json()
    second = (await here.get(office, "/v1/listings", page_size=3, state="entered", cursor=first["next"])).json()
    found = [one["entity_id"] for one in first["items"] + second["items"]]
    assert sorted(found) == sorted(str(firm.entity_id) for firm in here.entities)
    assert second["next"] is None
    assert (await here.get(office, "/v1/listings", decided_from="2026-11-21")).json()["items"] == []
    bad = await here.get(office, "/v1/listings", cursor="WzFd")
    assert (bad.status_code, bad.json()["code"]) == (400, "request.bad_cursor")


async def test_another_district_sees_nothing(here: CreditDistrict) -> None:
    """B10, SEC3: the same code in another district is another entity, or none."""
    firm = here.entities[0]
    await here.hear(published(a_result(firm, outcome_codes=["6"], listing=LISTED)))
    stranger = the_joint_office(f"{here.district}x")
    assert (await here.get(stranger, f"/v1/entities/{firm.uscc}/credit-record")).status_code == 404
    assert (await here.get(stranger, "/v1/listings")).json()["items"] == []


async def test_a_client_reads_only_what_its_scope_names(here: CreditDistrict) -> None:
    """SEC: the service decides again, behind the gateway."""
    path = f"/v1/entities/{here.entities[0].uscc}"
    checker, reader = a_client(here.district, "credit.check"), a_client(here.district, "credit.read")
    assert (await here.get(checker, f"{path}/credit-record")).json()["code"] == "credit.scope_missing"
    assert (await here.get(reader, f"{path}/restrictions", area="bidding")).json()["code"] == "credit.scope_missing"
    assert (await here.get(reader, f"{path}/credit-record")).status_code == 200
    assert (await here.get(an_inspector(district=here.district), f"{path}/credit-record")).status_code == 200
