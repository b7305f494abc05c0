"""The publication clock (R2, REL30): notices of days off, recomputed deadlines, warnings told once, work lists."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.results.usecases.watch_deadlines import look_once, settle_deadlines, warn_of_deadlines
from shared.values.calendar_data import OFFICIAL_CALENDAR
from tests.builders.people import a_department_admin, the_joint_office, the_service
from tests.builders.results import a_record_body, seed_approved_results
from tests.integration.results.conftest import Inspection

NEW_YEAR = ["2027-01-01", "2027-01-02", "2027-01-03"]
SPRING = [f"2027-02-{day:02d}" for day in range(5, 13)]
NOTICE: dict[str, Any] = {
    "year": 2027,
    "document_no": "国办发明电〔2026〕9号",
    "published_on": "2026-11-20",
    "days_off": [*NEW_YEAR, *SPRING],
    "working_weekends": ["2027-01-31"],
}
ROUTE = "/v1/calendar-notices"


@pytest.fixture(autouse=True)
async def the_visit_may_still_take_place(inspection: Inspection) -> None:
    """Its window runs on, so that it has no deadline of its own."""
    await end_window(inspection, days_ago=-60)


async def put_on_the_turn_of_the_year(inspection: Inspection, path: str) -> None:
    """The clock of the database stands elsewhere, so the result gets its day by hand."""
    async with inspection.results.work(the_service("results", inspection.district)) as work:
        await work.connection.execute(
            text(
                "UPDATE inspection_records SET concluded_on = '2026-12-21', due_on = '2027-01-18',"
                " due_is_provisional = true WHERE id = :id"
            ),
            {"id": path.rpartition("/")[2]},
        )
        await work.commit()


async def test_a_loaded_notice_settles_provisional_deadlines(inspection: Inspection) -> None:
    """R2: 21 December + 20 working days is 18 January while New Year 2027 is unknown, and 19 January with it."""
    path = await inspection.approved(a_record_body(inspection.team))
    await put_on_the_turn_of_the_year(inspection, path)
    clerk, second = the_joint_office(inspection.district), the_joint_office(inspection.district)
    filed = await inspection.post(clerk, ROUTE, NOTICE)
    untouched = (await inspection.get(inspection.officer(), path)).json()
    approval = f"{ROUTE}/2027/versions/1/approval"
    himself = await inspection.post(clerk, approval)
    approved = await inspection.post(second, approval)
    again = await inspection.post(second, approval)
    assert (filed.status_code, filed.json()["state"]) == (201, "waiting")
    assert (untouched["due_on"], untouched["due_is_provisional"]) == ("2027-01-18", True)
    assert (himself.status_code, himself.json()["code"]) == (403, "results.filed_by_himself")
    assert approved.status_code == 200, approved.text
    assert (approved.json()["moved_results"], approved.json()["notice"]["state"]) == (1, "effective")
    assert (again.status_code, again.json()["code"]) == (409, "results.notice_not_waiting")
    settled = (await inspection.get(inspection.officer(), path)).json()
    assert (settled["due_on"], settled["due_is_provisional"]) == ("2027-01-19", False)
    (told,) = await inspection.told("results.result.rescheduled.v1")
    assert (told["due_on"], told["due_is_provisional"]) == ("2027-01-19", False)
    (calendar,) = await inspection.told("results.calendar.changed.v1")
    assert (calendar["year"], calendar["aggregate_version"], calendar["days_off"]) == (2027, 1, NOTICE["days_off"])
    last = (await inspection.get(inspection.officer(), f"{path}/history")).json()[-1]
    assert (last["act"], last["state"]) == ("reschedule", "approved")
    assert "国办发明电〔2026〕9号" in last["detail"]
    published = await inspection.post(inspection.officer(1), f"{path}/publication")
    assert published.status_code == 200
    public = (await inspection.get(inspection.officer(), f"{path}/public")).json()
    assert public["result"]["due_on"] == "2027-01-19"


async def test_open_follow_ups_move_with_the_notice_too(inspection: Inspection) -> None:
    """R2, R4: 1 December + 30 working days."""
    path = await inspection.published(a_record_body(inspection.team, "B"))
    body = {"kind": "rectification", "demand": "限期公示"}
    made = (await inspection.post(inspection.officer(), f"{path}/follow-ups", body)).json()
    naive = OFFICIAL_CALENDAR.deadline(date(2026, 12, 1), 30)
    async with inspection.results.work(the_service("results", inspection.district)) as work:
        await work.connection.execute(
            text("UPDATE follow_ups SET opened_on = '2026-12-01', due_on = :due, due_is_provisional = true"),
            {"due": naive.on},
        )
        await work.commit()
    await inspection.post(the_joint_office(inspection.district), ROUTE, NOTICE)
    office = the_joint_office(inspection.district)
    approved = (await inspection.post(office, f"{ROUTE}/2027/versions/1/approval")).json()
    shown = (await inspection.get(inspection.officer(), f"/v1/follow-ups/{made['follow_up_id']}")).json()
    assert (naive.provisional, naive.on.isoformat()) == (True, "2027-01-12")
    assert (approved["moved_follow_ups"], shown["due_on"], shown["due_is_provisional"]) == (1, "2027-01-13", False)
    assert [step["act"] for step in shown["steps"]] == ["open", "reschedule"]
    (told,) = await inspection.told("results.follow_up.rescheduled.v1")
    assert told["due_on"] == "2027-01-13"


async def test_a_notice_amended_in_its_year_takes_the_place_of_the_first(inspection: Inspection) -> None:
    """R2: the Spring Festival of 2020 was prolonged while it lasted; versions stay."""
    path = await inspection.approved(a_record_body(inspection.team))
    await put_on_the_turn_of_the_year(inspection, path)
    longer = NOTICE | {"document_no": "国办发明电〔2027〕1号", "days_off": [*NEW_YEAR, "2027-01-04", *SPRING]}
    for version, body in enumerate((NOTICE, longer), start=1):
        await inspection.post(the_joint_office(inspection.district), ROUTE, body)
        office = the_joint_office(inspection.district)
        assert (await inspection.post(office, f"{ROUTE}/2027/versions/{version}/approval")).status_code == 200
    assert (await inspection.get(inspection.officer(), path)).json()["due_on"] == "2027-01-20"
    items = (await inspection.get(inspection.officer(), ROUTE)).json()["items"]
    assert [(one["year"], one["version"]) for one in items] == [(2027, 1), (2027, 2)]
    year = (await inspection.get(inspection.officer(), "/v1/working-calendar/2027")).json()
    assert (year["document_no"], year["is_provisional"]) == ("国办发明电〔2027〕1号", False)
    assert "2027-01-04" in year["days_off"]


async def test_a_notice_that_cannot_be_right_is_refused(inspection: Inspection) -> None:
    """R2."""
    office = the_joint_office(inspection.district)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"working_weekends": ["2027-01-29"]}, "results.worked_day_no_weekend"),
        ({"working_weekends": ["2027-01-02"]}, "results.notice_contradicts"),
        ({"days_off": [*SPRING, *NEW_YEAR, "2028-01-01"]}, "results.notice_day_outside"),
        ({"days_off": NEW_YEAR}, "results.notice_incomplete"),
        ({"year": 2029}, "results.year_leaves_gap"),
    ]
    codes = [(await inspection.post(office, ROUTE, NOTICE | change)).json()["code"] for change, _ in wrong]
    assert codes == [code for _, code in wrong]
    admin = await inspection.post(a_department_admin("SCJG", inspection.district), ROUTE, NOTICE)
    assert (admin.status_code, admin.json()["code"]) == (403, "request.role_missing")


async def test_a_result_recorded_after_the_notice_counts_by_it(inspection: Inspection) -> None:
    """R2: recording asks the calendar in force, not the one of the release."""
    twenty_days_off = [f"2026-{month:02d}-{day:02d}" for month in range(1, 13) for day in (1, 2)]
    async with inspection.results.work(inspection.officer()) as work:
        today = work.today
    off = sorted({*twenty_days_off, *((today + timedelta(days=ahead)).isoformat() for ahead in range(1, 4))})
    body = NOTICE | {"year": today.year, "days_off": [day for day in off if day.startswith(str(today.year))]}
    body["working_weekends"] = []
    before = (await inspection.record(a_record_body(inspection.team))).json()
    filed = await inspection.post(the_joint_office(inspection.district), ROUTE, body)
    assert filed.status_code == 201, filed.text
    office = the_joint_office(inspection.district)
    approved = await inspection.post(office, f"{ROUTE}/{today.year}/versions/1/approval")
    assert approved.json()["moved_results"] == 1
    after = await inspection.record(a_record_body(inspection.visit.teams[1]), inspection.officer(team=1))
    moved = (await inspection.get(inspection.officer(), f"/v1/results/{before['result_id']}")).json()
    assert after.json()["due_on"] == moved["due_on"] > before["due_on"]


async def test_the_worker_brings_deadlines_to_the_calendar_in_force(inspection: Inspection) -> None:
    """R2: as when a release brings the notice: the provisional deadline is settled without anybody's act, once."""
    path = await inspection.approved(a_record_body(inspection.team))
    async with inspection.results.work(the_service("results", inspection.district)) as work:
        await work.connection.execute(
            text(
                "UPDATE inspection_records SET concluded_on = '2026-09-20', due_on = '2026-10-16',"
                " due_is_provisional = true WHERE id = :id"
            ),
            {"id": path.rpartition("/")[2]},
        )
        await work.commit()
    service = the_service("results", inspection.district)
    assert await settle_deadlines(inspection.results.work(service)) == 1
    assert await settle_deadlines(inspection.results.work(service)) == 0
    settled = (await inspection.get(inspection.officer(), path)).json()
    assert (settled["due_on"], settled["due_is_provisional"]) == ("2026-10-23", False)


async def test_the_worker_looks_after_every_district_it_has_visits_of(inspection: Inspection) -> None:
    """B10: and tells nothing twice, look after look."""
    await seed(inspection, 2)
    await look_once(inspection.results.process)
    await look_once(inspection.results.process)
    assert len(await inspection.told("results.deadline.warned.v1")) == 2


async def test_each_warning_is_told_once_for_its_stage(inspection: Inspection) -> None:
    """R2, REL30: warned when overdue, once, by whichever worker is first."""
    await seed(inspection, 3)
    service = the_service("results", inspection.district)
    first, second = await asyncio.gather(
        warn_of_deadlines(inspection.results.work(service)), warn_of_deadlines(inspection.results.work(service))
    )
    third = await warn_of_deadlines(inspection.results.work(service))
    told = await inspection.told("results.deadline.warned.v1")
    assert (max(first, second), third, len(told)) == (3, 0, 3)
    assert {(one["kind"], one["days_left"], one["due_on"]) for one in told} == {("publication", -1, "2026-04-07")}


async def test_stages_are_five_days_one_day_and_the_day_itself(inspection: Inspection) -> None:
    """REL30: T-5, T-1, T; a deadline that moves is warned of anew."""
    path = await inspection.approved(a_record_body(inspection.team))
    service = the_service("results", inspection.district)
    stages: list[int] = []
    for days in (30, 7, 1, 0):
        async with inspection.results.work(service) as work:
            await work.connection.execute(
                text("UPDATE inspection_records SET due_on = :due WHERE id = :id"),
                {"due": work.today + timedelta(days=days), "id": path.rpartition("/")[2]},
            )
            await work.commit()
        await warn_of_deadlines(inspection.results.work(service))
        stages.append(len(await inspection.told("results.deadline.warned.v1")))
    told = await inspection.told("results.deadline.warned.v1")
    assert stages[0] == 0, "thirty days ahead nothing is told"
    assert [one["aggregate_version"] for one in told] == list(range(1, len(told) + 1))
    assert [one["days_left"] for one in told][-1] == 0
    assert all(one["days_left"] in (5, 1, 0) for one in told)


async def test_a_visit_without_result_alerts_after_ten_working_days(inspection: Inspection) -> None:
    """R2: a visit without conclusion."""
    long_ago = datetime.now(UTC).replace(hour=2, minute=0, second=0, microsecond=0) - timedelta(days=40)
    body = a_record_body(
        inspection.team, started_at=long_ago.isoformat(), ended_at=long_ago.isoformat(), concluded_on=None
    )
    made = await inspection.record(body)
    assert made.status_code == 201, made.text
    owner = a_department_admin("SCJG", inspection.district)
    (alert,) = (await inspection.get(owner, "/v1/deadline-alerts?kind=conclusion&overdue=true")).json()["items"]
    assert (alert["subject_id"], alert["state"]) == (made.json()["result_id"], "draft")
    assert alert["is_overdue"]
    assert alert["days_left"] < 0
    stranger = await inspection.get(a_department_admin("NYNC", inspection.district), "/v1/deadline-alerts")
    assert stranger.json()["items"] == []
    await warn_of_deadlines(inspection.results.work(the_service("results", inspection.district)))
    (told,) = await inspection.told("results.deadline.warned.v1")
    assert (told["kind"], told["days_left"]) == ("conclusion", -1)


async def test_a_visit_nobody_recorded_alerts_ten_working_days_after_its_last_day(inspection: Inspection) -> None:
    """R2: each department's part alerts for itself; what was called off or is not over yet does not."""
    service = the_service("results", inspection.district)
    owner, office = a_department_admin("SCJG", inspection.district), the_joint_office(inspection.district)
    query = "/v1/deadline-alerts?kind=conclusion&overdue=true"
    await end_window(inspection, days_ago=2)
    assert (await inspection.get(office, query)).json()["items"] == []
    await end_window(inspection, days_ago=40)
    alerts = (await inspection.get(owner, query)).json()["items"]
    assert {(one["state"], one["is_overdue"], one["department"]) for one in alerts} == {
        ("assigned", True, "SCJG"),
        ("assigned", True, "XFJY"),
    }
    stranger = await inspection.get(a_department_admin("NYNC", inspection.district), query)
    assert stranger.json()["items"] == []
    await warn_of_deadlines(inspection.results.work(service))
    assert await warn_of_deadlines(inspection.results.work(service)) == 0
    told = await inspection.told("results.deadline.warned.v1")
    assert {(one["kind"], one["department"], one["days_left"]) for one in told} == {
        ("conclusion", "SCJG", -1),
        ("conclusion", "XFJY", -1),
    }
    body = a_record_body(inspection.team)
    await inspection.record(body)
    (left,) = (await inspection.get(office, query)).json()["items"]
    assert left["department"] == "XFJY"


async def test_a_visit_whose_code_the_firm_opened_took_place_that_day(inspection: Inspection) -> None:
    """R2, B3: the window still runs, yet the officers were there."""
    await end_window(inspection, days_ago=-60)
    query = "/v1/deadline-alerts?kind=conclusion&overdue=true"
    office = the_joint_office(inspection.district)
    assert (await inspection.get(office, query)).json()["items"] == []
    async with inspection.results.work(the_service("results", inspection.district)) as work:
        await work.connection.execute(
            text("UPDATE visit_codes SET first_opened_at = now() - interval '40 days' WHERE visit_id = :id"),
            {"id": inspection.visit.visit_id},
        )
        await work.commit()
    assert len((await inspection.get(office, query)).json()["items"]) == 2


async def end_window(inspection: Inspection, days_ago: int) -> None:
    async with inspection.results.work(the_service("results", inspection.district)) as work:
        await work.connection.execute(
            text("UPDATE inspection_records SET window_end = :end"), {"end": work.today - timedelta(days=days_ago)}
        )
        await work.commit()


async def test_the_work_list_is_searched_paged_and_exported(inspection: Inspection) -> None:
    """R2, SEC25: the list as a file an officer opens."""
    seeded = await seed(inspection, 3)
    owner = a_department_admin("SCJG", inspection.district)
    first = (await inspection.get(owner, "/v1/deadline-alerts?overdue=true&page_size=2&q=试验商贸")).json()
    rest = (await inspection.get(owner, f"/v1/deadline-alerts?overdue=true&page_size=2&cursor={first['next']}")).json()
    found = [one["subject_id"] for one in first["items"] + rest["items"]]
    assert found == [str(one) for one in sorted(seeded)]
    nothing = await inspection.get(owner, "/v1/deadline-alerts?q=没有这家企业")
    assert nothing.json()["items"] == []
    answer = await inspection.get(owner, "/v1/deadline-alerts/export?format=csv&overdue=true")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (answer.status_code, len(rows), rows[0][0], rows[1][0]) == (200, 4, "期限种类", "公示期限")
    office = await inspection.get(the_joint_office(inspection.district), "/v1/deadline-alerts?overdue=true")
    assert len(office.json()["items"]) == 3


async def test_late_and_overdue_results_are_counted_by_department(inspection: Inspection) -> None:
    """REL30, G2: who published late, and what is still not public."""
    await seed(inspection, 3)
    query = "/v1/publication-figures?from=2026-04-01&to=2026-04-30"
    (count,) = (await inspection.get(the_joint_office(inspection.district), query)).json()["publication"]
    wrong = await inspection.get(
        the_joint_office(inspection.district), "/v1/publication-figures?from=2026-04-30&to=2026-04-01"
    )
    assert (count["department"], count["due"], count["overdue"], count["in_time"]) == ("SCJG", 3, 3, 0)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "results.period_wrong")


async def seed(inspection: Inspection, count: int) -> list[Any]:
    url = str(inspection.results.process.settings.database_url.get_secret_value())
    return list((await seed_approved_results(url, count, district=inspection.district)).result_ids)
