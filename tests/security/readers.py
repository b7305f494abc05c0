"""Who reads what: the readers of the read matrix, and one object of every kind in every state of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.domain.policy import CallerFacts, RoleNotAllowed, ScopeNotAllowed, SignInNeeded, read_policy
from gateway.main import POLICY
from shared.runtime.principal import CLIENT, SUPERVISION, Principal
from shared.values.ids import new_id
from tests.builders.credit import LISTED, a_result, an_entity, published
from tests.builders.people import an_auditor, an_officer, the_joint_office
from tests.builders.planning import an_item_body
from tests.builders.results import a_record_body, a_team, a_visit_assigned
from tests.integration.credit.conftest import CreditDistrict
from tests.integration.planning.conftest import Desk, a_task_body
from tests.integration.results.conftest import Inspection
from tests.security.scenes import anyone
from tests.support.served import Served

MATRIX: Final = Path(__file__).parents[2] / "docs" / "security" / "read-matrix.toml"
READERS: Final = (
    "owner",
    "participant",
    "joint_office",
    "supervision",
    "auditor",
    "other_department",
    "system",
    "anonymous",
)
POLICIES: Final = read_policy(POLICY)
ANSWERS: Final = {200: "reads", 404: "hidden", 403: "refused", 410: "gone"}


@dataclass(frozen=True)
class Row:
    """One line of the matrix: an object in a state, the route that reads it, and what each reader is answered."""

    object: str
    made: str
    state: str
    service: str
    route: str
    answers: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.object}, {self.state}"


def read_matrix() -> list[Row]:
    found = tomllib.loads(MATRIX.read_text("utf-8"))
    return [
        Row(
            **{name: one[name] for name in ("object", "made", "state", "service", "route")},
            answers={name: one[name] for name in READERS},
        )
        for one in found["row"]
    ]


def readers(district: str, owner: str, participant: str) -> dict[str, Principal]:
    """Each with every role and scope of its kind: who is refused, is refused for what he is."""
    scopes = frozenset(scope for rule in POLICIES.rules for scope in rule.scopes if scope.endswith(".read"))
    return {
        "owner": anyone(owner, district),
        "participant": anyone(participant, district),
        "joint_office": the_joint_office(district),
        "supervision": an_officer(SUPERVISION, department="JWJD", district=district),
        "auditor": an_auditor(district),
        "other_department": anyone("SLJ", district),
        "system": Principal(f"client:{new_id()}", district, roles=frozenset({CLIENT}), scopes=scopes),
        "anonymous": Principal("anonymous", district),
    }


async def answer(service: Served, who: Principal, path: str) -> str:
    """What the door and then the service say: reads, hidden (404), refused (403), closed (by the door)."""
    facts = CallerFacts(who.roles, who.scopes, CLIENT in who.roles)
    try:
        POLICIES.find(service.name, "GET", path.partition("?")[0]).allow(None if who.subject == "anonymous" else facts)
    except (SignInNeeded, RoleNotAllowed, ScopeNotAllowed):
        return "closed"
    async with service.client(who) as client:
        found = await client.get(path)
    return ANSWERS.get(found.status_code, str(found.status_code))


async def planning_ids(planning: Served, district: str) -> dict[tuple[str, str], dict[str, str]]:
    """(object, state) → ids by their names in paths; owner `scjg`, participant `wjw`."""
    async with planning.work(the_joint_office(district)) as work:
        year = work.today.year
    desk = Desk(planning, district, the_joint_office(district), the_joint_office(district), year)
    items = await desk.publish_lists()
    admin = desk.admin("scjg")
    found: dict[tuple[str, str], dict[str, str]] = {}

    async def made(what: str, state: str, name: str, path: str, body: Any, *steps: tuple[Principal, str]) -> str:
        answered = await desk.post(admin, path, body)
        assert answered.status_code == 201, answered.text
        place: str = answered.headers["location"]
        for who, step in steps:
            walked = await desk.post(who, f"{place}/{step}")
            assert walked.status_code == 200, walked.text
        found[what, state] = {name: place.rpartition("/")[2]}
        return place

    submission, approval = (admin, "submission"), (desk.office, "approval")
    publication, issuance = (admin, "publication"), (admin, "issuance")
    for state, steps in {
        "draft": [],
        "submitted": [submission],
        "approved": [submission, approval],
        "published": [submission, approval, publication],
    }.items():
        place = len(found)
        body = {"year": year + 1 + place, "items": [an_item_body("scjg-002")]}
        await made("item list", state, "item_list_id", "/v1/item-lists", body, *steps)
        plan = desk.plan_body(items, title=f"计划 {state}")
        last = await made("plan", state, "plan_id", "/v1/plans", plan, *steps)
    await made("task", "draft", "task_id", f"{last}/tasks", a_task_body(items))
    half = {"title": "第二批"}
    await made("task", "issued", "task_id", f"{last}/tasks", a_task_body(items, **half), issuance)
    return found


async def results_ids(results: Served, district: str) -> dict[tuple[str, str], dict[str, str]]:
    """A visit of SCJG and XFJY, and records of SCJG in their states."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for state in ("recorded", "submitted", "approved", "published"):
        visit = a_visit_assigned(a_team("SCJG"), a_team("XFJY", officers=2, items=1))
        inspection = Inspection(results, district, visit)
        await inspection.hear(visit)
        body = a_record_body(inspection.team)
        path = ""
        if state == "published":
            path = await inspection.published(body)
        elif state == "approved":
            path = await inspection.approved(body)
        else:
            path = (await inspection.record(body)).headers["location"]
            if state == "submitted":
                await inspection.post(inspection.officer(), f"{path}/submission")
        found["record", state] = {"result_id": path.rpartition("/")[2]}
        found["visit", "assigned"] = {"visit_id": str(visit.visit_id)}
    return found


async def credit_ids(credit: Served, district: str) -> dict[tuple[str, str], dict[str, str]]:
    """A firm with a published result and a listing."""
    firm = an_entity(1, external_no="MJ0000001")
    here = CreditDistrict(credit, district, [firm])
    async with here.work() as work:
        await work.replicas.put([firm], work.now)
        await work.commit()
    await here.hear(published(a_result(firm, outcome_codes=["6"], listing=LISTED)))
    uscc = str(firm.uscc)
    return {("credit record", "kept"): {"uscc": uscc}, ("listing", "entered"): {"uscc": uscc}}
