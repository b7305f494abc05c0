"""What planning keeps: every move with its actor (G1), every saving of a content, nothing changed afterwards (W17)."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.builders.people import the_service
from tests.builders.planning import ratio_bodies
from tests.integration.planning.conftest import Desk


async def test_every_move_of_a_plan_is_kept_with_who_made_it(desk: Desk) -> None:
    """G1."""
    plan = await desk.publish_plan(await desk.publish_lists())
    async with desk.planning.work(the_service("planning", desk.district)) as work:
        rows = await work.connection.execute(
            text("SELECT act, actor FROM plans_history WHERE plan_id = :id ORDER BY row_version"),
            {"id": plan["plan_id"]},
        )
        moves = [(row.act, row.actor) for row in rows]
    assert [act for act, _ in moves] == ["filed", "submitted", "approved", "published"]
    assert moves[2][1] == desk.office.subject


async def test_the_content_before_an_edit_is_still_there(desk: Desk) -> None:
    """W17."""
    items = await desk.publish_lists()
    made = await desk.post(desk.admin("scjg"), "/v1/plans", desk.plan_body(items))
    body = desk.plan_body(items, ratios=ratio_bodies(1, 2, 3, 4))
    del body["year"]
    await desk.put(desk.admin("scjg"), made.headers["location"], body, If_Match=made.headers["etag"])
    async with desk.planning.work(the_service("planning", desk.district)) as work:
        rows = await work.connection.execute(
            text("SELECT ratios FROM plan_contents WHERE plan_id = :id ORDER BY revision"),
            {"id": made.json()["plan_id"]},
        )
        ratios = [row.ratios[:4] for row in rows]
    assert ratios == [[10_000, 20_000, 30_000, 50_000], [1, 2, 3, 4]]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rules SET reason = 'x'",
        "UPDATE listed_items SET name = 'x'",
        "UPDATE plan_contents SET title = 'x'",
        "UPDATE plan_versions SET reason = 'x'",
        "UPDATE plans_history SET actor = 'x'",
        "DELETE FROM plan_items",
        "DELETE FROM rules",
    ],
)
async def test_what_is_kept_is_changed_by_nobody_not_even_the_service(desk: Desk, statement: str) -> None:
    """W17, G1."""
    await desk.publish_plan(await desk.publish_lists())
    async with desk.planning.work(the_service("planning", desk.district)) as work:
        changed = await work.connection.execute(text(statement))
        assert changed.rowcount == 0
