"""SEC4, REL31: the context of a transaction ends with it.

Two hundred requests of two districts and two departments on a pool of two, a third of them cut off on the way: nobody
ever sees a row that is not his.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from deploy.embedded.platform import EmbeddedPlatform
from services.registry.main import SERVICE
from shared.runtime.app import create_app
from shared.runtime.principal import Principal
from tests.builders.people import a_department_admin, the_joint_office
from tests.support.served import Served, settings_of

REQUESTS = 200
DEPARTMENTS = ("SCJG", "SLJ")


@pytest.fixture(scope="module")
async def narrow(platform: EmbeddedPlatform) -> AsyncIterator[Served]:
    """Registry on two connections."""
    platform.migrate("registry")
    settings = settings_of(SERVICE, platform).model_copy(update={"pool_size": 2})
    app = create_app(SERVICE, settings, with_worker=False)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield Served("registry", app, platform, stack)


@dataclass(frozen=True)
class Officer:
    """Somebody who asks, and the officers of his own department that he may see."""

    who: Principal
    own: str


def inspector_body(number: int, department: str) -> dict[str, Any]:
    return {
        "inspector_no": f"ZF{number:05d}",
        "name": f"张示例{number}",
        "department": department,
        "certificate_no": f"160308{number:05d}",
        "valid_until": "2028-12-31",
    }


async def register(narrow: Served, district: str, department: str, number: int) -> Officer:
    admin = a_department_admin(department, district)
    async with narrow.client(the_joint_office(district)) as client:
        body = {"code": department, "name": f"{department} 局", "short_name": f"{department} 局"}
        assert (await client.post("/v1/departments", json=body)).status_code == 201
    async with narrow.client(admin) as client:
        answer = await client.post("/v1/inspectors", json=inspector_body(number, department))
    assert answer.status_code == 201, answer.text
    return Officer(admin, answer.json()["id"])


async def seen(narrow: Served, officer: Officer) -> list[str]:
    async with narrow.client(officer.who) as client:
        answer = await client.get("/v1/inspectors")
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["items"]]


async def context_left(narrow: Served) -> set[str]:
    """What the connections of the pool still say of whoever used them last, and whether they are still his."""
    engine = narrow.process.database.engine
    async with engine.connect() as one, engine.connect() as other:
        names = ("district", "department", "reads_all", "worker", "joint_office")
        shown = ", ".join(f"coalesce(current_setting('ssj.{name}', true), '')" for name in names)
        rows = [(await connection.execute(text(f"SELECT {shown}"))).one() for connection in (one, other)]
        counts = [
            (await connection.execute(text("SELECT count(*) FROM inspectors"))).scalar_one()
            for connection in (one, other)
        ]
        locks = (
            await one.execute(
                text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            )
        ).scalar_one()
    assert (counts, locks) == ([0, 0], 0)
    return {value for row in rows for value in row if value}


async def test_interleaved_and_cancelled_requests_never_leak_a_context(narrow: Served, district: str) -> None:
    places = [(f"{district}-{side}", department) for side in ("e", "w") for department in DEPARTMENTS]
    officers = [await register(narrow, *place, number) for number, place in enumerate(places, start=1)]
    dice = random.Random(20261124)
    asked = [dice.choice(officers) for _ in range(REQUESTS)]
    tasks = [asyncio.ensure_future(seen(narrow, officer)) for officer in asked]
    cut_off = dice.sample(tasks, REQUESTS // 3)
    for task in cut_off:
        await asyncio.sleep(dice.random() / 200)
        task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    wrong = [
        (officer.who.district, officer.who.department, answer)
        for officer, answer in zip(asked, answers, strict=True)
        if not isinstance(answer, asyncio.CancelledError) and answer != [officer.own]
    ]
    cancelled = sum(isinstance(answer, asyncio.CancelledError) for answer in answers)
    assert wrong == []
    assert 0 < cancelled < REQUESTS
    assert narrow.process.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert await context_left(narrow) == set()


async def test_writes_cut_off_on_the_way_are_done_whole_or_not_at_all(narrow: Served, district: str) -> None:
    """An act that was cancelled left row, event, audit and answer, or none of the four."""
    office = the_joint_office(district)
    dice = random.Random(7)

    async def act(number: int) -> int:
        body = {"code": f"D{number:03d}", "name": f"第 {number} 局", "short_name": f"{number} 局"}
        async with narrow.client(office) as client:
            return (await client.post("/v1/departments", json=body)).status_code

    tasks = [asyncio.ensure_future(act(number)) for number in range(40)]
    for task in dice.sample(tasks, 20):
        await asyncio.sleep(dice.random() / 100)
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with narrow.work(office) as work:
        counts = [
            (await work.connection.execute(text(query), {"district": district, "caller": office.subject})).scalar_one()
            for query in (
                "SELECT count(*) FROM departments",
                "SELECT count(*) FROM outboxes WHERE district = :district",
                "SELECT count(*) FROM audits WHERE district = :district",
                "SELECT count(*) FROM idempotency_keys WHERE caller = :caller",
            )
        ]
    assert len(set(counts)) == 1
    assert 20 <= counts[0] < 40
    assert await context_left(narrow) == set()
