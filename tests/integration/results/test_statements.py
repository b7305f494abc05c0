"""Statements of the enterprise (B6): handed in by code or officer, moderated, then beside the result."""

from __future__ import annotations

from sqlalchemy import text

from shared.runtime.principal import Principal
from tests.builders.people import a_department_admin, the_service
from tests.builders.results import a_record_body
from tests.integration.results.conftest import Inspection

SAID = "我公司已于次日补办，请一并公开整改情况。"


async def a_code(inspection: Inspection) -> str:
    async with inspection.results.work(the_service("results", inspection.district)) as work:
        found = await work.inspection.codes.of_visits([inspection.visit.visit_id])
    return str(found[inspection.visit.visit_id].code)


def anybody(inspection: Inspection) -> Principal:
    """The gateway's name for who did not sign in."""
    return Principal(subject="public", district=inspection.district)


async def test_a_statement_shows_only_after_moderation_and_its_event_carries_it(inspection: Inspection) -> None:
    """B6."""
    path = await inspection.published(a_record_body(inspection.team, "B"))
    route = f"/v1/visit-codes/{await a_code(inspection)}/statements"
    sent = {"result_id": path.rpartition("/")[2], "text": SAID}
    made = await inspection.post(anybody(inspection), route, sent)
    hidden = (await inspection.get(anybody(inspection), f"{path}/statements")).json()
    (waiting,) = (await inspection.get(anybody(inspection), route)).json()["items"]
    assert (made.status_code, hidden["items"], waiting["state"]) == (201, [], "submitted")
    admin = a_department_admin("SCJG", inspection.district)
    (listed,) = (await inspection.get(admin, "/v1/statements?state=submitted")).json()["items"]
    assert (listed["text"], listed["channel"]) == (SAID, "enterprise")
    moderation = f"/v1/statements/{made.json()['statement_id']}/moderation"
    inspector = await inspection.post(inspection.officer(), moderation, {"decision": "published"})
    shown = await inspection.post(inspection.reviewer, moderation, {"decision": "published"})
    again = await inspection.post(inspection.reviewer, moderation, {"decision": "rejected", "reason": "重复"})
    assert inspector.status_code == 403
    assert (shown.status_code, shown.json()["state"]) == (200, "published")
    assert (again.status_code, again.json()["code"]) == (409, "results.statement_moderated")
    (beside,) = (await inspection.get(anybody(inspection), f"{path}/statements")).json()["items"]
    (told,) = await inspection.told("results.statement.published.v1")
    assert (beside["text"], told["text"], told["result_version"]) == (SAID, SAID, 1)


async def test_a_rejected_statement_tells_its_reason_to_the_firm_alone(inspection: Inspection) -> None:
    """B6."""
    path = await inspection.published(a_record_body(inspection.team, "B"))
    route = f"/v1/visit-codes/{await a_code(inspection)}/statements"
    made = await inspection.post(anybody(inspection), route, {"result_id": path.rpartition("/")[2], "text": SAID})
    moderation = f"/v1/statements/{made.json()['statement_id']}/moderation"
    bare = await inspection.post(inspection.reviewer, moderation, {"decision": "rejected"})
    reason = {"decision": "rejected", "reason": "含有他人个人信息"}
    rejected = await inspection.post(inspection.reviewer, moderation, reason)
    (status,) = (await inspection.get(anybody(inspection), route)).json()["items"]
    assert (bare.status_code, bare.json()["code"]) == (422, "results.rejection_reason_missing")
    assert (rejected.status_code, status["state"], status["reason"]) == (200, "rejected", "含有他人个人信息")
    assert (await inspection.get(anybody(inspection), f"{path}/statements")).json()["items"] == []
    assert await inspection.told("results.statement.published.v1") == []


async def test_a_code_speaks_for_its_own_visit_only_and_not_without_end(inspection: Inspection) -> None:
    """B6."""
    path = await inspection.published(a_record_body(inspection.team, "B"))
    code, result_id = await a_code(inspection), path.rpartition("/")[2]
    guessed = await inspection.post(
        anybody(inspection),
        "/v1/visit-codes/AAAAA-AAAAA-AAAAA-AAAAA/statements",
        {"result_id": result_id, "text": SAID},
    )
    foreign = await inspection.post(
        anybody(inspection),
        f"/v1/visit-codes/{code}/statements",
        {"result_id": str(inspection.visit.visit_id), "text": SAID},
    )
    for _ in range(3):
        await inspection.post(
            anybody(inspection), f"/v1/visit-codes/{code}/statements", {"result_id": result_id, "text": SAID}
        )
    flood = await inspection.post(
        anybody(inspection), f"/v1/visit-codes/{code}/statements", {"result_id": result_id, "text": SAID}
    )
    assert (guessed.json()["code"], foreign.json()["code"]) == ("results.code_not_ours", "results.result_unknown")
    assert (flood.status_code, flood.json()["code"]) == (409, "results.too_many_statements")


async def test_an_officer_enters_it_for_the_firm_and_the_audit_keeps_no_word_of_it(inspection: Inspection) -> None:
    """B6, SEC5."""
    path = await inspection.approved(a_record_body(inspection.team, "B"))
    early = await inspection.post(inspection.officer(), f"{path}/statements", {"text": SAID})
    await inspection.post(inspection.officer(1), f"{path}/publication")
    foreign = await inspection.post(inspection.officer(team=1), f"{path}/statements", {"text": SAID})
    made = await inspection.post(inspection.officer(), f"{path}/statements", {"text": SAID})
    assert (early.status_code, early.json()["code"]) == (409, "results.result_not_public")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "results.result_unknown")
    assert (made.status_code, made.json()["channel"]) == (201, "officer")
    async with inspection.results.work(inspection.officer()) as work:
        commands = await work.connection.execute(
            text("SELECT command::text FROM audits WHERE district = :district AND action = 'enter_statement'"),
            {"district": inspection.district},
        )
        kept = list(commands.scalars())
    assert kept
    assert SAID not in "".join(kept)


async def test_a_service_that_knows_the_firm_hands_its_statement_on(inspection: Inspection) -> None:
    """B6: the firm that was inspected, nobody else."""
    path = await inspection.published(a_record_body(inspection.team, "B"))
    route = f"/internal{path}/statements"
    credit = the_service("credit", inspection.district)
    body = {"text": SAID, "entity_id": str(inspection.visit.entity_id)}
    other = await inspection.post(credit, route, body | {"entity_id": str(inspection.visit.visit_id)})
    made = await inspection.post(credit, route, body)
    officer = await inspection.post(inspection.officer(), route, body)
    assert (other.status_code, other.json()["code"]) == (422, "results.not_the_firm")
    assert (made.status_code, made.json()["channel"]) == (201, "enterprise")
    assert officer.status_code == 403
