"""Visit codes (B3, B18): there before the visit, opened without an account, rated once; a wrong one is answered."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy import text

from deploy.embedded.platform import EmbeddedPlatform
from services.results.domain.visit_codes import ALPHABET, RANDOM_SIGNS, code_of
from shared.events.draw import VisitSubstitutedV1
from shared.runtime.principal import Principal
from tests.builders.people import a_department_admin, a_reviewer, the_joint_office, the_service
from tests.builders.results import NOW, PLANNING, a_record_body, a_sheet_line, a_team, a_visit_assigned
from tests.integration.results.conftest import Inspection

RATING = {"stars": 5, "showed_certificates": True, "asked_outside": False, "comment": "张三态度好"}


def nobody(inspection: Inspection) -> Principal:
    """Who comes without an account, as the gateway signs for him."""
    return Principal(subject="anonymous", district=inspection.district)


async def code_of_visit(inspection: Inspection) -> str:
    answer = await inspection.get(inspection.officer(), f"/v1/visits/{inspection.visit.visit_id}/code")
    assert answer.status_code == 200, answer.text
    code: str = answer.json()["code"]
    return code


async def opened(inspection: Inspection, code: str) -> dict[str, Any]:
    answer = await inspection.get(nobody(inspection), f"/v1/visit-codes/{code}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
async def coming(inspection: Inspection) -> Inspection:
    """A visit whose window holds today."""
    visit = a_visit_assigned(a_team("SCJG"), window_end=NOW.date().replace(year=NOW.year + 10))
    found = replace(inspection, visit=visit)
    await found.hear(visit)
    return found


async def test_the_enterprise_sees_who_comes_for_what_under_which_draw(coming: Inspection) -> None:
    PLANNING.sheets[coming.visit.task_id] = (a_sheet_line(coming.team.item_ids[0]),)
    shown = await opened(coming, (await code_of_visit(coming)).lower().replace("-", " "))
    part = shown["parts"][0]
    assert (shown["valid"], shown["verdict"], shown["draw_id"]) == (True, "valid", str(coming.visit.draw_id))
    assert [officer["certificate_no"] for officer in part["officers"]] == ["豫C0001"] * 3
    assert [item["name"] for item in part["items"]] == ["食品经营许可检查", None]
    assert part["items"][0]["bases"] == [{"law": "中华人民共和国食品安全法", "article": "第一百一十条"}]


async def test_departments_are_called_by_their_names(inspection: Inspection) -> None:
    """B3: the one that registry does not know keeps its code."""
    shown = await opened(inspection, await code_of_visit(inspection))
    named = {part["department"]: part["department_name"] for part in shown["parts"]}
    assert named == {"SCJG": "孟津区市场监督管理局", "XFJY": None}


async def test_a_firm_gets_a_signed_receipt_for_a_code_that_is_worth_nothing(
    coming: Inspection, platform: EmbeddedPlatform
) -> None:
    """B18: checked with nothing but the published key; a valid code needs none."""
    key = load_pem_public_key((platform.data.public_keys / "results.pem").read_bytes())
    assert isinstance(key, Ed25519PublicKey)
    unknown = await opened(coming, code_of("2" * RANDOM_SIGNS))
    receipt = unknown["receipt"]
    signature = base64.b64decode(receipt["signature"])
    key.verify(signature, receipt["text"].encode())
    with pytest.raises(InvalidSignature):
        key.verify(signature, receipt["text"].replace("没有签发过", "签发过").encode())
    assert unknown["answer"] in receipt["text"]
    assert receipt["text"].startswith("检查码答复凭据（ssj-receipt/1）\n所查检查码：2222")
    assert base64.b64decode(receipt["public_key"]) == key.public_bytes_raw()
    assert (await opened(coming, await code_of_visit(coming)))["receipt"] is None


async def test_nothing_typed_looks_like_words_of_the_platform(coming: Inspection) -> None:
    """B18: the receipt is ours from the first line to the last."""
    receipt = (await opened(coming, "X%0A平台答复：检查码有效"))["receipt"]
    assert "所查检查码：X口口口口口口口口口口口\n" in receipt["text"]
    assert receipt["text"].count("\n") == 5


async def test_the_first_look_of_the_enterprise_is_noted_and_no_officers(coming: Inspection) -> None:
    code = await code_of_visit(coming)
    visit = f"/v1/visits/{coming.visit.visit_id}"
    before = (await coming.get(coming.officer(), visit)).json()["code_state"]
    await coming.get(coming.officer(), f"/v1/visit-codes/{code}")
    by_officer = (await coming.get(coming.officer(), visit)).json()["code_state"]
    await opened(coming, code)
    after = (await coming.get(coming.officer(), visit)).json()["code_state"]
    assert (before, by_officer, after) == ("unopened", "unopened", "opened")


async def test_a_wrong_code_is_answered_and_shows_nothing(coming: Inspection) -> None:
    code = (await code_of_visit(coming)).replace("-", "")
    swapped = ALPHABET[(ALPHABET.index(code[0]) + 1) % len(ALPHABET)] + code[1:]
    mistyped, unknown = await opened(coming, swapped), await opened(coming, code_of("2" * RANDOM_SIGNS))
    other = await coming.get(Principal("anonymous", "elsewhere"), f"/v1/visit-codes/{code}")
    assert [found["verdict"] for found in (mistyped, unknown, other.json())] == ["mistyped", "unknown", "unknown"]
    assert all(not found["valid"] and found["parts"] == [] and found["answer"] for found in (mistyped, unknown))


async def test_a_code_of_a_past_or_given_up_visit_is_worth_nothing_any_more(inspection: Inspection) -> None:
    code = await code_of_visit(inspection)
    past = await opened(inspection, code)
    gone = VisitSubstitutedV1(
        aggregate_version=2,
        visit_id=inspection.visit.visit_id,
        draw_id=inspection.visit.draw_id,
        task_id=inspection.visit.task_id,
        substitute_visit_id=None,
        reason="检查对象已注销",
        substituted_at=NOW,
    )
    await inspection.hear(gone)
    called_off = await opened(inspection, code)
    assert (past["verdict"], called_off["verdict"], called_off["valid"]) == ("past", "called_off", False)
    assert (len(past["parts"]), called_off["parts"]) == (2, [])


async def test_a_visit_told_again_keeps_its_code(inspection: Inspection) -> None:
    code = await code_of_visit(inspection)
    await inspection.hear(inspection.visit.model_copy(update={"aggregate_version": 2}))
    assert await code_of_visit(inspection) == code


async def test_a_visit_without_a_code_is_visible_as_such(inspection: Inspection) -> None:
    """Visits of before there were codes have none."""
    async with inspection.results.work(the_service("results", inspection.district)) as work:
        await work.connection.execute(text("UPDATE visit_codes SET visit_id = gen_random_uuid()"))
        await work.commit()
    office = the_joint_office(inspection.district)
    missing = await inspection.get(office, "/v1/visits?code=missing")
    unopened = await inspection.get(office, "/v1/visits?code=unopened")
    no_code = await inspection.get(inspection.officer(), f"/v1/visits/{inspection.visit.visit_id}/code")
    assert [visit["code_state"] for visit in missing.json()["items"]] == ["missing"]
    assert (unopened.json()["items"], no_code.status_code) == ([], 404)


async def rated(inspection: Inspection, code: str, **changes: Any) -> httpx2.Response:
    return await inspection.post(nobody(inspection), f"/v1/visit-codes/{code}/ratings", RATING | changes)


async def test_a_visit_is_rated_once_by_who_holds_its_code(inspection: Inspection) -> None:
    code = await code_of_visit(inspection)
    first, again = await rated(inspection, code), await rated(inspection, code, stars=1)
    unknown = await rated(inspection, code_of("2" * RANDOM_SIGNS))
    shown = await inspection.get(inspection.officer(), f"/v1/visits/{inspection.visit.visit_id}/code")
    stranger = await inspection.get(
        a_reviewer("NYNC", inspection.district), f"/v1/visits/{inspection.visit.visit_id}/code"
    )
    assert (first.status_code, again.json()["code"], unknown.json()["code"]) == (
        201,
        "results.rating_repeated",
        "results.code_not_ours",
    )
    assert (shown.json()["stars"], shown.json()["comment"]) == (5, "张三态度好")
    assert stranger.status_code == 404


async def test_a_visit_to_come_is_not_rated_yet(inspection: Inspection) -> None:
    year = NOW.year + 10
    visit = a_visit_assigned(
        a_team("SCJG"), window_start=NOW.date().replace(year=year), window_end=NOW.date().replace(year=year + 1)
    )
    later = replace(inspection, visit=visit)
    await later.hear(visit)
    code = await code_of_visit(later)
    assert (await opened(later, code))["verdict"] == "not_yet"
    assert (await rated(later, code)).json()["code"] == "results.rating_too_early"


async def test_what_the_enterprise_wrote_lies_sealed(inspection: Inspection) -> None:
    """SEC5."""
    await rated(inspection, await code_of_visit(inspection))
    async with inspection.results.work(the_service("results", inspection.district)) as work:
        kept = (await work.connection.execute(text("SELECT comment FROM visit_ratings"))).scalars().all()
        query = text("SELECT CAST(command AS text) FROM audits WHERE district = :district")
        audits = (await work.connection.execute(query, {"district": inspection.district})).scalars().all()
    assert kept
    assert not any("张三".encode() in bytes(comment) for comment in kept)
    assert not any("张三" in command for command in audits if command)


async def test_recording_goes_on_without_the_code_being_looked_at(inspection: Inspection) -> None:
    answer = await inspection.record(a_record_body(inspection.team))
    listed = await inspection.get(a_department_admin("SCJG", inspection.district), "/v1/visits?code=unopened")
    assert answer.status_code == 201
    assert listed.json()["items"][0]["parts"][0]["state"] == "draft"


async def test_services_are_told_whom_a_code_speaks_for_and_nobody_else_is(coming: Inspection) -> None:
    """C6: credit lets the enterprise act by the code on its notice; asking is no look of the enterprise."""
    code = await code_of_visit(coming)
    credit = the_service("credit", coming.district)
    told = (await coming.get(credit, f"/internal/v1/visit-codes/{code}")).json()
    foreign = (await coming.get(credit, f"/internal/v1/visit-codes/{code_of('A' * RANDOM_SIGNS)}")).json()
    closed = await coming.get(nobody(coming), f"/internal/v1/visit-codes/{code}")
    visit = (await coming.get(coming.officer(), f"/v1/visits/{coming.visit.visit_id}")).json()
    assert (told["verdict"], told["entity_id"]) == ("valid", str(coming.visit.entity_id))
    assert (foreign["verdict"], foreign["entity_id"]) == ("unknown", None)
    assert closed.status_code == 403
    assert visit["code_state"] == "unopened"
