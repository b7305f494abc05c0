"""Credit served over its real database, and a district with entities in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from services.credit.domain.entities import EntityRow
from services.credit.messaging.handlers import on_result_facts
from shared.events.envelope import Event
from shared.runtime.principal import CLIENT, Principal
from shared.values.ids import new_id
from tests.builders.credit import an_entity, heard
from tests.builders.people import the_service
from tests.support.served import Served

Serve = Callable[..., Awaitable[Served]]


def a_client(district: str, *scopes: str) -> Principal:
    """A machine client of another system, with `credit.check` unless other scopes are named."""
    return Principal(
        subject=f"client:{new_id()}",
        district=district,
        roles=frozenset({CLIENT}),
        scopes=frozenset(scopes or ("credit.check",)),
        request_id=str(new_id()),
    )


@dataclass(frozen=True)
class CreditDistrict:
    """One test's own district at the served credit service."""

    credit: Served
    district: str
    entities: Sequence[EntityRow]

    def work(self, principal: Principal | None = None) -> Any:
        return self.credit.work(principal or the_service("credit", self.district))

    async def hear(self, *events: Event) -> None:
        """One batch, one transaction, as a lane would apply it."""
        async with self.work() as work:
            await on_result_facts(heard(*events, district=self.district), work)
            await work.commit()

    async def get(self, principal: Principal, path: str, **query: Any) -> Any:
        async with self.credit.client(principal) as client:
            return await client.get(path, params=query)

    async def told(self) -> list[tuple[str, Any]]:
        """Subjects and bodies of the events this district told, in order."""
        async with self.work() as work:
            rows = await work.connection.execute(
                text("SELECT type, payload::jsonb FROM outboxes WHERE district = :district ORDER BY id"),
                {"district": self.district},
            )
            return [(kind, body) for kind, body in rows]


@pytest.fixture
async def credit(served: Serve) -> Served:
    return await served("credit")


@pytest.fixture
async def here(credit: Served, district: str) -> CreditDistrict:
    entities = [an_entity(number, external_no=f"MJ{number:07d}") for number in range(1, 6)]
    made = CreditDistrict(credit, district, entities)
    async with made.work() as work:
        await work.replicas.put(entities, work.now)
        await work.commit()
    return made
