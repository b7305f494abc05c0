"""Legal review of major decisions (R7) and exemption from publication (R3)."""

from __future__ import annotations

from services.results.storage.vocabularies import MAJOR_DECISION
from tests.builders.people import a_department_admin, the_joint_office
from tests.builders.results import a_listing_body, a_record_body
from tests.integration.results.conftest import Inspection

MAJOR = {"list_code": "serious_violations"}
APPROVED = {"decision": "approved"}


async def submitted(inspection: Inspection, **changes: object) -> str:
    body = a_record_body(inspection.team, "B", **changes)
    path = (await inspection.record(body)).headers["location"]
    assert (await inspection.post(inspection.officer(), f"{path}/submission")).status_code == 200
    return str(path)


async def test_a_major_decision_takes_effect_only_after_a_second_reviewer(inspection: Inspection) -> None:
    """R7: what is major is data; the reviewer who decided first cannot be the legal reviewer."""
    path = await submitted(inspection, listing=a_listing_body(**MAJOR))
    first, second = inspection.reviewer, inspection.reviewer
    reviewed = await inspection.post(first, f"{path}/review", APPROVED)
    early = await inspection.post(inspection.officer(1), f"{path}/publication")
    himself = await inspection.post(first, f"{path}/legal-review", APPROVED)
    again = await inspection.post(second, f"{path}/review", APPROVED)
    confirmed = await inspection.post(second, f"{path}/legal-review", APPROVED)
    published = await inspection.post(inspection.officer(1), f"{path}/publication")
    assert (reviewed.status_code, reviewed.json()["state"]) == (200, "legal_review")
    assert (early.status_code, early.json()["code"]) == (409, "results.cannot_publish")
    assert (himself.status_code, himself.json()["code"]) == (403, "results.same_reviewer")
    assert (again.status_code, again.json()["code"]) == (409, "results.cannot_review")
    assert (confirmed.json()["state"], published.json()["state"]) == ("approved", "published")
    history = (await inspection.get(inspection.officer(), f"{path}/history")).json()
    assert [step["act"] for step in history[-3:]] == ["refer", "confirm", "publish"]
    assert "列入严重违法失信名单" in history[-3]["detail"]


async def test_the_legal_reviewer_returns_with_an_opinion(inspection: Inspection) -> None:
    """R7."""
    path = await submitted(inspection, listing=a_listing_body(**MAJOR))
    await inspection.post(inspection.reviewer, f"{path}/review", APPROVED)
    bare = await inspection.post(inspection.reviewer, f"{path}/legal-review", {"decision": "returned"})
    sent = {"decision": "returned", "opinion": "列入依据不足"}
    returned = await inspection.post(inspection.reviewer, f"{path}/legal-review", sent)
    assert (bare.status_code, bare.json()["code"]) == (422, "results.reason_needed")
    assert (returned.status_code, returned.json()["state"]) == (200, "returned")


async def test_an_ordinary_result_needs_no_legal_review(inspection: Inspection) -> None:
    """R7: an abnormal-operations listing is not in the district's table of major decisions."""
    path = await submitted(inspection, listing=a_listing_body())
    reviewed = await inspection.post(inspection.reviewer, f"{path}/review", APPROVED)
    legal = await inspection.post(inspection.reviewer, f"{path}/legal-review", APPROVED)
    assert reviewed.json()["state"] == "approved"
    assert (legal.status_code, legal.json()["code"]) == (409, "results.cannot_review_legally")


async def test_the_table_of_major_decisions_is_data(inspection: Inspection) -> None:
    """R7: rows of the table, each with its kind."""
    async with inspection.results.work(inspection.reviewer) as work:
        (table,) = await work.vocabularies.tables(work.today, MAJOR_DECISION)
    assert {(row.code, row.kind) for row in table.codes.values()} >= {("serious_violations", "list"), ("8", "outcome")}


async def test_a_correction_is_no_way_around_the_legal_review(inspection: Inspection) -> None:
    """R7, R6: an abnormal-operations listing does not become one of serious violations by correction."""
    path = await inspection.published(a_record_body(inspection.team, "B", listing=a_listing_body()))
    graver = {"reason": "情节严重", "listing": a_listing_body(**MAJOR)}
    refused = await inspection.post(inspection.reviewer, f"{path}/corrections", graver)
    assert (refused.status_code, refused.json()["code"]) == (422, "results.correction_makes_major")
    assert await inspection.told("results.result.corrected.v1") == []


EXEMPTION = {"ground": "trade_secret", "basis": "政府信息公开条例第十五条", "reason": "涉及未公开的配方"}


async def test_an_exempted_result_is_never_public_and_is_counted_by_ground(inspection: Inspection) -> None:
    """R3, REL30: ground and approver stay; the figures show it."""
    path = await inspection.approved(a_record_body(inspection.team, "B"))
    unknown = await inspection.post(inspection.reviewer, f"{path}/exemption", EXEMPTION | {"ground": "because"})
    by_officer = await inspection.post(inspection.officer(), f"{path}/exemption", EXEMPTION)
    approver = inspection.reviewer
    exempted = await inspection.post(approver, f"{path}/exemption", EXEMPTION)
    late = await inspection.post(inspection.officer(1), f"{path}/publication")
    public = await inspection.get(inspection.officer(), f"{path}/public")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "results.code_unknown")
    assert (by_officer.status_code, by_officer.json()["code"]) == (403, "request.role_missing")
    assert (exempted.status_code, exempted.json()["state"]) == (200, "exempted")
    assert (late.json()["code"], public.status_code) == ("results.cannot_publish", 404)
    (told,) = await inspection.told("results.result.exempted.v1")
    assert (told["ground"], told["department"]) == ("trade_secret", "SCJG")
    assert "配方" not in str(told)
    (listed,) = (await inspection.get(the_joint_office(inspection.district), "/v1/exemptions")).json()["items"]
    assert (listed["approved_by"], listed["basis"]) == (approver.subject, "政府信息公开条例第十五条")
    file = await inspection.get(the_joint_office(inspection.district), "/v1/exemptions/export?format=csv")
    assert "涉及商业秘密" in file.content.decode("utf-8-sig")
    figures = (
        await inspection.get(
            a_department_admin("SCJG", inspection.district), "/v1/publication-figures?from=2020-01-01&to=2099-12-31"
        )
    ).json()
    assert figures["exemptions"] == [{"department": "SCJG", "ground": "trade_secret", "count": 1}]
    assert (figures["publication"][0]["exempted"], figures["publication"][0]["in_time"]) == (1, 0)
    elsewhere = await inspection.get(a_department_admin("XFJY", inspection.district), "/v1/exemptions?ground=privacy")
    assert elsewhere.json()["items"] == []
