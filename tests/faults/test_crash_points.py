"""Processes that die at each named point of an event's way: publication, relay, consumer (`promises` section 7).

Some names stand at one place. `pub.after_audit` is `pub.after_outbox`: outbox row, audit row and kept answer are one
statement. `con.after_inbox` is `con.after_projection`: the inbox row goes with the consumer's own outbox rows.
`rel.after_send` is `rel.after_ack`: the relay sends and waits for the confirmation in one step; what was sent and not
confirmed is tried in `test_broker.py`.
"""

from __future__ import annotations

import pytest

from tests.faults.scene import Crash, Scene

SAME = pytest.mark.slow
"""A name for a place at which another name stands already."""
PUBLICATION = ("pub.before_tx", "pub.after_row", "pub.after_outbox", "pub.after_commit", "pub.after_response")
RELAY = (
    "rel.after_lock",
    "rel.after_seq",
    "rel.before_send",
    "rel.after_send",
    pytest.param("rel.after_ack", marks=SAME),
    "rel.after_mark",
)
CONSUMER = (
    "con.after_fetch",
    "con.after_projection",
    pytest.param("con.after_inbox", marks=SAME),
    "con.after_own_outbox",
    "con.after_commit",
    "con.after_ack",
)
ELSEWHERE = (
    *(("credit", point) for point in ("rel.after_lock", "rel.after_seq", "rel.before_send", "rel.after_send")),
    *((name, point) for name in ("registry", "planning", "draw") for point in ("con.after_fetch", "con.after_commit")),
)
_END_LEADER = (
    "SELECT pg_terminate_backend(l.pid) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database"
    " WHERE l.locktype = 'advisory' AND l.objid = 1936943617 AND d.datname = current_database()"
)
"""Ends the session that holds the relay's lock (0x73736A01)."""


async def assert_three_are_published_once_although(crash: Crash, scene: Scene) -> None:
    results = await scene.approved(3)
    if crash.point == "rel.after_lock":
        ended = await scene.books.rows(crash.service, _END_LEADER)
        assert [row[0] for row in ended] == [True]
    answers = await scene.publish_all(results)
    await crash.happened()
    await scene.settled()
    assert crash.deaths() == 1
    assert [answer.status for answer in answers] == [200] * 3
    await scene.assert_retries_hear_the_same(answers)
    await scene.assert_each_published_once()


@pytest.mark.parametrize("point", [*PUBLICATION, *RELAY])
async def test_results_killed_there_publishes_each_result_exactly_once(scene: Scene, point: str) -> None:
    """REL1, REL2, REL3, REL19."""
    await assert_three_are_published_once_although(await scene.arm("results", point), scene)


@pytest.mark.parametrize("point", CONSUMER)
async def test_credit_killed_there_counts_each_result_exactly_once(scene: Scene, point: str) -> None:
    """REL2, REL3."""
    await assert_three_are_published_once_although(await scene.arm("credit", point), scene)


@pytest.mark.slow
@pytest.mark.parametrize(("service", "point"), ELSEWHERE)
async def test_any_other_service_killed_there_leaves_each_result_counted_once(
    scene: Scene, service: str, point: str
) -> None:
    """REL3, the services around."""
    await assert_three_are_published_once_although(await scene.arm(service, point), scene)
