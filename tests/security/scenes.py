"""What a department has that no other may know of: for each service its drafts and people, and the secrets in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.results.messaging.handlers import DRAW_HANDLERS
from shared.runtime.principal import DEPARTMENT_ADMIN, INSPECTOR, REVIEWER, Principal
from shared.values.ids import new_id
from tests.builders.people import an_inspector, an_officer, the_joint_office, the_service
from tests.builders.planning import a_plan_body, an_item_body
from tests.builders.registry import INSPECTOR_HEADER, District, a_file, inspector_line
from tests.builders.results import a_record_body, a_team, a_visit_assigned, as_heard
from tests.support.served import Served

OWNER, STRANGER = "SCJG", "SLJ"
SECRET = "绝不外传"
"""Stands in every text of the owner's that has room for it."""


@dataclass(frozen=True)
class Scene:
    """One service with something of `OWNER` in it: `ids` by the name they have in paths."""

    service: Served
    district: str
    ids: dict[str, str]
    owner: Principal

    @property
    def words(self) -> list[str]:
        """What of the owner's must not be found in any answer to a stranger."""
        return [SECRET, *self.ids.values()]


def anyone(department: str, district: str) -> Principal:
    """Holds every role that a department gives: what he is refused, he is refused for his department."""
    inspector_id = new_id()
    found = an_officer(DEPARTMENT_ADMIN, INSPECTOR, REVIEWER, department=department, district=district)
    return Principal(
        subject=found.subject,
        district=district,
        department=department,
        roles=found.roles,
        officer_id=found.officer_id,
        inspector_id=inspector_id,
        request_id=found.request_id,
    )


async def _made(service: Served, who: Principal, path: str, body: Any = None) -> dict[str, Any]:
    async with service.client(who) as client:
        answer = await client.post(path, json=body)
    assert answer.status_code in (200, 201, 202), answer.text
    found: dict[str, Any] = answer.json()
    return found


async def in_registry(registry: Served, name: str) -> Scene:
    """An inspector, and an import whose file has a row that was not taken."""
    district = await District(registry, name).set_up()
    owner = anyone(OWNER, name)
    rows = [inspector_line(1, name=SECRET), inspector_line(2, valid_until=f"{SECRET}的日期")]
    job = await district.import_file(a_file(INSPECTOR_HEADER, *rows), owner, kind="inspectors")
    assert (job["counts"]["new"], job["counts"]["wrong"]) == (1, 1)
    (inspector,) = (await district.get("/v1/inspectors", owner))["items"]
    async with registry.work(owner) as work:
        (change_set,) = await work.imports.page(1, None)
    ids = {"inspector_id": inspector["id"], "job_id": job["id"], "change_set_id": str(change_set.change_set_id)}
    return Scene(registry, name, ids, owner)


async def in_planning(planning: Served, name: str) -> Scene:
    """A draft of next year's list and a draft of a joint plan that the stranger takes no part in."""
    owner, office = anyone(OWNER, name), the_joint_office(name)
    async with planning.work(office) as work:
        year = work.today.year
    rule = {"value": {"text": "410308"}, "reason": "联席会议议定"}
    await _made(planning, office, "/v1/rules/region_code/versions", rule)
    approval = "/v1/rules/region_code/versions/1/approval"
    await _made(planning, the_joint_office(name), approval, {"reason": "联席会议议定"})
    items: list[str] = []
    for department, cap in ((OWNER, 50_000), ("WJW", None)):
        admin = anyone(department, name)
        body = {"year": year, "items": [an_item_body(f"{department.lower()}-001", cap)]}
        listed = await _made(planning, admin, "/v1/item-lists", body)
        path = f"/v1/item-lists/{listed['item_list_id']}"
        for who, step in ((admin, "submission"), (office, "approval"), (admin, "publication")):
            listed = await _made(planning, who, f"{path}/{step}")
        async with planning.client(admin) as client:
            items += [item["item_id"] for item in (await client.get(path)).json()["items"]]
    draft = {"year": year + 1, "items": [an_item_body("scjg-002", content=[SECRET])]}
    listed = await _made(planning, owner, "/v1/item-lists", draft)
    plan = await _made(planning, owner, "/v1/plans", a_plan_body(items, ["WJW"], year, title=f"{SECRET}的计划"))
    return Scene(planning, name, {"item_list_id": listed["item_list_id"], "plan_id": plan["plan_id"]}, owner)


async def in_results(results: Served, name: str) -> Scene:
    """A recorded result of a visit of two departments, neither of them the stranger's."""
    visit = a_visit_assigned(a_team(OWNER), a_team("XFJY", officers=2, items=1))
    async with results.work(the_service("results", name)) as work:
        await DRAW_HANDLERS[type(visit)]([as_heard(visit, "draw", name)], work)
        await work.commit()
    officer = an_inspector(visit.teams[0].inspector_ids[0], OWNER, name)
    body = a_record_body(visit.teams[0], "B", note=f"{SECRET}的情况")
    made = await _made(results, officer, f"/v1/visits/{visit.visit_id}/records", body)
    ids = {"result_id": made["result_id"], "visit_id": str(visit.visit_id)}
    return Scene(results, name, ids, officer)
