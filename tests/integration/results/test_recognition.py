"""Mutual recognition (R5): one department's public result excuses another's visit, by reference."""

from __future__ import annotations

from typing import Any

from shared.events.draw import VisitTeam
from shared.runtime.principal import Principal
from tests.builders.people import a_reviewer
from tests.builders.results import a_record_body
from tests.integration.results.conftest import Inspection


def relying(inspection: Inspection) -> tuple[VisitTeam, Principal]:
    """The visit's other department, and its reviewer."""
    team = inspection.visit.teams[1]
    return team, a_reviewer(team.department, inspection.district)


def a_recognition(inspection: Inspection, path: str, **changes: Any) -> dict[str, Any]:
    """Every item of the relying team is covered by the first of the other's."""
    covers = [
        {"item_id": str(item_id), "by_item_id": str(inspection.team.item_ids[0])}
        for item_id in inspection.visit.teams[1].item_ids
    ]
    return {"result_id": path.rpartition("/")[2], "covers": covers, "reason": "上月已查同一事项"} | changes


async def test_a_recent_clean_result_excuses_the_visit_and_is_referred_to(inspection: Inspection) -> None:
    """R5: draw hears that the part is concluded; the reference names result, version and digest."""
    path = await inspection.published(a_record_body(inspection.team))
    team, reviewer = relying(inspection)
    found = await inspection.get(reviewer, f"/v1/recognisable-results?entity={inspection.visit.entity_id}")
    (candidate,) = found.json()["items"]
    route = f"/v1/visits/{inspection.visit.visit_id}/recognitions"
    made = await inspection.post(reviewer, route, a_recognition(inspection, path))
    again = await inspection.post(reviewer, route, a_recognition(inspection, path))
    public = (await inspection.get(reviewer, f"{path}/public")).json()
    assert (candidate["can_be_relied_on"], candidate["department"]) == (True, "SCJG")
    assert made.status_code == 201, made.text
    assert (made.json()["result_version"], made.json()["result_digest"]) == (1, public["digest"])
    assert (again.status_code, again.json()["code"]) == (409, "results.cannot_excuse")
    told = (await inspection.told("results.visit.concluded.v1"))[-1]
    assert (told["outcome"], told["department"]) == ("excused", team.department)
    assert told["recognised_result_id"] == path.rpartition("/")[2]
    visit = (await inspection.get(reviewer, f"/v1/visits/{inspection.visit.visit_id}")).json()
    states = {part["department"]: part["state"] for part in visit["parts"]}
    assert states == {"SCJG": "published", "XFJY": "excused"}


async def test_what_was_found_or_not_covered_excuses_nobody(inspection: Inspection) -> None:
    """R5: a problem needs its own visit, every item needs its cover."""
    path = await inspection.published(a_record_body(inspection.team, "B"))
    _, reviewer = relying(inspection)
    route = f"/v1/visits/{inspection.visit.visit_id}/recognitions"
    problem = await inspection.post(reviewer, route, a_recognition(inspection, path))
    uncovered = await inspection.post(reviewer, route, a_recognition(inspection, path, covers=[]))
    unknown = [{"item_id": str(inspection.team.item_ids[0]), "by_item_id": str(inspection.team.item_ids[0])}]
    foreign = await inspection.post(reviewer, route, a_recognition(inspection, path, covers=unknown))
    own = await inspection.post(inspection.officer(team=1), route, a_recognition(inspection, path))
    codes = [answer.json()["code"] for answer in (problem, uncovered, foreign, own)]
    assert codes == [
        "results.cover_has_problem",
        "results.cover_incomplete",
        "results.cover_unknown",
        "request.role_missing",
    ]


async def test_a_withdrawn_result_shakes_what_rests_on_it(inspection: Inspection) -> None:
    """R5, R6: it is shown as shaken, cannot be relied on again, and the visit can be made after all."""
    path = await inspection.published(a_record_body(inspection.team))
    team, reviewer = relying(inspection)
    route = f"/v1/visits/{inspection.visit.visit_id}/recognitions"
    made = (await inspection.post(reviewer, route, a_recognition(inspection, path))).json()
    calm = (await inspection.get(reviewer, "/v1/recognitions?shaken=true")).json()
    await inspection.post(inspection.reviewer, f"{path}/withdrawals", {"reason": "检查对象认定错误"})
    (shaken,) = (await inspection.get(reviewer, "/v1/recognitions?shaken=true")).json()["items"]
    assert calm["items"] == []
    assert (shaken["is_shaken"], shaken["newest_version"], shaken["result_version"]) == (True, 2, 1)
    revocation = f"/v1/recognitions/{made['recognition_id']}/revocation"
    stranger = await inspection.post(inspection.reviewer, revocation, {"reason": "所依据的结果已撤回"})
    revoked = await inspection.post(reviewer, revocation, {"reason": "所依据的结果已撤回"})
    assert (stranger.status_code, stranger.json()["code"]) == (404, "results.recognition_unknown")
    assert (revoked.status_code, revoked.json()["revoked_reason"]) == (200, "所依据的结果已撤回")
    (reopened,) = await inspection.told("results.visit.reopened.v1")
    assert reopened["department"] == team.department
    refused = await inspection.post(reviewer, route, a_recognition(inspection, path))
    assert (refused.status_code, refused.json()["code"]) == (422, "results.not_recognisable")
    recorded = await inspection.record(a_record_body(team), inspection.officer(team=1))
    assert recorded.status_code == 201
