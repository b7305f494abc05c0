"""What results hears of visits, and who sees how they stand (D5, D6, REL8)."""

from __future__ import annotations

from shared.events.draw import DrawVoidedV1, VisitSubstitutedV1
from shared.events.planning import TaskCancelledV1
from shared.values.ids import new_id
from tests.builders.people import a_department_admin, the_joint_office
from tests.builders.results import NOW, a_record_body, a_team, a_visit_assigned
from tests.integration.results.conftest import Inspection


def substituted(inspection: Inspection) -> VisitSubstitutedV1:
    return VisitSubstitutedV1(
        aggregate_version=2,
        visit_id=inspection.visit.visit_id,
        draw_id=inspection.visit.draw_id,
        task_id=inspection.visit.task_id,
        substitute_visit_id=new_id(),
        reason="无法联系",
        substituted_at=NOW,
    )


async def states(inspection: Inspection) -> dict[str, str]:
    shown = (await inspection.get(inspection.officer(), f"/v1/visits/{inspection.visit.visit_id}")).json()
    return {part["department"]: part["state"] for part in shown["parts"]} | {"visit": shown["state"]}


async def test_every_department_of_an_assigned_visit_owes_a_record(inspection: Inspection) -> None:
    """D5."""
    assert await states(inspection) == {"SCJG": "assigned", "XFJY": "assigned", "visit": "assigned"}
    shown = (await inspection.get(inspection.officer(), f"/v1/visits/{inspection.visit.visit_id}")).json()
    assert shown["parts"][0]["inspector_ids"] == [str(one) for one in inspection.team.inspector_ids]
    assert shown["window_end"] == "2026-05-31"


async def test_inspectors_see_their_own_visits_and_departments_theirs(inspection: Inspection) -> None:
    """D5, SEC2."""
    another = a_visit_assigned(a_team("SCJG"))
    await inspection.hear(another)
    mine = (await inspection.get(inspection.officer(), "/v1/visits?mine=true")).json()
    own = (await inspection.get(inspection.officer(), "/v1/visits")).json()
    joint = (await inspection.get(inspection.officer(), "/v1/visits?department=XFJY")).json()
    task = (await inspection.get(inspection.officer(), f"/v1/visits?task={another.task_id}")).json()
    partner = (await inspection.get(a_department_admin("XFJY", inspection.district), "/v1/visits")).json()
    stranger = await inspection.get(
        a_department_admin("NYNC", inspection.district), f"/v1/visits/{inspection.visit.visit_id}"
    )
    first, second = str(inspection.visit.visit_id), str(another.visit_id)
    listed = [[row["visit_id"] for row in page["items"]] for page in (mine, own, joint, task, partner)]
    assert listed == [[first], [first, second], [first], [second], [first]]
    assert (stranger.status_code, stranger.json()["code"]) == (404, "results.visit_unknown")


async def test_lists_go_on_where_the_page_ended(inspection: Inspection) -> None:
    await inspection.hear(*(a_visit_assigned(a_team("SCJG")) for _ in range(2)))
    first = (await inspection.get(inspection.officer(), "/v1/visits?page_size=2")).json()
    rest = (await inspection.get(inspection.officer(), f"/v1/visits?page_size=2&cursor={first['next']}")).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)


async def test_the_joint_office_sees_how_visits_stand_and_nothing_that_was_written(inspection: Inspection) -> None:
    """D5; architecture, Identity."""
    office = the_joint_office(inspection.district)
    path = (await inspection.record(a_record_body(inspection.team, "B"))).headers["location"]
    await inspection.post(inspection.officer(), f"{path}/submission")
    visit = (await inspection.get(office, f"/v1/visits/{inspection.visit.visit_id}")).json()
    result = (await inspection.get(office, path)).json()
    assert [part["state"] for part in visit["parts"]] == ["submitted", "assigned"]
    assert (result["state"], result["content"]) == ("submitted", None)


async def test_a_visit_told_twice_changes_nothing_and_told_anew_takes_the_new_team(inspection: Inspection) -> None:
    """REL8."""
    await inspection.hear(inspection.visit)
    assert await states(inspection) == {"SCJG": "assigned", "XFJY": "assigned", "visit": "assigned"}
    newer = inspection.visit.model_copy(update={"aggregate_version": 2, "teams": [a_team("SCJG"), a_team("XFJY")]})
    await inspection.hear(newer)
    await inspection.hear(inspection.visit)
    shown = (await inspection.get(inspection.officer(), f"/v1/visits/{inspection.visit.visit_id}")).json()
    assert shown["parts"][0]["inspector_ids"] == [str(one) for one in newer.teams[0].inspector_ids]


async def test_a_substituted_object_needs_no_further_visit_but_what_was_recorded_stays(inspection: Inspection) -> None:
    """D6."""
    gone = a_record_body(inspection.team, outcome="not_found", items=[], note="两次上门均无人")
    path = (await inspection.record(gone)).headers["location"]
    await inspection.hear(substituted(inspection))
    assert await states(inspection) == {"SCJG": "draft", "XFJY": "called_off", "visit": "substituted"}
    other = await inspection.record(a_record_body(inspection.visit.teams[1]), inspection.officer(0, team=1))
    assert (other.status_code, other.json()["code"]) == (409, "results.cannot_record")
    assert (await inspection.post(inspection.officer(), f"{path}/submission")).status_code == 200


async def test_a_void_draw_calls_off_what_nobody_has_begun(inspection: Inspection) -> None:
    voided = DrawVoidedV1(
        aggregate_version=2,
        draw_id=inspection.visit.draw_id,
        task_id=inspection.visit.task_id,
        reason="名册有误",
        late=True,
        voided_at=NOW,
    )
    await inspection.hear(voided)
    await inspection.hear(voided)
    assert await states(inspection) == {"SCJG": "called_off", "XFJY": "called_off", "visit": "voided"}


async def test_a_cancelled_task_calls_off_its_visits_also_those_heard_of_later(inspection: Inspection) -> None:
    """REL8: planning's lane may be ahead of draw's."""
    cancelled = TaskCancelledV1(
        aggregate_version=2, task_id=inspection.visit.task_id, reason="任务并入联合抽查", cancelled_at=NOW
    )
    late = a_visit_assigned(a_team("SCJG"), task_id=inspection.visit.task_id)
    await inspection.hear(cancelled, late)
    assert (await states(inspection))["visit"] == "cancelled"
    shown = (await inspection.get(inspection.officer(), f"/v1/visits/{late.visit_id}")).json()
    assert (shown["state"], shown["reason"]) == ("cancelled", "任务并入联合抽查")
    assert [part["state"] for part in shown["parts"]] == ["called_off"]


async def test_a_visit_whose_window_passed_without_record_is_overdue(inspection: Inspection) -> None:
    later = a_visit_assigned(a_team("SCJG"), window_end=NOW.date().replace(year=2999))
    await inspection.hear(later)
    overdue = (await inspection.get(inspection.officer(), "/v1/visits?overdue=true")).json()
    assert [row["visit_id"] for row in overdue["items"]] == [str(inspection.visit.visit_id)]


async def test_the_code_tables_are_data_with_a_version(inspection: Inspection) -> None:
    """Domain facts 3: stable codes, versions, never comma strings."""
    tables = [
        (await inspection.get(inspection.officer(), f"/v1/{name}")).json()
        for name in ("outcome-codes", "method-codes", "list-codes")
    ]
    assert [table["version"] for table in tables] == [1, 1, 1]
    outcomes = {code["code"]: code for code in tables[0]["codes"]}
    assert (outcomes["6"]["visit_outcome"], outcomes["2"]["kind"]) == ("not_found", "group")
    assert [code["code"] for code in tables[0]["codes"]][:4] == ["1", "A", "2", "B"]
