"""An operator who wants another outcome, move by move: each is refused, or stays visible to everybody in the public
chain (REL17, SEC32, SEC33; issue: the draw that anyone can check)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.draw.domain.verify import verify
from shared.values.ids import new_id
from tests.builders.dice import Dice
from tests.builders.draw import DEPARTMENTS, an_inspector_row
from tests.builders.people import a_department_admin, an_officer, the_service
from tests.integration.draw.conftest import Led
from tests.integration.draw.substituting import GONE, a_colleague, approve, ask, confirm, officer_of, replaceable
from tests.integration.draw.test_ceremony import verified

Lead = Callable[..., Awaitable[Led]]
BEACON = {"id": "快乐8", "ref": "中国福利彩票快乐8 第2026310期", "pattern": "[0-9]{2}", "after_seconds": 1}


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def kinds(led: Led) -> list[str]:
    return [entry["kind"] for entry in (await led.get(led.freezer, "/v1/log?page_size=200"))["items"]]


async def voided(led: Led, reason: str) -> None:
    await led.act(led.committer, "void-requests", {"reason": reason})
    await led.act(led.freezer, "void")


async def test_grinding_by_void_and_redraw_is_a_chain_of_late_voids(lead: Lead, tmp_path: Path) -> None:
    """SEC32: every try costs two people and a public reason, names its predecessor, and verifiers report it."""
    led = await lead()
    tried = []
    for n in range(3):
        await led.led_to_result()
        tried.append(str(led.draw_id))
        if n < 2:
            await voided(led, f"对结果不满意，第 {n + 1} 次")
    await led.act(led.committer, "disclosure", {})
    log = [json.loads(entry["text"]) for entry in (await led.get(led.freezer, "/v1/log?page_size=200"))["items"]]
    commitments = [document for document in log if document["kind"] == "commitment"]
    assert [document.get("replaces") for document in commitments] == [None, *tried[:2]]
    assert [document["late"] for document in log if document["kind"] == "void"] == [True, True]
    record = await led.record()
    assert verified(record, tmp_path) == "OK record.json"
    notes = verify(record).notes
    assert [note for note in notes if "结果可能已为人知" in note and "对结果不满意" in note] == list(notes)[:2]


async def test_an_outcome_that_is_known_cannot_be_left_uncomputed_nor_the_task_drawn_beside_it(lead: Lead) -> None:
    """SEC32: after the reveal there is no void before the result, and no second draw of the task."""
    led = await lead()
    await led.led_to_reveal()
    assert code(await led.act(led.committer, "void-requests", {"reason": "不想公布"}, None)) == (
        409,
        "draw.not_at_stage",
    )
    assert code(await led.freeze(expect=None)) == (409, "draw.task_has_live_draw")
    withdrawal = await led.post(led.committer, f"/v1/pools/{led.draw_id}/withdrawal", {"reason": "重来"}, None)
    assert code(withdrawal) == (409, "draw.not_at_stage")


async def test_many_pools_may_be_frozen_in_secret_but_none_after_anybody_knows_a_share(lead: Lead) -> None:
    """A pool withdrawn before its commitment tells its owner nothing: the shares are still with the parties."""
    led = await lead()
    keys = []
    for _ in range(3):
        await led.freeze()
        keys.append(str(led.draw_id))
        await led.hand_over()
        share = {"party": led.parties[0].id, "value": led.parties[0].share.hex()}
        assert code(await led.act(led.parties[0].account, "shares", share, None)) == (409, "draw.not_at_stage")
        await led.post(led.committer, f"/v1/pools/{led.draw_id}/withdrawal", {"reason": "换一个盲化密钥"})
    listed = (await led.get(led.freezer, f"/v1/draws?task={led.task.task_id}"))["items"]
    assert [draw["draw_id"] for draw in listed if draw["stage"] == "WITHDRAWN"] == keys


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE pool_objects SET record = replace(record, '宏远', '鸿远')",
        "UPDATE pool_objects SET stratum = 'excluded' WHERE stratum = 'S1'",
        "UPDATE pool_strata SET tokens = tokens || tokens",
        "UPDATE pool_inspectors SET roster_row = NULL",
        "UPDATE pool_recusals SET object_token = inspector_token",
        "UPDATE published_lists SET rows = ''",
    ],
)
async def test_a_frozen_pool_or_roster_cannot_be_edited_by_the_service_itself(lead: Lead, statement: str) -> None:
    """SEC32: not even with the service's own connection, as its own worker."""
    led = await lead()
    first, second = led.registry.objects[0], led.registry.inspectors[2]
    pair = {"inspector_id": second["inspector_id"], "entity_id": first["entity_id"], "ground": "近亲属任职"}
    await led.post(a_department_admin("scjg", led.district), "/v1/recusals", pair, 201)
    await led.led_to_result()
    async with led.served.work(the_service("draw", led.district)) as work:
        with pytest.raises(DBAPIError, match="stay as they were written"):
            await work.connection.execute(text(statement))


@pytest.mark.parametrize(
    ("table", "edit", "refusal"),
    [
        ("pool_objects", "UPDATE pool_objects SET record = replace(record, '宏远', '鸿远') WHERE stratum = 'S1'",
         "draw.opening_pool"),
        ("pool_objects", "DELETE FROM pool_objects WHERE stratum = 'S4'", "draw.opening_pool"),
        ("pool_objects", "UPDATE pool_objects SET stratum = 'excluded' WHERE stratum = 'S4'", "draw.opening_pool"),
        ("pool_strata", "UPDATE pool_strata SET tokens = substr(tokens, 33) WHERE stratum = 'S1'", "draw.pool_root"),
        ("pool_inspectors", "UPDATE pool_inspectors SET roster_row = NULL, token = NULL WHERE department = 'yjj'",
         "draw.list_hash"),
        ("pool_recusals", "DELETE FROM pool_recusals", "draw.list_hash"),
    ],
)  # fmt: skip
async def test_a_pool_edited_past_all_triggers_is_found_before_its_commitment(
    lead: Lead, table: str, edit: str, refusal: str
) -> None:
    """SEC32: whoever owns the database and edits between freeze and commitment meets the frozen hashes."""
    led = await lead()
    first, second = led.registry.objects[0], led.registry.inspectors[2]
    pair = {"inspector_id": second["inspector_id"], "entity_id": first["entity_id"], "ground": "近亲属任职"}
    await led.post(a_department_admin("scjg", led.district), "/v1/recusals", pair, 201)
    await led.freeze()
    await led.hand_over()
    await tampered(led, table, edit)
    assert code(await led.act(led.committer, "commitment", expect=None))[1] == refusal
    assert await kinds(led) == []


async def tampered(led: Led, table: str, edit: str) -> None:
    """As the owner of the database, with the triggers switched off."""
    import asyncpg

    dsn = led.served.platform.admin_dsn.rpartition("/")[0] + "/ssj_draw"
    admin = await asyncpg.connect(dsn)
    try:
        async with admin.transaction():
            await admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            where = f"draw_id = '{led.draw_id}'"
            await admin.execute(f"{edit} AND {where}" if " WHERE " in edit else f"{edit} WHERE {where}")
            await admin.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    finally:
        await admin.close()


async def test_a_roster_edited_after_the_commitment_no_longer_verifies(lead: Lead, tmp_path: Path) -> None:
    """SEC32: what was committed is what strangers hash; an officer left out later is missed by all."""
    led = await lead()
    await led.freeze()
    await led.commit()
    await led.reveal()
    await tampered(led, "pool_inspectors", "UPDATE pool_inspectors SET roster_row = NULL WHERE department = 'yjj'")
    await led.act(led.committer, "result")
    await led.act(led.committer, "disclosure", {})
    assert verified(await led.record(), tmp_path).startswith("LIST_HASH")


async def test_an_officer_added_or_a_recusal_declared_after_the_freeze_is_for_the_next_draw(
    lead: Lead, tmp_path: Path
) -> None:
    """SEC33: the lists are those of the freeze."""
    led = await lead()
    await led.freeze()
    led.registry.inspectors.append(an_inspector_row(Dice("late"), "scjg", 99))
    pair = {"inspector_id": led.registry.inspectors[3]["inspector_id"], "ground": "近亲属任职"}
    entity = {"entity_id": led.registry.objects[0]["entity_id"]}
    await led.post(a_department_admin("scjg", led.district), "/v1/recusals", pair | entity, 201)
    await led.commit()
    await led.reveal()
    await led.act(led.committer, "result")
    await led.act(led.committer, "disclosure", {})
    record = await led.record()
    assert verified(record, tmp_path) == "OK record.json"
    active = [row for row in led.registry.inspectors[:-1] if row["status"] == "active"]
    assert len(record["public"]["roster"]) == len([row for row in active if row["department"] in DEPARTMENTS])
    assert record["public"]["recusals"] == []


async def test_dropping_the_last_share_needs_its_party_and_is_counted(lead: Lead) -> None:
    """SEC32: without a beacon every share is needed; nobody closes the list while one is missing and time is left."""
    led = await lead()
    await led.freeze()
    await led.commit()
    first = led.parties[0]
    await led.act(first.account, "shares", {"party": first.id, "value": first.share.hex()})
    assert code(await led.act(led.committer, "share-closure", expect=None)) == (409, "draw.shares_still_open")
    async with led.served.work(led.committer) as work:
        with pytest.raises(DBAPIError, match="stay as they were written"):
            await work.connection.execute(text("DELETE FROM party_shares"))


async def test_a_share_withheld_past_the_deadline_leaves_a_draw_that_can_only_be_void(lead: Lead) -> None:
    """SEC32: too few shares give no result at all, and the void says that it was not late or was, in public."""
    led = await lead()
    await led.freeze(reveal_seconds=1)
    await led.commit()
    first = led.parties[0]
    await led.act(first.account, "shares", {"party": first.id, "value": first.share.hex()})
    await asyncio.sleep(2.1)
    late = led.parties[1]
    given = await led.act(late.account, "shares", {"party": late.id, "value": late.share.hex()}, None)
    assert code(given) == (409, "draw.reveal_deadline_passed")
    assert code(await led.act(led.committer, "share-closure", expect=None)) == (422, "draw.share_count")
    assert code(await led.act(led.committer, "result", expect=None)) == (409, "draw.not_at_stage")
    await voided(led, "见证方未给出份额")
    assert await kinds(led) == ["commitment", "void"]


async def test_the_beacon_is_named_before_it_is_born_and_read_once(lead: Lead) -> None:
    """SEC32: neither another source, nor another value, nor a second reading."""
    led = await lead()
    await led.freeze(beacons=[BEACON], no_beacon_profile=False, reveal_seconds=1)
    await led.commit()
    await led.reveal()

    def read(**changes: str) -> dict[str, Any]:
        return {"values": [{"id": "快乐8", "value": "07", "provenance": "中国福彩网"} | changes]}

    assert code(await led.act(led.committer, "beacon", read(), None)) == (409, "draw.beacon_not_born")
    await asyncio.sleep(2.1)
    assert code(await led.act(led.committer, "beacon", read(id="体彩"), None)) == (422, "draw.beacon")
    assert code(await led.act(led.committer, "beacon", read(value="7"), None)) == (422, "draw.beacon")
    await led.act(led.committer, "beacon", read())
    assert code(await led.act(led.committer, "beacon", read(value="08"), None)) == (409, "draw.not_at_stage")
    assert (await led.record())["reveal"]["beacons"] == [{"id": "快乐8", "value": "07"}]


async def test_a_false_beacon_value_stands_in_public_beside_its_named_source(lead: Lead) -> None:
    """The chain cannot know the lottery; everybody can: source, issue, value, who read it, where."""
    led = await lead()
    await led.freeze(beacons=[BEACON], no_beacon_profile=False, reveal_seconds=1)
    await led.commit()
    await led.reveal()
    await asyncio.sleep(2.1)
    value = {"id": "快乐8", "value": "99", "provenance": "中国福彩网 2026-11-24"}
    await led.act(led.committer, "beacon", {"values": [value]})
    shown = (await led.detail())["beacons"][0]
    assert (shown["ref"], shown["value"], shown["provenance"]) == (BEACON["ref"], "99", "中国福彩网 2026-11-24")
    entered = [step for step in (await led.detail())["history"] if step["step"] == "reveal_beacon"]
    assert [step["actor"] for step in entered] == [led.committer.subject]


async def test_shares_of_an_earlier_draw_open_no_commit_of_the_next(lead: Lead) -> None:
    """Replay: a share is bound to its draw and its party; a commit copied from another party opens for nobody."""
    led = await lead()
    await led.led_to_result()
    old = led.draw_id
    await voided(led, "名录库遗漏一个乡镇")
    await led.freeze()
    notary, discipline = led.parties
    copied = {"party": discipline.id, "commit": notary.commit(led.draw_id)}
    await led.act(notary.account, "party-commits", {"party": notary.id, "commit": notary.commit(old)})
    await led.act(discipline.account, "party-commits", copied)
    await led.act(led.committer, "commitment")
    for party, value in ((notary, notary.share), (discipline, notary.share), (discipline, discipline.share)):
        answer = await led.act(party.account, "shares", {"party": party.id, "value": value.hex()}, None)
        assert code(answer) == (422, "draw.share_does_not_open")
    assert code(await led.act(led.committer, "share-closure", expect=None)) == (409, "draw.shares_still_open")


async def test_one_person_with_every_role_still_needs_the_others(lead: Lead) -> None:
    """SEC32: roles do not add up to people."""
    led = await lead()
    all_in_one = an_officer(
        "joint_office", "department_admin", "witness", "inspector", department="scjg", district=led.district
    )
    led.freezer = led.committer = all_in_one
    await led.freeze()
    outside = led.parties[0]
    commit = {"party": outside.id, "commit": outside.commit(led.draw_id)}
    assert code(await led.act(all_in_one, "party-commits", commit, None)) == (403, "draw.operator_as_outsider")
    await led.hand_over()
    assert code(await led.act(all_in_one, "commitment", expect=None)) == (409, "draw.second_person_needed")


async def test_an_unwelcome_object_is_not_dropped_by_its_friends_alone(lead: Lead) -> None:
    """SEC32, D6: two departments and a third person, all named; the reason is public and the next is not chosen."""
    led = await lead()
    await led.led_to_result()
    visit = (await replaceable(led))[0]
    friend = officer_of(led, visit)
    request_id = (await ask(led, friend, visit, GONE)).json()["id"]
    assert code(await confirm(led, friend, request_id, None)) == (409, "draw.second_person_needed")
    assert code(await approve(led, led.committer, request_id, None)) == (409, "draw.not_in_state")
    second = a_colleague(led)
    await confirm(led, second, request_id)
    done = (await approve(led, led.committer, request_id)).json()
    assert (done["requested_by"], done["confirmed_by"], done["decided_by"]) == (
        friend.subject,
        second.subject,
        led.committer.subject,
    )
    chosen = GONE | {"substitute": str(new_id())}
    other = (await replaceable(led))[0]
    assert (await ask(led, officer_of(led, other), other, chosen, None)).status_code == 422


@pytest.mark.parametrize("act", ["approval", "result"])
async def test_fifty_at_once_make_one_step(lead: Lead, act: str) -> None:
    """REL17: fifty concurrent calls, one draw; the same for a substitution."""
    led = await lead()
    await led.led_to_reveal()
    if act == "approval":
        await led.act(led.committer, "result")
        visit = (await replaceable(led))[0]
        request_id = (await ask(led, officer_of(led, visit), visit, GONE)).json()["id"]
        await confirm(led, a_colleague(led), request_id)
        answers = await asyncio.gather(*(approve(led, led.committer, request_id, None) for _ in range(50)))
        assert sorted({answer.status_code for answer in answers}) == [200, 409]
        assert [answer.status_code for answer in answers].count(200) == 1
        assert await kinds(led) == ["commitment", "shares", "result", "substitution", "result"]
    else:
        answers = await asyncio.gather(*(led.act(led.committer, "result", expect=None) for _ in range(50)))
        assert {answer.status_code for answer in answers} <= {200, 503}
        assert await kinds(led) == ["commitment", "shares", "result"]
