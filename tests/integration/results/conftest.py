"""Results served over its real database, with a stub of registry; visits arrive as draw would tell them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from services.results.messaging.handlers import DRAW_HANDLERS, PLANNING_HANDLERS
from shared.events.draw import VisitAssignedV1, VisitTeam
from shared.events.envelope import Event
from shared.runtime.principal import Principal
from tests.builders.people import a_reviewer, an_inspector, the_service
from tests.builders.results import a_team, a_visit_assigned, as_heard, with_stub_registry
from tests.support.served import Served

Serve = Callable[..., Awaitable[Served]]


@dataclass
class Inspection:
    """A joint visit of two departments, and the people of the first."""

    results: Served
    district: str
    visit: VisitAssignedV1

    @property
    def team(self) -> VisitTeam:
        return self.visit.teams[0]

    def officer(self, place: int = 0, team: int = 0) -> Principal:
        chosen = self.visit.teams[team]
        return an_inspector(chosen.inspector_ids[place], chosen.department, self.district)

    @property
    def reviewer(self) -> Principal:
        return a_reviewer(self.team.department, self.district)

    async def hear(self, *events: Event) -> None:
        handlers = {**DRAW_HANDLERS, **PLANNING_HANDLERS}
        async with self.results.work(the_service("results", self.district)) as work:
            for event in events:
                await handlers[type(event)]([as_heard(event, "draw", self.district)], work)
            await work.commit()

    async def post(self, who: Principal, path: str, body: Any = None, key: str | None = None) -> httpx2.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        async with self.results.client(who) as client:
            return await client.post(path, json=body, headers=headers)

    async def get(self, who: Principal, path: str) -> httpx2.Response:
        async with self.results.client(who) as client:
            return await client.get(path)

    async def record(self, body: Any, who: Principal | None = None) -> httpx2.Response:
        return await self.post(who or self.officer(), f"/v1/visits/{self.visit.visit_id}/records", body)

    async def approved(self, body: Any) -> str:
        """The path of a result that was recorded, submitted and approved."""
        recorded = await self.record(body)
        assert recorded.status_code == 201, recorded.text
        path = f"/v1/results/{recorded.json()['result_id']}"
        for who, act, sent in (
            (self.officer(), "submission", None),
            (self.reviewer, "review", {"decision": "approved"}),
        ):
            answer = await self.post(who, f"{path}/{act}", sent)
            assert answer.status_code == 200, answer.text
        return path

    async def published(self, body: Any) -> str:
        path = await self.approved(body)
        answer = await self.post(self.officer(1), f"{path}/publication")
        assert answer.status_code == 200, answer.text
        return path

    async def told(self, subject: str) -> list[dict[str, Any]]:
        """Payloads of the outbox for this district, in order."""
        async with self.results.work(the_service("results", self.district)) as work:
            rows = await work.connection.execute(
                text(
                    "SELECT CAST(payload AS jsonb) AS body FROM outboxes"
                    " WHERE district = :district AND type = :type ORDER BY id"
                ),
                {"district": self.district, "type": subject},
            )
            return list(rows.scalars())


@pytest.fixture
async def inspection(served: Serve, district: str) -> Inspection:
    results = await served("results", extend=with_stub_registry)
    found = Inspection(results, district, a_visit_assigned(a_team("SCJG"), a_team("XFJY", officers=2, items=1)))
    await found.hear(found.visit)
    return found
