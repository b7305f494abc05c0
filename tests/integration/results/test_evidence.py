"""Evidence (R1, B13, SEC5): what a file is, its bytes say; it lies sealed; what is attached stays and is read whole."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

from services.results.usecases.clear_evidence import TERM, clear_some
from shared.runtime.principal import Principal
from tests.builders.people import a_department_admin, a_reviewer, an_inspector, the_service
from tests.builders.results import a_record_body
from tests.integration.results.conftest import Inspection

JPEG = b"\xff\xd8\xff\xe0" + "会盟大道门头照".encode() * 200_000
"""Larger than two frames, so that the last is not the first."""


async def sent(inspection: Inspection, content: bytes, who: Principal | None = None) -> httpx2.Response:
    async with inspection.results.client(who or inspection.officer()) as client:
        return await client.post("/v1/evidence-files", content=content)


def an_attachment(digest: str, **changes: Any) -> dict[str, Any]:
    body = {"digest": digest, "kind": "photo", "name": "门头", "taken_at": "2026-03-09T09:35:00+08:00"}
    return body | changes


async def test_a_photo_is_named_by_its_digest_and_lies_sealed(inspection: Inspection) -> None:
    answer = await sent(inspection, JPEG)
    again = await sent(inspection, JPEG)
    digest = hashlib.sha256(JPEG).hexdigest()
    assert answer.status_code == 201
    assert answer.json() == again.json() == {"digest": digest, "size": len(JPEG), "media_type": "image/jpeg"}
    folder = Path(inspection.results.process.settings.files_dir)
    stored = (folder / "evidence" / digest[:2] / digest).read_bytes()
    assert "会盟大道".encode() not in stored
    assert list((folder / "incoming").iterdir()) == []


async def test_what_is_no_evidence_is_refused_whatever_it_is_called(inspection: Inspection) -> None:
    script = await sent(inspection, b"#!/bin/sh\nrm -rf /\n" * 20)
    admin = await sent(inspection, JPEG, a_department_admin("SCJG", inspection.district))
    assert (script.status_code, script.json()["code"]) == (422, "results.file_type_unknown")
    assert (admin.status_code, admin.json()["code"]) == (403, "request.role_missing")


async def test_evidence_is_attached_by_the_assigned_and_read_back_byte_for_byte(inspection: Inspection) -> None:
    path = (await inspection.record(a_record_body(inspection.team, "B"))).headers["location"]
    digest = (await sent(inspection, JPEG)).json()["digest"]
    item = str(inspection.team.item_ids[0])
    added = await inspection.post(inspection.officer(1), f"{path}/evidence", an_attachment(digest, item_id=item))
    twice = await inspection.post(inspection.officer(), f"{path}/evidence", an_attachment(digest))
    listed = await inspection.get(inspection.officer(), f"{path}/evidence?item={item}&kind=photo")
    read = await inspection.get(inspection.officer(), f"{path}/evidence/{digest}/content")
    assert (added.status_code, added.json()["media_type"], added.json()["size"]) == (201, "image/jpeg", len(JPEG))
    assert (twice.status_code, twice.json()["code"]) == (409, "results.evidence_attached")
    assert [one["digest"] for one in listed.json()["items"]] == [digest]
    assert (await inspection.get(inspection.officer(), f"{path}/evidence?kind=report")).json()["items"] == []
    assert (read.headers["content-type"], read.content == JPEG) == ("image/jpeg", True)


async def test_what_was_not_sent_or_does_not_belong_is_refused(inspection: Inspection) -> None:
    path = (await inspection.record(a_record_body(inspection.team))).headers["location"]
    digest = (await sent(inspection, JPEG)).json()["digest"]
    stranger = an_inspector(None, "SCJG", inspection.district)
    asked = [
        (inspection.officer(), an_attachment("0" * 64)),
        (inspection.officer(), an_attachment(digest, item_id=str(inspection.visit.visit_id))),
        (inspection.officer(), an_attachment(digest, taken_at="2099-01-01T09:00:00+08:00")),
        (stranger, an_attachment(digest)),
    ]
    answers = [await inspection.post(who, f"{path}/evidence", body) for who, body in asked]
    assert [answer.json()["code"] for answer in answers] == [
        "results.evidence_file_missing",
        "results.item_not_assigned",
        "results.times_contradict",
        "results.not_assigned",
    ]


async def test_after_submission_nothing_is_added_and_the_visits_other_department_sees_it(
    inspection: Inspection,
) -> None:
    """SEC2: drafts are the owner's; what is submitted is shared with the visit."""
    path = (await inspection.record(a_record_body(inspection.team))).headers["location"]
    digest = (await sent(inspection, JPEG)).json()["digest"]
    await inspection.post(inspection.officer(), f"{path}/evidence", an_attachment(digest))
    partner = a_reviewer("XFJY", inspection.district)
    hidden = await inspection.get(partner, f"{path}/evidence")
    await inspection.post(inspection.officer(), f"{path}/submission")
    late = await inspection.post(inspection.officer(), f"{path}/evidence", an_attachment(digest))
    shared = await inspection.get(partner, f"{path}/evidence")
    unknown = await inspection.get(a_reviewer("NYNC", inspection.district), f"{path}/evidence")
    assert (late.status_code, late.json()["code"]) == (409, "results.cannot_revise")
    assert (hidden.json()["items"], len(shared.json()["items"]), unknown.status_code) == ([], 1, 404)


async def test_a_damaged_file_is_evidence_for_nobody(inspection: Inspection) -> None:
    """G1: the file on disk was altered after it was sent."""
    path = (await inspection.record(a_record_body(inspection.team))).headers["location"]
    content = JPEG + str(inspection.visit.visit_id).encode()
    digest = (await sent(inspection, content)).json()["digest"]
    folder = Path(inspection.results.process.settings.files_dir)
    stored = folder / "evidence" / digest[:2] / digest
    altered = bytearray(stored.read_bytes())
    altered[-5] ^= 1
    stored.write_bytes(bytes(altered))
    answer = await inspection.post(inspection.officer(), f"{path}/evidence", an_attachment(digest))
    assert (answer.status_code, answer.json()["code"]) == (409, "results.evidence_damaged")


async def test_a_file_damaged_later_is_shown_to_nobody(inspection: Inspection) -> None:
    """G1."""
    path = (await inspection.record(a_record_body(inspection.team))).headers["location"]
    digest = (await sent(inspection, JPEG[:100] + str(inspection.visit.visit_id).encode())).json()["digest"]
    added = await inspection.post(inspection.officer(), f"{path}/evidence", an_attachment(digest))
    folder = Path(inspection.results.process.settings.files_dir)
    (folder / "evidence" / digest[:2] / digest).write_bytes(b"replaced")
    read = await inspection.get(inspection.officer(), f"{path}/evidence/{digest}/content")
    assert (added.status_code, read.status_code, read.json()["code"]) == (201, 409, "results.evidence_damaged")


async def idle_for(inspection: Inspection, district: str, idle: timedelta) -> None:
    async with inspection.results.work(the_service("results", district)) as work:
        await work.connection.execute(
            text("UPDATE evidence_uploads SET sent_at = sent_at - CAST(:idle AS interval)"), {"idle": idle}
        )
        await work.commit()


async def test_what_nobody_attached_goes_after_its_term_and_the_audit_says_so(inspection: Inspection) -> None:
    """An act of the worker; what is attached stays, and what went can be sent again."""
    path = (await inspection.record(a_record_body(inspection.team))).headers["location"]
    attached = (await sent(inspection, JPEG)).json()["digest"]
    idle = (await sent(inspection, JPEG + b"never attached")).json()["digest"]
    await inspection.post(inspection.officer(), f"{path}/evidence", an_attachment(attached))
    here = inspection.district

    def open_in(district: str) -> Any:
        return inspection.results.work(the_service("results", district))

    files = open_in(here).evidence_files
    assert await clear_some(here, [here], open_in) == 0
    await idle_for(inspection, here, TERM + timedelta(minutes=1))
    assert [await clear_some(here, [here], open_in) for _ in range(2)] == [1, 0]
    assert [await files.exists(digest) for digest in (attached, idle)] == [True, False]
    late = await inspection.post(inspection.officer(), f"{path}/evidence", an_attachment(idle))
    assert late.json()["code"] == "results.evidence_file_missing"
    async with open_in(here) as work:
        audits = await work.connection.execute(
            text("SELECT count(*) FROM audits WHERE district = :here AND action = 'clear_evidence'"), {"here": here}
        )
        assert audits.scalar_one() == 1
    await sent(inspection, JPEG + b"never attached")
    again = await inspection.post(inspection.officer(), f"{path}/evidence", an_attachment(idle))
    assert again.status_code == 201


async def test_a_file_that_another_district_waits_for_stays_in_the_one_store(inspection: Inspection) -> None:
    """B10: one store, named by content."""
    content, elsewhere = JPEG + b"of two districts", f"{inspection.district}x"
    digest = (await sent(inspection, content)).json()["digest"]
    await sent(inspection, content, an_inspector(inspection.team.inspector_ids[0], "SCJG", elsewhere))

    def open_in(district: str) -> Any:
        return inspection.results.work(the_service("results", district))

    both = [inspection.district, elsewhere]
    await idle_for(inspection, inspection.district, TERM + timedelta(minutes=1))
    assert await clear_some(inspection.district, both, open_in) == 1
    assert await open_in(elsewhere).evidence_files.exists(digest)
    await idle_for(inspection, elsewhere, TERM + timedelta(minutes=1))
    assert await clear_some(elsewhere, both, open_in) == 1
    assert not await open_in(elsewhere).evidence_files.exists(digest)
