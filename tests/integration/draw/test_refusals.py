"""Who may not do what, and when: each refusal by its name (SEC32, REL17)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.events.planning import TaskCancelledV1
from shared.runtime.principal import Principal
from shared.values.ids import new_id
from tests.builders.draw import a_witness
from tests.builders.people import a_department_admin, a_reviewer, an_officer, the_joint_office
from tests.integration.draw.conftest import Led, tell

Lead = Callable[..., Awaitable[Led]]
BEACON = {"id": "快乐8", "ref": "中国福利彩票快乐8 第2026310期", "pattern": "[0-9]{2}", "after_seconds": 300}


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_nobody_freezes_and_commits_alone(lead: Lead) -> None:
    led = await lead()
    await led.freeze()
    await led.hand_over()
    assert code(await led.act(led.freezer, "commitment", expect=None)) == (409, "draw.second_person_needed")
    await led.act(led.committer, "commitment")


async def test_a_task_has_one_live_draw(lead: Lead) -> None:
    led = await lead()
    await led.freeze()
    again = await led.freeze(expect=None)
    assert code(again) == (409, "draw.task_has_live_draw")
    await led.post(led.committer, f"/v1/pools/{led.draw_id}/withdrawal", {"reason": "冻结后发现名录库未更新"})
    await led.freeze()
    listed = await led.get(led.freezer, f"/v1/draws?task={led.task.task_id}")
    assert [draw["stage"] for draw in listed["items"]] == ["WITHDRAWN", "FROZEN"]


async def test_a_share_that_does_not_open_its_commit_is_refused(lead: Lead) -> None:
    led = await lead()
    await led.freeze()
    await led.commit()
    notary = led.parties[0]
    wrong = await led.act(notary.account, "shares", {"party": notary.id, "value": "00" * 32}, None)
    assert code(wrong) == (422, "draw.share_does_not_open")
    copied = await led.act(notary.account, "shares", {"party": notary.id, "value": led.parties[1].share.hex()}, None)
    assert code(copied) == (422, "draw.share_does_not_open")


async def test_shares_are_seen_by_nobody_until_the_list_closes(lead: Lead) -> None:
    led = await lead()
    await led.freeze()
    await led.commit()
    notary, discipline = led.parties
    await led.act(notary.account, "shares", {"party": notary.id, "value": notary.share.hex()})
    early = await led.act(led.committer, "share-closure", expect=None)
    assert code(early) == (409, "draw.shares_still_open")
    assert (await led.record())["reveal"]["shares"] == []
    assert [party["has_share"] for party in (await led.detail())["parties"]] == [True, False]
    async with led.served.work(led.committer) as work:
        kept = "SELECT command::text FROM audits UNION ALL SELECT body FROM idempotency_keys"
        texts = list((await work.connection.execute(text(kept))).scalars())
        sealed = list((await work.connection.execute(text("SELECT value FROM party_shares"))).scalars())
    assert sealed
    assert not any(notary.share.hex() in kept for kept in texts)
    assert not any(notary.share in bytes(value) for value in sealed)
    await led.act(discipline.account, "shares", {"party": discipline.id, "value": discipline.share.hex()})
    await led.act(led.committer, "share-closure")
    assert len((await led.record())["reveal"]["shares"]) == 2


async def test_a_beacon_is_not_revealed_before_it_is_born(lead: Lead) -> None:
    led = await lead()
    await led.led_to_reveal(beacons=[BEACON], no_beacon_profile=False)
    value = {"values": [{"id": "快乐8", "value": "07", "provenance": "中国福彩网"}]}
    assert code(await led.act(led.committer, "beacon", value, None)) == (409, "draw.beacon_not_born")
    assert code(await led.act(led.committer, "result", expect=None)) == (409, "draw.not_at_stage")


async def test_a_witness_stands_for_one_party_and_a_party_for_one_witness(lead: Lead) -> None:
    led = await lead()
    await led.freeze()
    notary, discipline = led.parties

    async def hands_over(who: Principal, party: str, value: str = "ab" * 32) -> tuple[int, str]:
        answer = await led.act(who, "party-commits", {"party": party, "commit": value}, None)
        return (200, "") if answer.status_code == 200 else code(answer)

    assert await hands_over(notary.account, notary.id) == (200, "")
    assert await hands_over(notary.account, notary.id, "cd" * 32) == (200, "")
    assert await hands_over(notary.account, discipline.id) == (403, "draw.witness_of_another_party")
    assert await hands_over(discipline.account, notary.id) == (403, "draw.party_has_its_witness")
    assert await hands_over(discipline.account, "工商联") == (422, "draw.party_unknown")
    assert await hands_over(led.committer, discipline.id) == (403, "request.role_missing")


async def test_nobody_of_the_operator_acts_for_the_party_from_outside(lead: Lead) -> None:
    led = await lead()
    both = an_officer("department_admin", "witness", department="scjg", district=led.district)
    led.freezer = both
    await led.freeze()
    outside = {"party": led.parties[0].id, "commit": "ab" * 32}
    assert code(await led.act(both, "party-commits", outside, None)) == (403, "draw.operator_as_outsider")
    committer = an_officer("joint_office", "witness", department="LXB", district=led.district)
    await led.act(committer, "party-commits", outside)
    await led.act(led.parties[1].account, "party-commits", {"party": led.parties[1].id, "commit": "ab" * 32})
    assert code(await led.act(committer, "commitment", expect=None)) == (403, "draw.operator_as_outsider")


async def test_a_commitment_waits_for_every_party(lead: Lead) -> None:
    led = await lead()
    await led.freeze()
    notary = led.parties[0]
    await led.act(notary.account, "party-commits", {"party": notary.id, "commit": notary.commit(led.draw_id)})
    missing = await led.act(led.committer, "commitment", expect=None)
    assert code(missing) == (409, "draw.commits_missing")
    assert "区纪检" in missing.json()["detail"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"parties": [{"id": "甲", "name": "甲方", "is_outside": True}]}, (422, "draw.parties_too_few")),
        ({"parties": [{"id": i, "name": "甲方"} for i in "甲乙"]}, (422, "draw.no_outside_party")),
        ({"min_shares": 3}, (422, "draw.ceremony")),
        ({"parties": [{"id": "甲", "name": "甲方", "is_outside": True}] * 2}, (422, "draw.duplicate_id")),
        ({"reveal_deadline": "2026-11-24T09:00:00+08:00"}, (422, "draw.deadline_unclear")),
        ({"reveal_seconds": None}, (422, "draw.deadline_unclear")),
        ({"reveal_seconds": None, "reveal_deadline": "2020-01-01T00:00:00+08:00"}, (422, "draw.ceremony")),
        ({"no_beacon_profile": False}, (422, "draw.no_beacon_undeclared")),
        ({"beacons": [BEACON | {"pattern": "[9-0]"}], "no_beacon_profile": False}, (422, "draw.field")),
        (
            {"beacons": [BEACON | {"after_seconds": None}], "no_beacon_profile": False},
            (422, "draw.beacon_time_unclear"),
        ),
        ({"task_id": str(new_id())}, (404, "draw.task_unknown")),
    ],
)
async def test_a_plan_that_the_protocol_does_not_allow_freezes_nothing(
    lead: Lead, changes: dict[str, Any], refusal: tuple[int, str]
) -> None:
    led = await lead()
    assert code(await led.freeze(expect=None, **changes)) == refusal
    assert (await led.get(led.freezer, "/v1/draws"))["items"] == []


async def test_a_ratio_is_needed_for_every_class(lead: Lead) -> None:
    led = await lead(ratios=[])
    assert code(await led.freeze(expect=None)) == (422, "draw.ratio_missing")


async def test_only_the_initiator_or_the_office_is_the_operator(lead: Lead) -> None:
    led = await lead()
    other = a_department_admin("yjj", led.district)
    assert code(await led.post(other, "/v1/pools", led.pool_body(), None)) == (403, "draw.not_the_operator")
    stranger = a_department_admin("jtj", led.district)
    assert code(await led.post(stranger, "/v1/pools", led.pool_body(), None)) == (404, "draw.task_unknown")
    reviewer = a_reviewer("scjg", led.district)
    assert code(await led.post(reviewer, "/v1/pools", led.pool_body(), None)) == (403, "request.role_missing")


async def test_a_cancelled_task_is_not_drawn(lead: Lead) -> None:
    led = await lead()
    await led.freeze()
    await led.hand_over()
    at = datetime(2026, 11, 25, tzinfo=UTC)
    gone = TaskCancelledV1(aggregate_version=2, task_id=led.task.task_id, reason="计划调整", cancelled_at=at)
    await tell(led.served, led.district, gone)
    assert code(await led.act(led.committer, "commitment", expect=None)) == (409, "draw.task_cancelled")


async def test_what_is_revealed_is_computed_before_it_can_be_void(lead: Lead) -> None:
    """Draw-protocol section 2: never from REVEALED."""
    led = await lead()
    await led.led_to_reveal()
    asked = await led.act(led.committer, "void-requests", {"reason": "不满意"}, None)
    assert code(asked) == (409, "draw.not_at_stage")
    assert code(await led.act(led.freezer, "void", expect=None)) == (409, "draw.not_at_stage")
    await led.act(led.committer, "result")
    assert code(await led.act(led.freezer, "void", expect=None)) == (409, "draw.void_not_requested")


async def test_a_torn_snapshot_freezes_nothing(lead: Lead) -> None:
    led = await lead()
    led.registry.tear = 40
    assert code(await led.freeze(expect=None)) == (502, "draw.snapshot_damaged")
    async with led.served.work(led.committer) as work:
        left = await work.connection.execute(text("SELECT count(*) FROM pool_objects"))
        assert left.scalar_one() == 0


async def test_a_freeze_repeated_with_its_key_freezes_once(lead: Lead) -> None:
    led = await lead()
    async with led.served.client(led.freezer) as client:
        body, key = led.pool_body(), {"Idempotency-Key": "freeze-1"}
        first = await client.post("/v1/pools", json=body, headers=key)
        again = await client.post("/v1/pools", json=body, headers=key)
    assert (first.status_code, first.content) == (201, again.content)
    assert len(led.registry.asked) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_documents SET text = 'x'",
        "DELETE FROM log_documents",
        "UPDATE pool_objects SET stratum = 'S1'",
        "UPDATE draw_results SET text = ''",
        "UPDATE pool_strata SET tokens = ''",
        "DELETE FROM draws_history",
    ],
)
async def test_what_was_published_or_frozen_cannot_be_edited_in_the_database(lead: Lead, statement: str) -> None:
    led = await lead()
    await led.led_to_result()
    async with led.served.work(led.committer) as work:
        with pytest.raises(DBAPIError, match="stay as they were written"):
            await work.connection.execute(text(statement))


async def test_frozen_rows_are_not_deleted(lead: Lead) -> None:
    led = await lead()
    await led.freeze()
    async with led.served.work(led.freezer) as work:
        gone = await work.connection.execute(text("DELETE FROM pool_objects"))
        assert gone.rowcount == 0
        left = await work.connection.execute(text("SELECT count(*) FROM pool_objects"))
        assert left.scalar_one() == len(led.registry.objects)


async def test_witnesses_and_other_departments_see_neither_pool_nor_key(lead: Lead) -> None:
    led = await lead()
    await led.led_to_result()
    for who in (a_witness(led.district, "x"), a_department_admin("jtj", led.district), the_joint_office("elsewhere")):
        async with led.served.work(who) as work:
            for table in ("pools", "pool_objects", "pool_inspectors", "pool_recusals", "visits", "assignments"):
                seen = await work.connection.execute(text(f"SELECT count(*) FROM {table}"))
                assert seen.scalar_one() == 0, (who.subject, table)
