"""Signatures make the result (R2): day 0 is the day on which the last officer signed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from tests.builders.people import the_service
from tests.builders.results import a_record_body
from tests.integration.results.conftest import Inspection

TODAY = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat()
SIGNED = {"decision": "signed", "signatory": "李示例", "capacity": "店长"}


async def recorded(inspection: Inspection, **changes: Any) -> str:
    answer = await inspection.record(a_record_body(inspection.team, concluded_on=None, **changes))
    assert answer.status_code == 201, answer.text
    path: str = answer.headers["location"]
    return path


async def test_the_last_officers_signature_gives_the_result_its_day(inspection: Inspection) -> None:
    path = await recorded(inspection)
    heard = await inspection.post(inspection.officer(), f"{path}/enterprise-signatures", SIGNED)
    first = await inspection.post(inspection.officer(0), f"{path}/signatures")
    last = await inspection.post(inspection.officer(1), f"{path}/signatures")
    submitted = await inspection.post(inspection.officer(), f"{path}/submission")
    assert heard.json()["enterprise"] == "signed"
    assert (first.json()["concluded_on"], len(first.json()["officers_missing"])) == (None, 1)
    assert (last.json()["concluded_on"], last.json()["officers_missing"]) == (TODAY, [])
    assert (submitted.status_code, submitted.json()["concluded_on"]) == (200, TODAY)
    (told,) = await inspection.told("results.visit.concluded.v1")
    assert told["concluded_on"] == TODAY


async def test_submitting_counts_as_the_submitters_signature(inspection: Inspection) -> None:
    path = await recorded(inspection)
    await inspection.post(inspection.officer(), f"{path}/enterprise-signatures", SIGNED)
    alone = await inspection.post(inspection.officer(0), f"{path}/submission")
    await inspection.post(inspection.officer(1), f"{path}/signatures")
    submitted = await inspection.post(inspection.officer(0), f"{path}/submission")
    shown = await inspection.get(inspection.officer(), f"{path}/signatures")
    assert (alone.status_code, alone.json()["code"]) == (409, "results.officers_not_all_signed")
    assert (submitted.status_code, submitted.json()["state"]) == (200, "submitted")
    assert shown.json()["officers_missing"] == []


async def test_a_stated_day_stands_and_submission_still_signs(inspection: Inspection) -> None:
    """The officers signed on paper and state the day."""
    body = a_record_body(inspection.team)
    path = (await inspection.record(body)).headers["location"]
    await inspection.post(inspection.officer(), f"{path}/submission")
    shown = (await inspection.get(inspection.officer(), f"{path}/signatures")).json()
    assert shown["concluded_on"] == body["concluded_on"]
    assert [one["inspector_id"] for one in shown["signatures"]] == [str(inspection.team.inspector_ids[0])]


async def test_the_enterprise_is_heard_before_an_onsite_result_stands(inspection: Inspection) -> None:
    path = await recorded(inspection)
    await inspection.post(inspection.officer(1), f"{path}/signatures")
    unheard = await inspection.post(inspection.officer(0), f"{path}/submission")
    bare = await inspection.post(inspection.officer(), f"{path}/enterprise-signatures", {"decision": "refused"})
    refused = {"decision": "refused", "reason": "认为检查结果与事实不符"}
    noted = await inspection.post(inspection.officer(), f"{path}/enterprise-signatures", refused)
    submitted = await inspection.post(inspection.officer(0), f"{path}/submission")
    assert (unheard.status_code, unheard.json()["code"]) == (409, "results.enterprise_not_heard")
    assert (bare.status_code, bare.json()["code"]) == (422, "results.refusal_without_reason")
    assert (noted.json()["enterprise"], submitted.status_code) == ("refused", 200)


async def test_a_changed_record_must_be_signed_anew(inspection: Inspection) -> None:
    body = a_record_body(inspection.team, concluded_on=None)
    answer = await inspection.record(body)
    path = answer.headers["location"]
    await inspection.post(inspection.officer(0), f"{path}/signatures")
    twice = await inspection.post(inspection.officer(0), f"{path}/signatures")
    async with inspection.results.client(inspection.officer()) as client:
        headers = {"If-Match": answer.headers["etag"]}
        await client.put(path, json=body | {"note": "补充说明"}, headers=headers)
    shown = (await inspection.get(inspection.officer(), f"{path}/signatures")).json()
    assert (twice.status_code, twice.json()["code"]) == (409, "results.already_signed")
    assert (len(shown["signatures"]), len(shown["officers_missing"])) == (1, 2)


async def test_only_who_inspected_signs_and_only_what_is_complete(inspection: Inspection) -> None:
    body = a_record_body(inspection.team, concluded_on=None)
    path = (await inspection.record(body | {"items": body["items"][:1]})).headers["location"]
    absent = await inspection.post(inspection.officer(2), f"{path}/signatures")
    open_item = await inspection.post(inspection.officer(), f"{path}/signatures")
    assert (absent.status_code, absent.json()["code"]) == (422, "results.signer_not_present")
    assert (open_item.status_code, open_item.json()["code"]) == (422, "results.items_without_outcome")


async def test_the_signatorys_name_is_sealed_masked_and_out_of_the_audit(inspection: Inspection) -> None:
    """SEC5."""
    path = await recorded(inspection)
    answer = await inspection.post(inspection.officer(), f"{path}/enterprise-signatures", SIGNED)
    async with inspection.results.work(the_service("results", inspection.district)) as work:
        kept = (await work.connection.execute(text("SELECT signatory FROM record_signatures"))).scalars().all()
        query = text("SELECT CAST(command AS text) FROM audits WHERE district = :district")
        audits = (await work.connection.execute(query, {"district": inspection.district})).scalars().all()
    assert answer.json()["signatures"][0]["signatory"] == "***"
    assert kept
    assert not any("李示例".encode() in bytes(name) for name in kept)
    assert not any("李示例" in command for command in audits if command)
