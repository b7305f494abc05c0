"""The draw service over real PostgreSQL with a registry of the tests own, and a ceremony led step by step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
import pytest

from services.draw.domain.primitives import SHA256, Suite
from services.draw.messaging.handlers import PLANNING_HANDLERS, REGISTRY_HANDLERS, RESULTS_HANDLERS
from services.draw.storage.unit_of_work import DrawUnitOfWork
from shared.events.envelope import Event, Heard
from shared.events.planning import TaskIssuedV1
from shared.runtime.principal import Principal
from shared.runtime.service import Process, UnitOfWorkFactory
from shared.values.ids import new_id
from tests.builders.draw import Party, StubRegistry, a_registry, a_task, two_parties
from tests.builders.people import a_department_admin, the_joint_office, the_service
from tests.support.served import Served

REGISTRIES: dict[str, StubRegistry] = {}
"""District → the registry its draws ask; tests share the served application and never meet."""


class _ByDistrict:
    def snapshot(self, wanted: Any, act_for: Principal) -> Any:
        return REGISTRIES[act_for.district].snapshot(wanted, act_for)

    async def standings(self, ids: Any, on: Any, act_for: Principal) -> Any:
        return await REGISTRIES[act_for.district].standings(ids, on, act_for)


def with_stub_registry(process: Process) -> UnitOfWorkFactory:
    def open_work(principal: Principal) -> DrawUnitOfWork:
        return DrawUnitOfWork(process.database, principal, _ByDistrict())

    return open_work


@pytest.fixture
async def draw(served: Callable[..., Awaitable[Served]]) -> Served:
    return await served("draw", extend=with_stub_registry)


@dataclass
class Led:
    """A ceremony led over HTTP: `freezer` and `committer` are two people of the operator."""

    served: Served
    district: str
    task: TaskIssuedV1
    registry: StubRegistry
    parties: list[Party]
    freezer: Principal
    committer: Principal
    draw_id: UUID = field(default_factory=new_id)
    suite: Suite = SHA256

    async def post(self, who: Principal, path: str, body: Any = None, expect: int | None = 200) -> httpx2.Response:
        async with self.served.client(who) as client:
            answer = await client.post(path, json=body if body is not None else None)
        assert expect is None or answer.status_code == expect, answer.text
        return answer

    async def get(self, who: Principal, path: str) -> Any:
        async with self.served.client(who) as client:
            answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def act(self, who: Principal, act: str, body: Any = None, expect: int | None = 200) -> httpx2.Response:
        return await self.post(who, f"/v1/draws/{self.draw_id}/{act}", body, expect)

    def pool_body(self, **changes: Any) -> dict[str, Any]:
        body = {
            "task_id": str(self.task.task_id),
            "parties": [party.body() for party in self.parties],
            "min_shares": 2,
            "reveal_seconds": 600,
            "no_beacon_profile": True,
        }
        return body | changes

    async def freeze(self, expect: int | None = 201, **changes: Any) -> httpx2.Response:
        answer = await self.post(self.freezer, "/v1/pools", self.pool_body(**changes), expect)
        if answer.status_code == 201:
            self.draw_id = UUID(answer.json()["draw_id"])
        return answer

    async def hand_over(self) -> None:
        for party in self.parties:
            await self.act(
                party.account, "party-commits", {"party": party.id, "commit": party.commit(self.draw_id, self.suite)}
            )

    async def commit(self) -> None:
        await self.hand_over()
        await self.act(self.committer, "commitment")

    async def reveal(self) -> None:
        for party in self.parties:
            await self.act(party.account, "shares", {"party": party.id, "value": party.share.hex()})
        await self.act(self.committer, "share-closure")

    async def led_to_reveal(self, **changes: Any) -> None:
        await self.freeze(**changes)
        await self.commit()
        await self.reveal()

    async def led_to_result(self, **changes: Any) -> None:
        await self.led_to_reveal(**changes)
        await self.act(self.committer, "result")

    async def record(self) -> Any:
        return await self.get(self.freezer, f"/v1/draws/{self.draw_id}/record")

    async def detail(self) -> Any:
        return await self.get(self.freezer, f"/v1/draws/{self.draw_id}")


HANDLERS = {**PLANNING_HANDLERS, **REGISTRY_HANDLERS, **RESULTS_HANDLERS}


async def tell(served: Served, district: str, *events: Event) -> None:
    """Events of one kind arrive in one run, as their lane would bring them."""
    async with served.work(the_service("draw", district)) as work:
        heard = [Heard(event, new_id(), "planning", 1, district, work.now) for event in events]
        await HANDLERS[type(events[0])](heard, work)
        await work.commit()


@pytest.fixture
def lead(draw: Served, district: str) -> Callable[..., Awaitable[Led]]:
    """`await lead()`: a task is issued in a district of its own, nothing is frozen yet."""

    async def start(**changes: Any) -> Led:
        registry = REGISTRIES[district] = changes.pop("registry", None) or a_registry()
        task = a_task(**changes)
        await tell(draw, district, task)
        office = the_joint_office(district)
        return Led(draw, district, task, registry, two_parties(district), a_department_admin("scjg", district), office)

    return start
