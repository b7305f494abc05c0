"""SEC4, REL31: the context of a transaction ends with it.

Two hundred requests of two districts and two departments on a pool of two, a third of them cut off on the way: nobody
ever sees a row that is not his.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from deploy.embedded.platform import EmbeddedPlatform
from services.registry.main import SERVICE
from shared.runtime.app import create_app
from shared.runtime.database import BARE_CONNECTIONS
from shared.runtime.principal import Principal
from tests.builders.credit import LISTED, a_result, an_entity, published
from tests.builders.people import a_department_admin, the_joint_office
from tests.integration.credit.conftest import CreditDistrict, a_client
from tests.support.served import Served, settings_of

Serve = Callable[..., Awaitable[Served]]
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


# The bare pool of credit's checks: no transaction of ours, no reset when a connection is handed back.

FIRM = 7
"""The number of a firm that is known under one code in both districts, and listed in one of them only."""


async def settle_in(credit: Served, district: str, *, listed: bool) -> str:
    """One firm of the district, of the same code in every district; returns its code."""
    firm = an_entity(FIRM, external_no=f"{district}-{FIRM}")
    here = CreditDistrict(credit, district, [firm])
    async with here.work() as work:
        await work.replicas.put([firm], work.now)
        await work.commit()
    if listed:
        await here.hear(published(a_result(firm, outcome_codes=["6"], listing=LISTED)))
    return str(firm.uscc)


async def restricted(credit: Served, district: str, codes: Sequence[str]) -> list[bool | None]:
    async with credit.client(a_client(district)) as client:
        if len(codes) == 1:
            answer = await client.get(f"/v1/entities/{codes[0]}/restrictions", params={"area": "honours"})
            return [answer.json()["restricted"] if answer.status_code == 200 else None]
        checks = [{"uscc": code, "area": "honours"} for code in codes]
        answer = await client.post("/v1/restriction-checks", json={"checks": checks})
    return [one["restricted"] for one in answer.json()["answers"]]


async def left_behind(credit: Served) -> set[str]:
    """What any connection of the bare pool still says of whoever used it last, and how many flags it shows."""
    pool = await credit.process.database.bare()
    held = [await pool.acquire() for _ in range(BARE_CONNECTIONS)]
    names = ("district", "department", "reads_all", "worker", "joint_office")
    shown = ", ".join(f"coalesce(current_setting('ssj.{name}', true), '')" for name in names)
    found: set[str] = set()
    for connection in held:
        row = await connection.fetchrow(
            f"SELECT {shown}, (SELECT count(*) FROM flags)::text, (SELECT count(*) FROM replica_entities)::text,"
            " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())::text"
        )
        found |= {str(value) for value in row} - {""}
    for connection in held:
        await pool.release(connection)
    return found


async def test_the_bare_pool_leaves_no_context_behind(served: Serve, district: str) -> None:
    """SEC4: single checks and batches of two districts and of one that knows nobody, a third of them cut off."""
    credit = await served("credit")
    places: dict[str, bool | None] = {f"{district}-e": True, f"{district}-w": False, f"{district}-n": None}
    codes = [await settle_in(credit, place, listed=bool(known)) for place, known in list(places.items())[:2]]
    assert codes[0] == codes[1]
    dice = random.Random(20261125)
    asked = [(dice.choice(list(places)), dice.choice((1, 3))) for _ in range(REQUESTS)]
    tasks = [asyncio.ensure_future(restricted(credit, place, codes[:1] * size)) for place, size in asked]
    for task in dice.sample(tasks, REQUESTS // 3):
        await asyncio.sleep(dice.random() / 500)
        task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    cut_off = sum(isinstance(answer, asyncio.CancelledError) for answer in answers)
    wrong = [
        (place, answer)
        for (place, size), answer in zip(asked, answers, strict=True)
        if not isinstance(answer, asyncio.CancelledError) and answer != [places[place]] * size
    ]
    assert wrong == []
    assert 0 < cut_off < REQUESTS
    assert await left_behind(credit) == {"0"}
