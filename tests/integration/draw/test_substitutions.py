"""After the draw: the sequence goes on in public, nobody chooses who comes next (D6, B28, SEC32, SEC33)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text

from services.draw.messaging.handlers import on_result_moved
from shared.events.envelope import Heard
from shared.events.results import VisitConcludedV1
from shared.runtime.principal import Principal
from shared.values.ids import new_id
from tests.builders.people import a_department_admin, an_auditor, an_inspector, the_service
from tests.integration.draw.conftest import Led
from tests.integration.draw.substituting import (
    GONE,
    a_colleague,
    approve,
    ask,
    class_of,
    confirm,
    officer_of,
    replaceable,
    standing,
    substituted,
    unable,
)
from tests.integration.draw.test_ceremony import verified, verified_by_node

Lead = Callable[..., Awaitable[Led]]


async def told(led: Led) -> list[tuple[str, dict[str, Any]]]:
    """Types and bodies of all events of the district so far, in order."""
    async with led.served.work(led.committer) as work:
        rows = await work.connection.execute(
            text("SELECT type, payload FROM outboxes WHERE district = :district ORDER BY id"),
            {"district": led.district},
        )
        return [(row.type, json.loads(row.payload)) for row in rows]


async def kinds(led: Led) -> list[str]:
    return [entry["kind"] for entry in (await led.get(led.freezer, "/v1/log?page_size=200"))["items"]]


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def concluded(led: Led, visit: dict[str, Any], department: str, outcome: str) -> None:
    """Results tells how a department's part of the visit ended."""
    event = VisitConcludedV1(
        aggregate_version=1,
        record_id=new_id(),
        visit_id=visit["visit_id"],
        task_id=visit["task_id"],
        entity_id=visit["entity_id"],
        department=department,
        outcome=outcome,
        concluded_on=date(2026, 11, 24),
    )
    async with led.served.work(the_service("draw", led.district)) as work:
        await on_result_moved([Heard(event, new_id(), "results", 1, led.district, work.now)], work)
        await work.commit()


async def test_a_firm_that_is_gone_gives_way_to_the_next_of_its_sequence(lead: Lead, tmp_path: Path) -> None:
    """D6: substituted by rule, never silently dropped; both verifiers recompute the new version."""
    led = await lead()
    await led.led_to_result()
    await led.act(led.committer, "disclosure", {"with_inspectors": True})
    before = await standing(led)
    gone = (await replaceable(led))[0]
    done = await substituted(led, gone, officer_of(led, gone), GONE)
    assert (done["state"], done["result_version"]) == ("applied", 1)
    assert await kinds(led) == ["commitment", "shares", "result", "disclosure", "substitution", "result", "disclosure"]
    after = await standing(led)
    came = next(visit for visit in after if visit["visit_id"] == done["substitute_visit_id"])
    others = [visit for visit in before if visit != gone]
    assert [visit for visit in after if visit is not came] == others
    assert class_of(led, came) == class_of(led, gone)
    assert came["batch"] == gone["batch"]
    record = await led.record()
    assert verified(record, tmp_path) == "OK record.json"
    assert verified_by_node(record, tmp_path) == "OK record.json"
    opened = {row.split("\t")[3] for row in record["public"]["openings"] if row.startswith("object")}
    assert {came["entity_id"], gone["entity_id"]} <= opened
    assert record["substitutions"][0]["reason"] == "通过登记的住所无法联系检查对象：登记住所无人，电话停机"


async def test_the_substitution_is_told_with_the_visit_that_takes_its_place(lead: Lead) -> None:
    """D5: results calls the old record off and takes up the new visit."""
    led = await lead()
    await led.led_to_result()
    gone = (await replaceable(led))[0]
    before = len(await told(led))
    done = await substituted(led, gone, officer_of(led, gone), GONE)
    new = (await told(led))[before:]
    visits = {kind: body for kind, body in new if kind.startswith("draw.visit")}
    assert set(visits) == {"draw.visit.substituted.v1", "draw.visit.assigned.v1"}
    away, come = visits["draw.visit.substituted.v1"], visits["draw.visit.assigned.v1"]
    assert (away["visit_id"], away["aggregate_version"]) == (gone["visit_id"], 2)
    assert away["substitute_visit_id"] == come["visit_id"] == done["substitute_visit_id"]
    assert {team["department"] for team in come["teams"]} == {"scjg", "yjj", "sthj"}
    assert [kind for kind, _ in new if "document" in kind] == ["draw.document.published.v1"] * 2
    assert "draw.draw.completed.v1" not in {kind for kind, _ in new}


async def test_an_officer_who_must_recuse_himself_is_replaced_and_his_ground_stays_secret(
    lead: Lead, tmp_path: Path
) -> None:
    """B28, SEC33: only his seat changes; the log names the kind of reason and nobody."""
    led = await lead()
    await led.led_to_result()
    visit = (await replaceable(led))[0]
    who = officer_of(led, visit, "scjg", 1)
    done = await substituted(led, visit, who, unable(who))
    again = await led.get(led.committer, f"/v1/visits/{visit['visit_id']}")
    moved = [(a, b) for a, b in zip(visit["seats"], again["seats"], strict=True) if a != b]
    assert [(a["inspector_id"], b["inspector_id"]) for a, b in moved] == [
        (str(who.inspector_id), done["new_inspector_id"])
    ]
    assert done["new_inspector_id"] not in {seat["inspector_id"] for seat in visit["seats"]}
    kind, body = [(kind, body) for kind, body in await told(led) if kind.startswith("draw.visit")][-1]
    assert (kind, body["aggregate_version"], body["visit_id"]) == ("draw.visit.assigned.v1", 2, visit["visit_id"])
    await led.act(led.committer, "disclosure", {})
    record = await led.record()
    assert verified(record, tmp_path) == "OK record.json"
    assert record["substitutions"][0]["reason"] == "检查人员依法回避"
    everything = json.dumps([record, await told(led)], ensure_ascii=False)
    assert unable(who)["reason"] not in everything
    other = await led.get(a_department_admin("sthj", led.district), f"/v1/substitutions/{done['id']}")
    assert (other["reason"], other["evidence"], other["reason_label"]) == (None, None, "检查人员依法回避")
    async with led.served.work(led.committer) as work:
        audited = (await work.connection.execute(text("SELECT command::text FROM audits"))).scalars().all()
        assert not any(unable(who)["reason"] in str(command) for command in audited)


async def test_one_after_the_other_the_sequence_goes_on_and_every_version_is_public(lead: Lead, tmp_path: Path) -> None:
    """REL18: objects and officers mixed, a substitute dropped in its turn."""
    led = await lead()
    await led.led_to_result()
    first = (await replaceable(led))[0]
    done = await substituted(led, first, officer_of(led, first), GONE)
    came = await led.get(led.committer, f"/v1/visits/{done['substitute_visit_id']}")
    who = officer_of(led, came, "sthj")
    await substituted(led, came, who, unable(who, reason_code="inspector_on_leave"))
    came = await led.get(led.committer, f"/v1/visits/{done['substitute_visit_id']}")
    await substituted(led, came, officer_of(led, came), GONE | {"reason_code": "object_closed"})
    await led.act(led.committer, "disclosure", {"with_inspectors": True})
    record = await led.record()
    results = [json.loads(entry) for entry in record["log"] if '"kind":"result"' in entry.replace(" ", "")]
    assert [result["version"] for result in results] == [0, 1, 2, 3]
    assert verified(record, tmp_path) == "OK record.json"
    assert verified_by_node(record, tmp_path) == "OK record.json"
    story = await led.get(led.committer, f"/v1/visits/{came['visit_id']}/explanation")
    assert story["drawn"][0]["instead_of"] == first["object_token"]
    assert [(one["department"], one["idx"]) for one in story["exchanged"]] == [("sthj", 0)]
    assert story["given_up_for"] not in (None, "")


async def test_a_visit_explains_by_which_ticket_its_object_was_drawn(lead: Lead) -> None:
    """G2, D2: recomputable by anybody."""
    led = await lead()
    await led.led_to_result()
    visit = (await replaceable(led))[0]
    story = await led.get(officer_of(led, visit), f"/v1/visits/{visit['visit_id']}/explanation")
    (drawn,) = story["drawn"]
    assert drawn["ticket"] <= drawn["cut"]
    assert (drawn["batch"], story["given_up_for"], story["exchanged"], story["gaps"]) == (visit["batch"], None, [], [])
    stranger = a_department_admin("jtj", led.district)
    async with led.served.client(stranger) as client:
        assert (await client.get(f"/v1/visits/{visit['visit_id']}/explanation")).status_code == 404


async def test_where_nobody_is_left_in_the_sequence_the_visit_has_no_successor(lead: Lead, tmp_path: Path) -> None:
    """All of class D are drawn: whoever drops out there has nobody behind him."""
    led = await lead()
    await led.led_to_result()
    risky = next(visit for visit in await standing(led) if class_of(led, visit) == "D")
    done = await substituted(led, risky, officer_of(led, risky), GONE)
    assert (done["state"], done["substitute_visit_id"]) == ("applied", None)
    await led.act(led.committer, "disclosure", {})
    assert verified(await led.record(), tmp_path) == "OK record.json"


async def test_three_people_of_two_departments_bring_a_substitution_about(lead: Lead) -> None:
    """SEC32: who comes next is known to all once the seed is, so nobody drops anybody alone."""
    led = await lead()
    await led.led_to_result()
    visit = (await replaceable(led))[0]
    who = officer_of(led, visit)
    request_id = (await ask(led, who, visit, GONE)).json()["id"]
    assert code(await ask(led, who, visit, GONE, None)) == (409, "draw.substitution_open")
    assert code(await approve(led, led.committer, request_id, None)) == (409, "draw.not_in_state")
    assert code(await confirm(led, who, request_id, None)) == (409, "draw.second_person_needed")
    mate = officer_of(led, visit, "scjg", 1)
    assert code(await confirm(led, mate, request_id, None)) == (403, "draw.other_department_needed")
    stranger = a_department_admin("jtj", led.district)
    assert code(await confirm(led, stranger, request_id, None)) == (404, "draw.substitution_unknown")
    assert code(await confirm(led, led.parties[0].account, request_id, None)) == (403, "draw.other_department_needed")
    second = a_colleague(led)
    await confirm(led, second, request_id)
    assert code(await approve(led, second, request_id, None)) == (403, "request.role_missing")
    elsewhere = a_department_admin("yjj", led.district)
    assert code(await approve(led, elsewhere, request_id, None)) == (403, "draw.not_the_operator")
    assert await kinds(led) == ["commitment", "shares", "result"]
    await approve(led, led.committer, request_id)
    assert code(await approve(led, led.committer, request_id, None)) == (409, "draw.not_in_state")


async def test_who_asked_or_attested_does_not_approve_whatever_his_roles(lead: Lead) -> None:
    led = await lead()
    await led.led_to_result()
    visit = (await replaceable(led))[0]
    admin = led.freezer
    request_id = (await ask(led, admin, visit, GONE)).json()["id"]
    await confirm(led, a_colleague(led), request_id)
    assert code(await approve(led, admin, request_id, None)) == (409, "draw.second_person_needed")
    turned = await led.post(led.committer, f"/v1/substitutions/{request_id}/rejection", {"opinion": "照片不是该处住所"})
    assert (turned.json()["state"], turned.json()["opinion"]) == ("rejected", "照片不是该处住所")
    assert visit in await standing(led)
    await ask(led, admin, visit, GONE)


async def test_a_draw_of_one_department_needs_a_witness_instead_of_a_second_department(
    lead: Lead, tmp_path: Path
) -> None:
    led = await lead(departments=("scjg",))
    await led.led_to_result()
    visit = (await replaceable(led))[0]
    request_id = (await ask(led, officer_of(led, visit), visit, GONE)).json()["id"]
    mate = officer_of(led, visit, "scjg", 1)
    assert code(await confirm(led, mate, request_id, None)) == (403, "draw.witness_needed")
    await confirm(led, led.parties[0].account, request_id)
    await approve(led, led.committer, request_id)
    await led.act(led.committer, "disclosure", {})
    assert verified(await led.record(), tmp_path) == "OK record.json"


async def test_what_was_inspected_is_not_exchanged(lead: Lead) -> None:
    """D6: a firm that one department has inspected was there."""
    led = await lead()
    await led.led_to_result()
    visit, other = (await replaceable(led))[:2]
    who = officer_of(led, visit)
    request_id = (await ask(led, who, visit, GONE)).json()["id"]
    await confirm(led, a_colleague(led), request_id)
    await concluded(led, visit, "sthj", "done")
    assert code(await approve(led, led.committer, request_id, None)) == (409, "draw.visit_was_made")
    mine = officer_of(led, visit, "sthj")
    assert code(await ask(led, mine, visit, unable(mine), None)) == (409, "draw.visit_was_made")
    await concluded(led, other, "sthj", "not_found")
    await substituted(led, other, officer_of(led, other), GONE)


async def test_a_request_names_a_visit_that_stands_and_an_officer_who_is_on_it(lead: Lead) -> None:
    led = await lead()
    await led.led_to_result()
    visit, other = (await replaceable(led))[:2]
    who, admin = officer_of(led, visit), a_department_admin("scjg", led.district)
    outsider = an_inspector(new_id(), "scjg", led.district)
    assert code(await ask(led, outsider, visit, GONE, None)) == (403, "draw.not_of_the_visit")
    colleague = officer_of(led, visit, "yjj")
    assert code(await ask(led, colleague, visit, unable(who), None)) == (403, "draw.not_of_the_visit")
    mixed = GONE | {"inspector_id": str(who.inspector_id)}
    assert code(await ask(led, who, visit, mixed, None)) == (422, "draw.reason_does_not_fit")
    bare = unable(who)
    del bare["inspector_id"]
    assert code(await ask(led, who, visit, bare, None)) == (422, "draw.reason_does_not_fit")
    absent = unable(outsider)
    assert code(await ask(led, outsider, visit, absent, None)) == (422, "draw.not_on_the_team")
    assert code(await ask(led, admin, {"visit_id": new_id()}, GONE, None)) == (404, "draw.visit_unknown")
    await substituted(led, other, officer_of(led, other), GONE)
    assert code(await ask(led, admin, other, GONE, None)) == (409, "draw.visit_not_assigned")


async def test_two_approvals_at_once_are_two_steps_of_one_sequence(lead: Lead, tmp_path: Path) -> None:
    """REL17: the draw's lock is the queue."""
    led = await lead()
    await led.led_to_result()
    ids = []
    for visit in (await replaceable(led))[:2]:
        request_id = (await ask(led, officer_of(led, visit), visit, GONE)).json()["id"]
        await confirm(led, a_colleague(led), request_id)
        ids.append(request_id)
    done = await asyncio.gather(*(approve(led, led.committer, request_id) for request_id in ids))
    assert {answer.json()["result_version"] for answer in done} == {1, 2}
    await led.act(led.committer, "disclosure", {})
    assert verified(await led.record(), tmp_path) == "OK record.json"


async def test_how_often_officers_are_excused_is_seen_by_their_department_and_the_office(lead: Lead) -> None:
    """B28: refusal patterns."""
    led = await lead()
    await led.led_to_result()
    mine = await standing(led)
    who = officer_of(led, mine[0])
    theirs = [v for v in await standing(led) if str(who.inspector_id) in {s["inspector_id"] for s in v["seats"]}][:2]
    for visit in theirs:
        await ask(led, who, visit, unable(who, reason_code="inspector_declined", reason="另有公务"))
    other = officer_of(led, mine[0], "yjj")
    await ask(led, other, mine[0], unable(other))

    async def seen(by: Principal) -> list[tuple[str, str, int]]:
        found = (await led.get(by, "/v1/refusal-patterns"))["items"]
        return [(row["department"], row["reason_code"], row["asked"]) for row in found]

    own = ("scjg", "inspector_declined", len(theirs))
    assert await seen(a_department_admin("scjg", led.district)) == [own]
    assert set(await seen(led.committer)) == {own, ("yjj", "inspector_recused", 1)}
    assert len(await seen(an_auditor(led.district))) == 2
    listed = await led.get(led.committer, f"/v1/substitutions?inspector={who.inspector_id}&state=requested")
    assert len(listed["items"]) == len(theirs)


async def test_an_officer_who_no_longer_fits_is_a_seat_due_for_substitution_the_same_day(lead: Lead) -> None:
    """L3, B2: certificate against the window, in post, of the department; seen by who takes part."""
    led = await lead()
    await led.led_to_result()
    visit = (await replaceable(led))[0]
    by_place = [(department, place) for department in ("scjg", "yjj", "sthj") for place in (0, 1)]
    people = [str(officer_of(led, visit, *where).inspector_id) for where in by_place]
    rows = {row["inspector_id"]: row for row in led.registry.inspectors}
    assert (await led.get(led.committer, f"/v1/draws/{led.draw_id}/unfit-seats"))["items"] == []
    rows[people[0]]["valid_until"] = "2026-12-30"
    rows[people[1]]["status"] = "suspended"
    rows[people[2]]["department"] = "jtj"
    led.registry.inspectors.remove(rows[people[3]])
    due = (await led.get(led.committer, f"/v1/draws/{led.draw_id}/unfit-seats"))["items"]
    here = {seat["inspector_id"]: seat["ground"] for seat in due if seat["visit_id"] == visit["visit_id"]}
    grounds = ["certificate_expired", "suspended", "transferred", "unknown"]
    assert here == dict(zip(people[:4], grounds, strict=True))
    admin = a_department_admin("scjg", led.district)
    body = {
        "reason_code": "inspector_certificate",
        "reason": "证件到期",
        "evidence": "名录库",
        "inspector_id": people[0],
    }
    await substituted(led, visit, admin, body)
    due = (await led.get(led.committer, f"/v1/draws/{led.draw_id}/unfit-seats"))["items"]
    assert people[0] not in {seat["inspector_id"] for seat in due if seat["visit_id"] == visit["visit_id"]}
    stranger = a_department_admin("jtj", led.district)
    assert (await led.get(stranger, f"/v1/draws/{led.draw_id}/unfit-seats"))["items"] == []
