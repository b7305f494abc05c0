"""Disclosure served over its real database, and a district that hears public facts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from services.disclosure.domain.facts import Department
from services.disclosure.main import open_units
from services.disclosure.messaging import HEARS
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from shared.events.envelope import Event, Heard
from shared.runtime.principal import Principal
from shared.runtime.service import Process, UnitOfWorkFactory
from shared.values.ids import new_id
from tests.builders.disclosure import PUBLISHED_AT
from tests.builders.people import the_service
from tests.support.served import Served

Serve = Callable[..., Awaitable[Served]]
DEPARTMENTS = (
    Department("SCJG", "孟津区市场监督管理局", "区市场监管局", "11410308MB00000016"),
    Department("XFJY", "孟津区消防救援大队", "区消防大队", None),
)


class StubRegistry:
    async def departments(self) -> Sequence[Department]:
        return DEPARTMENTS


class StubResults:
    """Knows no visit code."""

    async def visit_code(self, code: str, asker: Principal) -> Mapping[str, Any] | None:
        return None


def with_stubs(process: Process) -> UnitOfWorkFactory:
    real = open_units(process)

    def open_unit(principal: Principal) -> DisclosureUnitOfWork:
        unit: DisclosureUnitOfWork = real(principal)
        unit.around = replace(unit.around, registry=StubRegistry(), results=StubResults())
        return unit

    return open_unit


@dataclass(frozen=True)
class PublicDistrict:
    """One test's own district."""

    served: Served
    district: str

    def work(self) -> Any:
        return self.served.work(the_service("disclosure", self.district))

    def reading(self) -> Any:
        """In nobody's name, as the public reads."""
        return self.served.work(Principal(subject="anonymous", district=self.district))

    async def hear(self, *events: Event) -> None:
        """One batch, one transaction, as a lane would apply it, each event by the handler that stands for it."""
        async with self.work() as work:
            for event in events:
                producer = event.SUBJECT.partition(".")[0]
                heard = Heard(event, new_id(), producer, 1, self.district, PUBLISHED_AT)
                await HEARS[producer][type(event)]([heard], work)
            await work.commit()

    async def get(self, path: str, **query: Any) -> Any:
        async with self.served.client(Principal(subject="anonymous", district=self.district)) as client:
            return await client.get(path, params=query)

    async def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        async with self.work() as work:
            return [dict(row) for row in await work.driver.fetch(statement, self.district, *values)]


@pytest.fixture
async def portal(served: Serve) -> Served:
    return await served("disclosure", extend=with_stubs)


@pytest.fixture
async def here(portal: Served, district: str) -> PublicDistrict:
    return PublicDistrict(portal, district)
