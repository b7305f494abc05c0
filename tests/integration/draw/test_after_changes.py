"""What planning and registry tell after a draw: a longer window, officers who no longer fit (L3, B2, B16, D5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.events.planning import TaskExtendedV1
from shared.events.registry import ChangeRecordedV1
from shared.events.results import CalendarChangedV1
from shared.values.ids import new_id
from tests.builders.people import a_department_admin
from tests.integration.draw.conftest import Led, tell
from tests.integration.draw.substituting import approve, ask, confirm, officer_of, standing, unable
from tests.integration.draw.test_substitutions import told

Lead = Callable[..., Awaitable[Led]]
LONGER = date(2027, 2, 26)


async def extend(led: Led, until: date = LONGER, version: int = 2) -> None:
    event = TaskExtendedV1(
        aggregate_version=version,
        task_id=led.task.task_id,
        window_start=led.task.window_start,
        window_end=until,
        reason="年末停产企业较多",
        extended_at=datetime(2026, 11, 25, tzinfo=UTC),
    )
    await tell(led.served, led.district, event)


async def change(led: Led, inspector_id: str, kind: str = "inspectors", **values: Any) -> None:
    """Registry changes an officer and tells of it."""
    row = next(row for row in led.registry.inspectors if row["inspector_id"] == inspector_id)
    row.update(values)
    event = ChangeRecordedV1(aggregate_version=1, change_set_id=new_id(), kind=kind, row_count=1, origin="edit")
    await tell(led.served, led.district, event)


async def asked(led: Led, state: str = "requested") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        await led.get(led.committer, f"/v1/substitutions?draw={led.draw_id}&state={state}&page_size=200")
    )["items"]
    return found


def seats_of(visits: list[dict[str, Any]], inspector_id: str) -> set[str]:
    return {visit["visit_id"] for visit in visits for seat in visit["seats"] if seat["inspector_id"] == inspector_id}


async def test_a_longer_window_opens_the_seats_of_those_whose_certificates_do_not_reach_its_end(lead: Lead) -> None:
    """The visits stand until the new last day; who fits until then keeps his seat."""
    led = await lead()
    short = {row["inspector_id"] for row in led.registry.inspectors[2:5]}
    for row in led.registry.inspectors[2:5]:
        row["valid_until"] = "2027-01-15"
    await led.led_to_result()
    visits = await standing(led)
    assert await asked(led) == []
    await extend(led)
    open_now = await asked(led)
    expected = {(visit_id, officer) for officer in short for visit_id in seats_of(visits, officer)}
    assert expected
    assert {(one["visit_id"], one["inspector_id"]) for one in open_now} == expected
    assert {(one["reason_code"], one["requested_by"], one["department"]) for one in open_now} == {
        ("inspector_certificate", "service:draw", "scjg")
    }
    assert {visit["window_end"] for visit in await standing(led)} == {LONGER.isoformat()}
    await confirm(led, a_department_admin("yjj", led.district), open_now[0]["id"])
    done = (await approve(led, led.committer, open_now[0]["id"])).json()
    assert done["new_inspector_id"] not in {None, open_now[0]["inspector_id"]}
    kind, body = (await told(led))[-1]
    assert (kind, body["window_end"]) == ("draw.visit.assigned.v1", LONGER.isoformat())


async def test_an_older_extension_told_again_changes_nothing(lead: Lead) -> None:
    led = await lead()
    await extend(led, version=3)
    await extend(led, until=date(2027, 1, 5), version=2)
    assert [task["window_end"] for task in (await led.get(led.freezer, "/v1/tasks"))["items"]] == [LONGER.isoformat()]


async def test_a_pool_frozen_for_the_shorter_window_is_not_committed(lead: Lead) -> None:
    led = await lead()
    await led.freeze()
    await led.hand_over()
    await extend(led)
    refused = await led.act(led.committer, "commitment", expect=None)
    assert (refused.status_code, refused.json()["code"]) == (409, "draw.window_changed")
    await led.post(led.committer, f"/v1/pools/{led.draw_id}/withdrawal", {"reason": "检查时段已延长"})
    await led.led_to_result()
    assert {visit["window_end"] for visit in await standing(led)} == {LONGER.isoformat()}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": "on_leave"}, "inspector_on_leave"),
        ({"status": "suspended"}, "inspector_certificate"),
        ({"status": "left"}, "inspector_transferred"),
        ({"valid_until": "2026-12-30"}, "inspector_certificate"),
        ({"department": "yjj"}, "inspector_transferred"),
    ],
)
async def test_an_officer_who_no_longer_fits_is_in_the_work_list_as_soon_as_it_is_heard(
    lead: Lead, values: dict[str, Any], reason: str
) -> None:
    """B2: by event, not only on asking; whose seats are made or who fits is left alone."""
    led = await lead()
    await led.led_to_result()
    visits = await standing(led)
    officer = next(seat["inspector_id"] for seat in visits[0]["seats"] if seat["department"] == "scjg")
    await change(led, officer, kind="entities")
    assert await asked(led) == []
    await change(led, officer, **values)
    open_now = await asked(led)
    assert {one["visit_id"] for one in open_now} == seats_of(visits, officer)
    assert {(one["inspector_id"], one["reason_code"]) for one in open_now} == {(officer, reason)}
    await change(led, officer)
    assert await asked(led) == open_now, "told again, asked once"


async def test_what_the_service_asked_for_falls_away_when_the_officer_fits_again(lead: Lead) -> None:
    led = await lead()
    await led.led_to_result()
    visit = (await standing(led))[0]
    officer = officer_of(led, visit)
    number = str(officer.inspector_id)
    await change(led, number, status="on_leave")
    assert await asked(led)
    await change(led, number, status="active")
    assert await asked(led) == []
    away = (await asked(led, "rejected"))[0]
    assert (away["decided_by"], away["opinion"]) == ("service:draw", "名录库显示该人员已重新适格，申请自动撤回")
    await change(led, number, status="on_leave")
    again = next(one for one in await asked(led) if one["visit_id"] == visit["visit_id"])
    turned = {"opinion": "本周五前销假，可以参加"}
    await led.post(led.committer, f"/v1/substitutions/{again['id']}/rejection", turned)
    await change(led, number)
    assert visit["visit_id"] not in {one["visit_id"] for one in await asked(led)}, "it does not insist"
    await change(led, number, status="left")
    assert visit["visit_id"] in {one["visit_id"] for one in await asked(led)}, "another ground is another matter"


async def test_a_request_of_the_officer_himself_is_not_doubled(lead: Lead) -> None:
    led = await lead(departments=("scjg",))
    await led.led_to_result()
    visit = (await standing(led))[0]
    who = officer_of(led, visit)
    request_id = (await ask(led, who, visit, unable(who, reason_code="inspector_on_leave"))).json()["id"]
    await change(led, str(who.inspector_id), status="on_leave")
    about = [one["id"] for one in await asked(led) if one["visit_id"] == visit["visit_id"]]
    assert about == [request_id]
    await change(led, str(who.inspector_id), status="active")
    assert request_id in {one["id"] for one in await asked(led)}, "what a person asked for stays with people"


async def test_quiet_days_are_told_with_the_visit_and_shown_with_it(lead: Lead) -> None:
    """B16: scheduling obeys them, so whoever plans the visit sees them."""
    quiet = [date(2026, 12, 16), date(2026, 12, 17), date(2027, 1, 4)]
    led = await lead(quiet_days=quiet)
    await led.led_to_result()
    visit = (await standing(led))[0]
    assert visit["quiet_days"] == ["2026-12-16", "2026-12-17"]
    body = next(body for kind, body in await told(led) if kind == "draw.visit.assigned.v1")
    assert body["quiet_days"] == [day.isoformat() for day in quiet]
    alone = await led.get(a_department_admin("yjj", led.district), f"/v1/visits/{UUID(visit['visit_id'])}")
    assert alone["quiet_days"] == visit["quiet_days"]


async def test_officers_answer_by_the_calendar_that_results_tells_of(lead: Lead) -> None:
    """R2, B28: a day off more within the three working days gives a day more."""
    led = await lead()
    await led.led_to_result()
    before = (await standing(led))[0]["seats"][0]["answer_by"]
    last = date.fromisoformat(before)
    notice = CalendarChangedV1(
        aggregate_version=1,
        year=last.year,
        document_no="国办发明电〔2026〕1号",
        days_off=[last],
        working_weekends=[last + timedelta(days=1)] if last.weekday() == 4 else [],
    )
    await tell(led.served, led.district, notice)
    after = date.fromisoformat((await standing(led))[0]["seats"][0]["answer_by"])
    assert after == last + timedelta(days=1)
