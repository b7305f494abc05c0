"""Review (R7), publication (R1, R2, REL1), correction and withdrawal (R6, REL39)."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import text

from services.results.storage.unit_of_work import ResultsUnitOfWork
from shared.runtime.principal import INSPECTOR, REVIEWER, Principal
from shared.runtime.service import Process, UnitOfWorkFactory
from tests.builders.people import a_department_admin, an_officer
from tests.builders.results import REGISTRY, a_listing_body, a_record_body, seed_approved_results
from tests.integration.results.conftest import Inspection, Serve


async def test_a_reviewer_who_had_no_part_reviews_and_the_recorder_never(inspection: Inspection) -> None:
    """R7."""
    path = (await inspection.record(a_record_body(inspection.team))).headers["location"]
    await inspection.post(inspection.officer(), f"{path}/submission")
    recorder = inspection.officer()
    himself = Principal(
        subject=recorder.subject,
        district=recorder.district,
        department=recorder.department,
        roles=frozenset({INSPECTOR, REVIEWER}),
        inspector_id=recorder.inspector_id,
    )
    refused = await inspection.post(himself, f"{path}/review", {"decision": "approved"})
    inspector = await inspection.post(recorder, f"{path}/review", {"decision": "approved"})
    bare = await inspection.post(inspection.reviewer, f"{path}/review", {"decision": "returned"})
    returned = await inspection.post(
        inspection.reviewer, f"{path}/review", {"decision": "returned", "opinion": "缺少现场照片"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "results.reviewer_took_part")
    assert (inspector.status_code, inspector.json()["code"]) == (403, "request.role_missing")
    assert (bare.status_code, bare.json()["code"]) == (422, "results.reason_needed")
    assert (returned.status_code, returned.json()["state"]) == (200, "returned")


async def test_what_was_not_approved_is_not_published(inspection: Inspection) -> None:
    """R7: also a result with a listing decision waits for its review."""
    body = a_record_body(inspection.team, "B", listing=a_listing_body())
    path = (await inspection.record(body)).headers["location"]
    draft = await inspection.post(inspection.officer(), f"{path}/publication")
    await inspection.post(inspection.officer(), f"{path}/submission")
    submitted = await inspection.post(inspection.officer(), f"{path}/publication")
    assert [answer.json()["code"] for answer in (draft, submitted)] == ["results.cannot_publish"] * 2
    assert await inspection.told("results.result.published.v1") == []


async def test_publication_is_by_one_of_those_who_inspected(inspection: Inspection) -> None:
    """R1: 谁检查、谁公开."""
    path = await inspection.approved(a_record_body(inspection.team))
    absent = await inspection.post(inspection.officer(2), f"{path}/publication")
    admin = await inspection.post(a_department_admin("SCJG", inspection.district), f"{path}/publication")
    present = await inspection.post(inspection.officer(1), f"{path}/publication")
    assert (absent.status_code, absent.json()["code"]) == (403, "results.did_not_inspect")
    assert admin.status_code == 403
    assert (present.status_code, present.json()["public_version"]) == (200, 1)


async def test_a_publication_that_answered_is_there_whole(inspection: Inspection) -> None:
    """REL1: 2xx means result, public version, history, outbox row and audit row are committed."""
    path = await inspection.approved(a_record_body(inspection.team, "B", listing=a_listing_body()))
    officer = inspection.officer(1)
    answer = await inspection.post(officer, f"{path}/publication")
    assert answer.status_code == 200
    (told,) = await inspection.told("results.result.published.v1")
    public = (await inspection.get(a_department_admin("NYNC", inspection.district), f"{path}/public")).json()
    history = (await inspection.get(officer, f"{path}/history")).json()
    assert public["result"] == told["result"]
    assert told["result"]["listing"]["document_no"] == "孟市监列〔2026〕3号"
    assert [step["act"] for step in history] == ["assign", "record", "submit", "approve", "publish"]
    async with inspection.results.work(officer) as work:
        audits = await work.connection.execute(
            text("SELECT action FROM audits WHERE district = :district AND actor = :actor"),
            {"district": inspection.district, "actor": officer.subject},
        )
        assert list(audits.scalars()) == ["publish_result"]


class FailsToCommit(ResultsUnitOfWork):
    async def commit(self, subject: object = None) -> None:
        raise ConnectionError("the database is gone")


def with_failing_commits(process: Process) -> UnitOfWorkFactory:
    return lambda principal: FailsToCommit(process.database, principal, REGISTRY)


async def test_a_publication_that_could_not_commit_leaves_nothing(inspection: Inspection, served: Serve) -> None:
    """REL1: no half publication; the officer is told 503 and may send it again."""
    path = await inspection.approved(a_record_body(inspection.team))
    failing = await served("results", extend=with_failing_commits)
    async with failing.client(inspection.officer()) as client:
        answer = await client.post(f"{path}/publication")
    assert answer.status_code == 503
    assert (await inspection.get(inspection.officer(), path)).json()["state"] == "approved"
    assert (await inspection.get(inspection.officer(), f"{path}/public")).status_code == 404
    assert await inspection.told("results.result.published.v1") == []


async def test_what_is_public_is_read_across_the_district_and_not_beyond(inspection: Inspection) -> None:
    """R5, B10."""
    path = await inspection.published(a_record_body(inspection.team))
    elsewhere = await inspection.get(a_department_admin("SCJG", "another"), f"{path}/public")
    other = a_department_admin("NYNC", inspection.district)
    full, public = await inspection.get(other, path), await inspection.get(other, f"{path}/public")
    assert (elsewhere.status_code, full.status_code, public.status_code) == (404, 404, 200)
    async with inspection.results.client(other) as client:
        unchanged = await client.get(f"{path}/public", headers={"If-None-Match": public.headers["etag"]})
    assert unchanged.status_code == 304


async def test_a_correction_drops_the_listing_and_both_versions_stay(inspection: Inspection) -> None:
    """R6, REL39, C3."""
    path = await inspection.published(a_record_body(inspection.team, "B", listing=a_listing_body()))
    by_inspector = await inspection.post(inspection.officer(), f"{path}/corrections", {"reason": "错", "listing": None})
    nothing = await inspection.post(inspection.reviewer, f"{path}/corrections", {"reason": "笔误"})
    answer = await inspection.post(
        inspection.reviewer, f"{path}/corrections", {"reason": "住所变更已登记", "listing": None}
    )
    assert (by_inspector.status_code, nothing.json()["code"]) == (403, "results.correction_changes_nothing")
    assert (answer.status_code, answer.json()["public_version"], answer.json()["has_listing"]) == (200, 2, False)
    (told,) = await inspection.told("results.result.corrected.v1")
    assert (told["supersedes_version"], told["reason"]) == (1, "住所变更已登记")
    assert (told["result"]["version"], told["result"]["listing"]) == (2, None)
    newest, first = (await inspection.get(inspection.officer(), f"{path}/versions")).json()
    assert (newest["kind"], newest["result"]) == ("corrected", told["result"])
    assert first["result"]["listing"]["list_code"] == "abnormal_operations"


async def test_a_correction_of_items_follows_the_rules_of_a_record(inspection: Inspection) -> None:
    """R6."""
    body = a_record_body(inspection.team, "B")
    path = await inspection.published(body)
    cleared = a_record_body(inspection.team, "1")["items"]
    half = await inspection.post(inspection.reviewer, f"{path}/corrections", {"reason": "错录", "items": cleared[:1]})
    whole = await inspection.post(inspection.reviewer, f"{path}/corrections", {"reason": "错录", "items": cleared})
    assert half.json()["code"] == "results.items_without_outcome"
    assert whole.status_code == 200
    public = (await inspection.get(inspection.officer(), f"{path}/public")).json()
    assert (public["result"]["outcome_codes"], public["result"]["findings"]) == (["1"], [])


async def test_a_withdrawal_is_public_with_its_reason_and_final(inspection: Inspection) -> None:
    """R6, REL39."""
    path = await inspection.published(a_record_body(inspection.team, "B"))
    answer = await inspection.post(inspection.reviewer, f"{path}/withdrawals", {"reason": "检查对象认定错误"})
    again = await inspection.post(inspection.reviewer, f"{path}/withdrawals", {"reason": "检查对象认定错误"})
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert (again.status_code, again.json()["code"]) == (409, "results.cannot_withdraw")
    (told,) = await inspection.told("results.result.withdrawn.v1")
    assert (told["version"], told["entity_id"]) == (2, str(inspection.visit.entity_id))
    newest, first = (await inspection.get(inspection.officer(), f"{path}/versions")).json()
    assert (newest["kind"], newest["reason"], newest["result"]) == ("withdrawn", "检查对象认定错误", None)
    assert first["result"]["outcome_codes"] == ["B"]


async def test_the_digest_of_a_version_is_that_of_its_exact_text(inspection: Inspection) -> None:
    """B5."""
    path = await inspection.published(a_record_body(inspection.team))
    shown = (await inspection.get(inspection.officer(), f"{path}/public")).json()
    async with inspection.results.work(inspection.officer()) as work:
        kept = await work.versions.latest(shown["result_id"])
    assert shown["digest"] == hashlib.sha256(kept.body.encode()).hexdigest()


async def test_recorded_but_unpublished_results_past_their_day_are_listed(inspection: Inspection) -> None:
    """R2: overdue is flagged, the most urgent first, and ends with publication."""
    seeded = await seed_approved_results(
        str(inspection.results.process.settings.database_url.get_secret_value()),
        3,
        district=inspection.district,
    )
    fresh = await inspection.approved(a_record_body(inspection.team))
    officer = an_officer("department_admin", department="SCJG", district=inspection.district)
    first = (await inspection.get(officer, "/v1/results?overdue=true&page_size=2")).json()
    rest = (await inspection.get(officer, f"/v1/results?overdue=true&page_size=2&cursor={first['next']}")).json()
    listed = [row["result_id"] for row in first["items"] + rest["items"]]
    assert listed == [str(one) for one in seeded.result_ids]
    assert rest["next"] is None
    assert fresh.rpartition("/")[2] not in listed
    assert {row["entity_name"] for row in first["items"]} == {"孟津区试验商贸有限公司"}


async def test_seeded_results_publish_as_recorded_ones_do(inspection: Inspection) -> None:
    """What benches seed goes through the real act."""
    seeded = await seed_approved_results(
        str(inspection.results.process.settings.database_url.get_secret_value()), 1, district=inspection.district
    )
    officer = inspection.officer()
    who = Principal(
        officer.subject, seeded.district, seeded.department, officer.roles, inspector_id=seeded.inspector_id
    )
    answer = await inspection.post(who, f"/v1/results/{seeded.result_ids[0]}/publication")
    assert answer.status_code == 200, answer.text
    (told,) = await inspection.told("results.result.published.v1")
    assert (told["result"]["outcome_codes"], told["result"]["findings"][0]["severity"]) == (["B"], 2)


@pytest.mark.parametrize("cursor", ["nonsense", "WzFd"])
async def test_an_odd_cursor_is_refused(inspection: Inspection, cursor: str) -> None:
    answer = await inspection.get(inspection.officer(), f"/v1/results?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "request.bad_cursor")
