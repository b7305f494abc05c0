"""Planning served over its real database; what draw and results tell is handed to its handlers as the lane would."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from services.planning.domain.census import Census, Standing
from services.planning.domain.items import ListedItem
from services.planning.domain.plan_content import LibraryVersion
from services.planning.domain.vacuum import ItemReach
from services.planning.domain.what_if import OfficerGroup
from services.planning.messaging.handlers import DRAW, RESULTS
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from shared.events.catalogue import event_class
from shared.events.envelope import Event
from shared.runtime.principal import JOINT_OFFICE, Principal
from shared.runtime.service import Process, UnitOfWorkFactory
from shared.values.credit_class import CreditClass
from tests.builders.people import a_department_admin, an_officer, the_joint_office, the_service
from tests.builders.planning import a_plan_body, an_item_body, as_heard
from tests.support.served import Served

Serve = Callable[..., Awaitable[Served]]
Body = dict[str, Any]


@dataclass
class StubRegistry:
    """Objects under the libraries that hold them, and officers, as a test sets them."""

    standings: list[Standing] = field(default_factory=list)
    groups: list[OfficerGroup] = field(default_factory=list)
    reach: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Item code → objects and officers it finds."""

    def hold(self, credit_class: str, objects: int, *libraries: LibraryVersion) -> None:
        self.standings.append(Standing(frozenset(libraries), CreditClass(credit_class), objects))

    def census(self, libraries: Sequence[LibraryVersion]) -> Census:
        """As registry counts: only the libraries asked for are told apart."""
        asked = frozenset(libraries)
        held = [Standing(one.libraries & asked, one.credit_class, one.objects) for one in self.standings]
        return Census(tuple(one for one in held if one.libraries))


@dataclass
class Desk:
    """A district at work: one administrator per department, two officers of the joint office."""

    planning: Served
    district: str
    office: Principal
    second: Principal
    year: int
    """This year: what is planned lies in it, and its end has not passed."""

    def admin(self, department: str) -> Principal:
        return a_department_admin(department, self.district)

    async def post(self, who: Principal, path: str, body: Body | None = None) -> httpx2.Response:
        async with self.planning.client(who) as client:
            return await client.post(path, json=body)

    async def put(self, who: Principal, path: str, body: Body, **headers: str) -> httpx2.Response:
        async with self.planning.client(who) as client:
            keyed = {"Idempotency-Key": f"put-{path}-{headers}"} | {
                name.replace("_", "-"): value for name, value in headers.items()
            }
            return await client.put(path, json=body, headers=keyed)

    async def get(self, who: Principal, path: str) -> httpx2.Response:
        async with self.planning.client(who) as client:
            return await client.get(path)

    async def propose_rule(self, code: str, **value: Any) -> httpx2.Response:
        body = {"value": value, "reason": "联席会议议定"}
        return await self.post(self.office, f"/v1/rules/{code}/versions", body)

    async def set_rule(self, code: str, **value: Any) -> httpx2.Response:
        """Proposed by one officer of the office and approved by another; the answer to the first that fails."""
        proposed = await self.propose_rule(code, **value)
        if proposed.status_code != 201:
            return proposed
        path = f"/v1/rules/{code}/versions/{proposed.json()['version']}/approval"
        return await self.post(self.second, path, {"reason": "会议纪要"})

    async def publish_list(self, department: str, *items: Body, year: int | None = None) -> Body:
        """A list all the way to publication; returns its detail."""
        admin = self.admin(department)
        made = await self.post(admin, "/v1/item-lists", {"year": year or self.year, "items": list(items)})
        assert made.status_code == 201, made.text
        await self.walk(admin, made.headers["location"])
        return dict((await self.get(admin, made.headers["location"])).json())

    async def walk(self, admin: Principal, path: str) -> None:
        """Submission, approval, publication."""
        for who, step in ((admin, "submission"), (self.office, "approval"), (admin, "publication")):
            answer = await self.post(who, f"{path}/{step}")
            assert answer.status_code == 200, answer.text

    async def publish_lists(self) -> dict[str, str]:
        """A general item (cap 5 %) of scjg, a key item of wjw; code → item id."""
        await self.set_rule("region_code", text="410308")
        first = await self.publish_list("scjg", an_item_body("scjg-001"))
        second = await self.publish_list("wjw", an_item_body("wjw-001", None))
        return {item["code"]: item["item_id"] for item in (*first["items"], *second["items"])}

    def plan_body(
        self, items: dict[str, str] | list[str], participants: Sequence[str] = ("wjw",), **changes: Any
    ) -> Body:
        """Of scjg with these participants, for this year."""
        chosen = list(items.values()) if isinstance(items, dict) else items
        return a_plan_body(chosen, list(participants), self.year, **changes)

    async def publish_plan(self, items: dict[str, str], **changes: Any) -> Body:
        """A plan of scjg, by default with wjw, public."""
        admin = self.admin("scjg")
        made = await self.post(admin, "/v1/plans", self.plan_body(items, **changes))
        assert made.status_code == 201, made.text
        await self.walk(admin, made.headers["location"])
        return dict((await self.get(admin, made.headers["location"])).json())

    async def issue_task(self, items: dict[str, str]) -> Body:
        """A task of both departments, issued."""
        plan = await self.publish_plan(items)
        made = await self.post(self.admin("scjg"), f"/v1/plans/{plan['plan_id']}/tasks", a_task_body(items))
        assert made.status_code == 201, made.text
        issued = await self.post(self.admin("scjg"), f"{made.headers['location']}/issuance")
        assert issued.status_code == 200, issued.text
        return dict(issued.json())

    async def told(self) -> list[Event]:
        """What planning told of this district, oldest first."""
        async with self.planning.work(self.office) as work:
            rows = await work.connection.execute(
                text("SELECT type, payload FROM outboxes WHERE district = :district ORDER BY id"),
                {"district": self.district},
            )
            found = [(event_class(row.type), row.payload) for row in rows]
        return [model.model_validate_json(payload) for model, payload in found if model is not None]

    async def hear(self, *events: Event) -> None:
        """Hands events to their handlers in runs, as the lane does."""
        handlers = {**DRAW, **RESULTS}
        async with self.planning.work(the_service("planning", self.district)) as work:
            for handler, run in groupby(events, key=lambda event: handlers[type(event)]):
                await handler([as_heard(event, "draw", self.district) for event in run], work)
            await work.commit()


def a_task_body(items: dict[str, str], **changes: Any) -> Body:
    departments = [
        {"department": code.split("-")[0], "item_ids": [item_id], "officers": 2} for code, item_id in items.items()
    ]
    return {"title": "第一批", "departments": departments} | changes


class _ByDistrict:
    """The registry of each test's district; a district without one has no objects and no officers."""

    async def census(self, libraries: Sequence[LibraryVersion], act_for: Principal) -> Census:
        return REGISTRIES.get(act_for.district, StubRegistry()).census(libraries)

    async def officers(self, departments: Sequence[str], on: date, act_for: Principal) -> Sequence[OfficerGroup]:
        return REGISTRIES.get(act_for.district, StubRegistry()).groups

    async def reach(self, items: Sequence[ListedItem], on: date, act_for: Principal) -> Sequence[ItemReach]:
        known = REGISTRIES.get(act_for.district, StubRegistry()).reach
        return [ItemReach(one, *known.get(one.item.code, (0, 0))) for one in items]


REGISTRIES: dict[str, StubRegistry] = {}


def with_stub_registry(process: Process) -> UnitOfWorkFactory:
    def open_work(principal: Principal) -> PlanningUnitOfWork:
        return PlanningUnitOfWork(process.database, principal, _ByDistrict())

    return open_work


@pytest.fixture
async def planning(served: Serve) -> Served:
    return await served("planning", extend=with_stub_registry)


@pytest.fixture
def registry(district: str) -> StubRegistry:
    """What registry knows of the test's district."""
    return REGISTRIES.setdefault(district, StubRegistry())


@pytest.fixture
async def desk(planning: Served, district: str) -> Desk:
    office = the_joint_office(district)
    async with planning.work(office) as work:
        year = work.today.year
    return Desk(planning, district, office, an_officer(JOINT_OFFICE, department="lxb", district=district), year)
