"""From a published result to the flag and back: C1–C5, R6, REL39, on the real database."""

from __future__ import annotations

from datetime import date, timedelta

from tests.builders.credit import INSPECTED_ON, LISTED, a_finding, a_result, corrected, published, withdrawn
from tests.builders.people import the_joint_office
from tests.integration.credit.conftest import CreditDistrict, a_client

AREA = "government_procurement"


async def test_a_published_result_enters_the_record_and_moves_the_class(here: CreditDistrict) -> None:
    """C1, K1."""
    firm = here.entities[0]
    await here.hear(published(a_result(firm, outcome_codes=["A", "B"], findings=[a_finding("B", severity=4)])))
    answer = await here.get(the_joint_office(here.district), f"/v1/entities/{firm.uscc}/credit-record")
    shown = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert (shown["credit_class"], shown["score"]) == ("B", 320)
    assert [(one["indicator_code"], one["points"]) for one in shown["explanation"]["counted"]] == [("R030503", 320)]
    told = await here.told()
    assert [kind for kind, _ in told] == ["credit.record.changed.v1", "credit.class.changed.v1"]
    assert told[1][1]["changes"] == [{"entity_id": str(firm.entity_id), "before": "U", "after": "B"}]


async def test_a_listing_decision_enters_the_list_and_raises_a_flag_in_every_area(here: CreditDistrict) -> None:
    """C3, C4: ground, document, authority and term stand on the flag."""
    firm, office = here.entities[0], the_joint_office(here.district)
    await here.hear(published(a_result(firm, outcome_codes=["6"], listing=LISTED)))
    listed = (await here.get(office, "/v1/listings", list_code="abnormal_operations")).json()["items"]
    flags = (await here.get(office, f"/v1/entities/{firm.uscc}/flags")).json()["items"]
    assert [(one["uscc"], one["document_no"], one["state_name"]) for one in listed] == [
        (firm.uscc, LISTED.document_no, "已列入")
    ]
    assert {flag["area"] for flag in flags} == {AREA, "bidding", "land_supply", "honours"}
    assert {flag["ground"] for flag in flags} == {LISTED.ground}
    assert all("全国失信惩戒措施基础清单" in flag["legal_basis"] for flag in flags)
    assert sorted(kind for kind, _ in await here.told()) == [
        "credit.class.changed.v1",
        *["credit.flag.raised.v1"] * 4,
        "credit.listing.entered.v1",
        "credit.record.changed.v1",
    ]


async def test_a_finding_alone_never_lists(here: CreditDistrict) -> None:
    """C3."""
    firm = here.entities[0]
    await here.hear(published(a_result(firm, outcome_codes=["6", "8"], findings=[a_finding("8", severity=5)])))
    answer = await here.get(the_joint_office(here.district), "/v1/listings")
    assert answer.json()["items"] == []


async def test_the_check_answers_by_day_and_by_what_was_known(here: CreditDistrict) -> None:
    """C5: restricted; after the correction not restricted; as known before still restricted."""
    firm, asker = here.entities[0], a_client(here.district)
    path = f"/v1/entities/{firm.uscc}/restrictions"
    first = a_result(firm, outcome_codes=["6"], listing=LISTED)
    await here.hear(published(first))
    before = (await here.get(asker, path, area=AREA, on="2026-11-24")).json()
    day_before = (await here.get(asker, path, area=AREA, on=str(INSPECTED_ON - timedelta(days=1)))).json()
    second = a_result(firm, result_id=first.result_id, version=2, outcome_codes=["1"])
    await here.hear(corrected(second, reason="现场核实可以联系"))
    after = (await here.get(asker, path, area=AREA, on="2026-11-24")).json()
    as_known = (await here.get(asker, path, area=AREA, on="2026-11-24", known_at=before["answered_at"])).json()
    assert (before["restricted"], day_before["restricted"], after["restricted"]) == (True, False, False)
    assert before["restrictions"][0]["measure_name"] == "限制参加政府采购活动"
    assert before["restrictions"][0]["starts_on"] == str(INSPECTED_ON)
    assert as_known["restrictions"] == before["restrictions"]
    flags = (await here.get(the_joint_office(here.district), f"/v1/entities/{firm.uscc}/flags")).json()["items"]
    assert {(flag["state"], flag["reason"]) for flag in flags} == {("annulled", "检查结果更正：现场核实可以联系")}


async def test_a_withdrawn_result_leaves_the_score_as_if_never_and_history_shows_both(here: CreditDistrict) -> None:
    """R6, REL39."""
    firm, office = here.entities[0], the_joint_office(here.district)
    await here.hear(published(a_result(firm, findings=[a_finding("B", severity=2)])))
    record = (await here.get(office, f"/v1/entities/{firm.uscc}/credit-record")).json()
    grave = a_result(firm, findings=[a_finding("8", severity=5)], listing=LISTED)
    await here.hear(published(grave))
    await here.hear(withdrawn(grave))
    again = (await here.get(office, f"/v1/entities/{firm.uscc}/credit-record")).json()
    assert (again["score"], again["credit_class"]) == (record["score"], record["credit_class"]) == (120, "A")
    assert again["entries"] == record["entries"]
    history = (await here.get(office, f"/v1/entities/{firm.uscc}/history", page_size=200)).json()["items"]
    points = [line["points"] for line in history if line["kind"] in ("fact", "listing", "reversal")]
    assert sum(points) == 120
    assert {"fact", "listing", "reversal", "listing_annulled", "flag_annulled"} <= {line["kind"] for line in history}
    assert {line["reason"] for line in history if line["kind"] == "reversal"} == {"检查结果撤回：认定事实有误"}


async def test_history_is_read_page_by_page_without_loss(here: CreditDistrict) -> None:
    firm, office = here.entities[0], the_joint_office(here.district)
    await here.hear(published(a_result(firm, outcome_codes=["6"], listing=LISTED)))
    path = f"/v1/entities/{firm.uscc}/history"
    whole = (await here.get(office, path, page_size=200)).json()["items"]
    pages, cursor = [], None
    while True:
        page = (await here.get(office, path, page_size=2, **({"cursor": cursor} if cursor else {}))).json()
        pages += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert pages == whole
    assert len(whole) == 8


async def test_a_listing_ends_with_its_last_day(here: CreditDistrict) -> None:
    """C4: the term is part of the flag; its last day counts, the next does not."""
    firm, asker = here.entities[1], a_client(here.district)
    until = date(2027, 11, 19)
    listing = LISTED.model_copy(update={"ends_on": until})
    await here.hear(published(a_result(firm, outcome_codes=["6"], listing=listing)))
    path = f"/v1/entities/{firm.uscc}/restrictions"
    on_last = (await here.get(asker, path, area="bidding", on=str(until))).json()
    day_after = (await here.get(asker, path, area="bidding", on=str(until + timedelta(days=1)))).json()
    assert (on_last["restricted"], day_after["restricted"]) == (True, False)
    assert on_last["restrictions"][0]["ends_on"] == str(until)
