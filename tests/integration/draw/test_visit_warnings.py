"""Visits that come close together are warned of, before the commitment and on the list (B1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from shared.events.planning import VisitWarning
from tests.builders.people import a_department_admin
from tests.integration.draw.conftest import Led, tell
from tests.integration.draw.substituting import standing
from tests.integration.draw.test_exclusions import another_task, published

Lead = Callable[..., Awaitable[Led]]
THRESHOLDS = [VisitWarning(days=1, visits=2), VisitWarning(days=7, visits=3), VisitWarning(days=30, visits=4)]


async def warned(led: Led, query: str = "") -> list[dict[str, Any]]:
    found = await led.get(led.committer, f"/v1/pools/{led.draw_id}/visit-warnings?page_size=200{query}")
    items: list[dict[str, Any]] = found["items"]
    return items


async def test_objects_that_would_meet_a_threshold_are_listed_before_the_commitment(lead: Lead) -> None:
    """A check that was made counts on its day; of one outside the span nobody is warned."""
    led = await lead(visit_warnings=THRESHOLDS)
    inside, twice, before, withdrawn = (row["entity_id"] for row in led.registry.objects[:4])
    gone = next(row["entity_id"] for row in led.registry.objects if row["excluded"])
    await tell(
        led.served,
        led.district,
        published(inside, "jtj", date(2026, 12, 1)),
        published(twice, "jtj", date(2026, 11, 20)),
        published(twice, "rsj", date(2026, 11, 21)),
        published(before, "jtj", date(2026, 9, 1)),
        published(withdrawn, "jtj", date(2026, 12, 1), "not_found"),
        published(gone, "jtj", date(2026, 12, 1)),
    )
    await led.freeze()
    found = await warned(led)
    assert {(one["entity_id"], one["days"], one["visits"], one["others"]) for one in found} == {
        (inside, 1, 2, 1),
        (twice, 7, 3, 2),
    }
    names = {row["entity_id"]: row["name"] for row in led.registry.objects}
    assert all(one["name"] == names[one["entity_id"]] for one in found)
    assert next(one["reason"] for one in found if one["days"] == 7) == (
        "7 天内可能检查 3 次（含本次，已做和已安排的都计入），达到 3 次的提醒阈值"
    )
    pool = await led.get(led.committer, f"/v1/pools/{led.draw_id}")
    assert pool["warned_objects"] == 2
    page = await led.get(led.committer, f"/v1/pools/{led.draw_id}/visit-warnings?page_size=1")
    rest = await led.get(led.committer, f"/v1/pools/{led.draw_id}/visit-warnings?page_size=1&cursor={page['next']}")
    assert [*page["items"], *rest["items"]] == found
    async with led.served.client(a_department_admin("yjj", led.district)) as client:
        answer = await client.get(f"/v1/pools/{led.draw_id}/visit-warnings")
    assert (answer.status_code, answer.json()["code"]) == (403, "draw.not_the_operator")


async def test_a_visit_of_another_draw_shows_on_the_list_of_visits(lead: Lead) -> None:
    """Planned visits count too, whatever department drew them."""
    led = await lead()
    await led.led_to_result()
    before = {visit["entity_id"] for visit in await standing(led)}
    assert all(visit["warnings"] == [] for visit in await standing(led)), "no thresholds, no warning"
    await another_task(led, visit_warnings=THRESHOLDS[:1], initiator="sthj", departments=("sthj",))
    led.freezer = a_department_admin("sthj", led.district)
    await led.freeze()
    drawable = before & {row["entity_id"] for row in led.registry.objects}
    assert {one["entity_id"] for one in await warned(led)} == drawable
    await led.commit()
    await led.reveal()
    await led.act(led.committer, "result")
    assert {one["entity_id"] for one in await warned(led)} == drawable, "the draw's own visits are no others"
    again = {visit["entity_id"]: visit["warnings"] for visit in await standing(led)}
    met = {entity_id for entity_id, warnings in again.items() if warnings}
    assert met == set(again) & before
    assert met
    (warning,) = again[met.pop()]
    assert (warning["days"], warning["visits"], warning["others"]) == (1, 2, 1)
