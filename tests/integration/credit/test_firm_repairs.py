"""The enterprise applies for repair itself (C6): the code on its notice is enough, no officer is needed to hand in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from services.credit.domain.repair_tokens import CodeHolder
from services.credit.messaging.handlers import on_calendar_changed
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.clear_files import TERM, clear_files
from services.credit.usecases.rebuild import rebuild
from shared.events.envelope import Heard
from shared.events.results import CalendarChangedV1
from shared.runtime.principal import Principal
from shared.values.ids import new_id
from tests.builders.credit import LISTED, a_finding, a_result, published
from tests.builders.people import a_reviewer, the_joint_office
from tests.integration.credit.conftest import CreditDistrict

CODE = "7KQ2M-X9BDR-4TNPC-8VWHA"
PDF = b"%PDF-1.7 report of rectification"


class StubCodes:
    """Results as a test wants it: every code speaks for `holder`."""

    def __init__(self, holder: CodeHolder) -> None:
        self.holder_told = holder

    async def holder(self, code: str, act_for: Principal) -> CodeHolder:
        return self.holder_told


@pytest.fixture
def firm(here: CreditDistrict) -> Principal:
    """Nobody in particular, whose notice carries the code of the first enterprise."""
    process = here.credit.process
    codes = StubCodes(CodeHolder("past", "检查时段已过", here.entities[0].entity_id, new_id()))
    opened = process.open

    def open_with_codes(principal: Principal) -> CreditUnitOfWork:
        unit: CreditUnitOfWork = opened(principal)
        unit._answering = replace(unit.answering, codes=codes)
        return unit

    process.open = open_with_codes
    return Principal("anonymous", here.district)


def heard_of(notice: CalendarChangedV1, district: str) -> Heard[CalendarChangedV1]:
    return Heard(notice, new_id(), "results", 1, district, datetime.now(UTC))


async def send(here: CreditDistrict, who: Principal, path: str, **content: Any) -> Any:
    async with here.credit.client(who) as client:
        return await client.post(path, **content)


async def a_token(here: CreditDistrict, firm: Principal) -> str:
    taken = await send(here, firm, "/v1/repair-tokens", json={"code": CODE})
    assert taken.status_code == 201, taken.text
    return f"/v1/repair-tokens/{taken.json()['token']}"


async def an_application(here: CreditDistrict, firm: Principal, token: str, **target: Any) -> Any:
    file = await send(here, firm, f"{token}/files", content=PDF)
    assert file.status_code == 201, file.text
    evidence = [{"name": "整改情况报告.pdf", "digest": file.json()["digest"]}]
    return await send(here, firm, f"{token}/repairs", json={"grounds": "已履行义务", "evidence": evidence} | target)


async def an_entry(here: CreditDistrict) -> str:
    await here.hear(published(a_result(here.entities[0], outcome_codes=["6"], listing=LISTED)))
    (entry,) = (await here.get(the_joint_office(here.district), "/v1/listings")).json()["items"]
    return str(entry["listing_id"])


async def test_a_firm_applies_without_an_officer_and_the_deciding_department_goes_on(
    here: CreditDistrict, firm: Principal
) -> None:
    listing_id = await an_entry(here)
    token = await a_token(here, firm)
    page = (await here.get(firm, token)).json()
    assert [(one["listing_id"], one["can_apply"]) for one in page["repairables"] if one["kind"] == "listing"] == [
        (listing_id, True)
    ]
    made = await an_application(here, firm, token, kind="listing", listing_id=listing_id)
    assert (made.status_code, made.json()["state_name"], made.json()["department"]) == (201, "已申请，待受理", "SCJG")
    again = await an_application(here, firm, token, kind="listing", listing_id=listing_id)
    assert (again.status_code, again.json()["code"]) == (409, "credit.repair_under_way")
    reviewer = a_reviewer(district=here.district)
    path = f"/v1/repairs/{made.json()['repair_id']}"
    shown = (await here.get(reviewer, path)).json()["current"]
    assert shown["applied_by"] == f"enterprise:{here.entities[0].entity_id}"
    accepted = await send(here, reviewer, f"{path}/acceptance", json={"accept": True})
    assert accepted.json()["state"] == "accepted"
    withdrawn = await send(here, firm, f"{token}{path.removeprefix('/v1')}/withdrawal", json={"reason": "另行申请"})
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert len((await here.get(firm, token)).json()["repairs"]) == 1


async def test_what_came_from_elsewhere_is_repaired_there_and_the_page_says_so(
    here: CreditDistrict, firm: Principal
) -> None:
    result = a_result(here.entities[0], findings=[a_finding("B", severity=4)])
    await here.hear(published(result))
    row = {
        "uscc": here.entities[0].uscc,
        "indicator": "R0304",
        "points": 100,
        "occurred_on": "2026-11-01",
        "source": "信用中国（河南）",
        "text": "行政处罚",
        "record_no": "CF-1",
    }
    await send(here, the_joint_office(here.district), "/v1/fact-imports", json={"rows": [row]})
    token = await a_token(here, firm)
    page = (await here.get(firm, token)).json()["repairables"]
    can = {one["source"]: one["can_apply"] for one in page}
    assert can == {"results": True, "import": False}, page
    (abroad,) = [one for one in page if one["source"] == "import"]
    refused = await an_application(here, firm, token, kind="fact", source="import", key=abroad["key"])
    assert (refused.status_code, refused.json()["code"]) == (409, "credit.repair_elsewhere")
    own = await an_application(here, firm, token, kind="fact", source="results", key=str(result.result_id))
    assert own.status_code == 201


async def test_a_token_is_needed_and_gives_no_more_than_its_own_firm(
    here: CreditDistrict, firm: Principal, capsys: pytest.CaptureFixture[str]
) -> None:
    """And no log line holds it."""
    listing_id = await an_entry(here)
    nothing = f"/v1/repair-tokens/{'A' * 43}"
    assert (await here.get(firm, nothing)).json()["code"] == "credit.token_not_good"
    assert (await send(here, firm, f"{nothing}/files", content=PDF)).status_code == 403
    token = await a_token(here, firm)
    office = await send(here, a_reviewer(district=here.district), "/v1/repair-files", content=b"%PDF- of others")
    evidence = [{"name": "他人材料.pdf", "digest": office.json()["digest"]}]
    body = {"kind": "listing", "listing_id": listing_id, "grounds": "已履行", "evidence": evidence}
    foreign = await send(here, firm, f"{token}/repairs", json=body)
    assert (foreign.status_code, foreign.json()["code"]) == (422, "credit.evidence_of_others")
    made = await an_application(here, firm, token, kind="listing", listing_id=listing_id)
    async with here.work() as work:
        await work.connection.execute(text("UPDATE repair_tokens SET expires_at = now()"))
        await work.commit()
    late = await send(here, firm, f"{token}/repairs/{made.json()['repair_id']}/withdrawal", json={"reason": "撤回"})
    assert (late.status_code, late.json()["code"]) == (403, "credit.token_not_good")
    logged = capsys.readouterr()
    assert "credit.token_not_good" in logged.out
    assert token.rpartition("/")[2] not in logged.out + logged.err


async def test_what_a_firm_sends_is_bounded_and_of_a_known_type(here: CreditDistrict, firm: Principal) -> None:
    token = await a_token(here, firm)

    async def small_pieces(content: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(content), 3):
            yield content[start : start + 3]

    pieces = await send(here, firm, f"{token}/files", content=small_pieces(PDF))
    program = await send(here, firm, f"{token}/files", content=b"MZ\x90\x00 program")
    empty = await send(here, firm, f"{token}/files", content=b"")
    assert [answer.status_code for answer in (pieces, program, empty)] == [201, 422, 422]
    assert program.json()["code"] == "credit.evidence_type_wrong"
    page = (await here.get(firm, token)).json()
    assert (page["files"], page["bytes"]) == (1, len(PDF))
    async with here.work() as work:
        await work.connection.execute(text("UPDATE repair_tokens SET files = 20"))
        await work.commit()
    full = await send(here, firm, f"{token}/files", content=PDF)
    assert (full.status_code, full.json()["code"]) == (409, "credit.too_much_evidence")


async def test_what_no_application_names_goes_after_its_term_and_the_audit_says_so(
    here: CreditDistrict, firm: Principal
) -> None:
    """An act of the worker; what an application names stays."""
    listing_id = await an_entry(here)
    token = await a_token(here, firm)
    made = await an_application(here, firm, token, kind="listing", listing_id=listing_id)
    assert made.status_code == 201
    idle = (await send(here, firm, f"{token}/files", content=b"%PDF- never used")).json()["digest"]
    files = here.credit.process.files
    assert await clear_files(here.work()) == 0
    async with here.work() as work:
        await work.connection.execute(
            text("UPDATE repair_files SET sent_at = sent_at - CAST(:term AS interval)"),
            {"term": TERM + timedelta(days=1)},
        )
        await work.commit()
    assert await clear_files(here.work()) == 1
    assert not files.path(idle).is_file()
    async with here.work() as work:
        kept = (await work.connection.execute(text("SELECT digest FROM repair_files"))).scalars().all()
        audits = await work.connection.execute(
            text("SELECT count(*) FROM audits WHERE district = :here AND action = 'clear_files'"),
            {"here": here.district},
        )
        assert audits.scalar_one() == 1
    assert [files.path(digest).is_file() for digest in kept] == [True]


async def test_open_steps_follow_a_notice_and_the_rebuilt_credit_stays_the_same(
    here: CreditDistrict, firm: Principal
) -> None:
    """R2, B7: the last day moves with its working days; no byte of what the journal gives does."""
    listing_id = await an_entry(here)
    made = await an_application(here, firm, await a_token(here, firm), kind="listing", listing_id=listing_id)
    due_on = made.json()["due_on"]
    async with here.work() as work:
        applied_on = work.today
        off = [applied_on + timedelta(days=ahead) for ahead in range(1, 8)]
        notice = CalendarChangedV1(
            aggregate_version=9,
            year=applied_on.year,
            document_no="国办发明电〔2026〕9号",
            days_off=off,
            working_weekends=[],
        )
        await on_calendar_changed([heard_of(notice, here.district)], work)
        await work.commit()
    shown = (await here.get(firm, f"/v1/repairs/{made.json()['repair_id']}/status")).json()
    assert shown["due_on"] > max(due_on, off[-1].isoformat())
    assert [step["state_name"] for step in shown["steps"]] == ["已申请，待受理"]
    owner = await asyncpg.connect(here.credit.platform.database_url("credit", "owner"))
    done = await rebuild(owner, swap=False)
    await owner.close()
    assert done.is_same, done.told()
