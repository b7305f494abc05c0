"""The audit chain on real PostgreSQL: places, checkpoints and proofs (SEC9, SEC11, G1, B5)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from deploy.embedded.platform import EmbeddedPlatform
from shared.events.registry import CheckpointSignedV1
from shared.runtime.audit_checkpoints import Signer, signature_holds
from shared.runtime.audit_seal import Sealer, Sealing
from shared.runtime.audit_store import KeptCheckpoint, last_checkpoint
from shared.runtime.audit_tree import consistency_holds, inclusion_holds
from shared.runtime.bus import Bus
from shared.runtime.principal import AUDITOR, Principal
from shared.runtime.relay import Relay
from shared.values.ids import new_id
from tests.builders.people import the_joint_office
from tests.support.served import Served

Serve = Callable[..., Awaitable[Served]]
DAY = timedelta(days=1)


@pytest.fixture
async def registry(served: Serve) -> Served:
    return await served("registry")


@pytest.fixture
async def driver(platform: EmbeddedPlatform, registry: Served) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(platform.database_url("registry"))
    yield connection
    await connection.close()


def a_sealer(registry: Served, files: Path, period: timedelta = DAY) -> Sealer:
    process = registry.process
    dsn = registry.platform.database_url("registry")
    signer = Signer("registry", "d", process.key)
    return Sealer(Sealing(dsn, signer, period, files, lambda: True, process.work))


async def sealed(registry: Served, driver: asyncpg.Connection[Any], files: Path) -> Sealer:
    """Everything committed so far has its place."""
    sealer = a_sealer(registry, files)
    await sealer.begin(driver)
    return sealer


@asynccontextmanager
async def numbering_of(served: Served) -> AsyncIterator[None]:
    """A relay leads meanwhile; at the end every event has its number."""
    user, password = served.platform.site.nats_login(served.name)
    bus = await Bus.connect(served.platform.site.nats_url, served.name, user, password)
    task = asyncio.ensure_future(Relay(served.platform.database_url(served.name), bus, served.name).run())
    try:
        yield
        await until_numbered(served)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await bus.close()


async def until_numbered(served: Served) -> None:
    async with asyncio.timeout(10):
        while True:
            async with served.process.work() as work:
                left = await work.connection.execute(text("SELECT count(*) FROM outbox_waits"))
                if left.scalar_one() == 0:
                    return
            await asyncio.sleep(0.05)


async def register(registry: Served, district: str, code: str) -> int:
    body = {"code": code, "name": f"部门{code}", "short_name": code}
    async with registry.client(the_joint_office(district)) as client:
        return (await client.post("/v1/departments", json=body)).status_code


async def places_of(driver: asyncpg.Connection[Any], district: str) -> list[asyncpg.Record]:
    found: list[asyncpg.Record] = await driver.fetch(
        "SELECT p.kind, p.seq FROM audit_places p WHERE row_id IN (SELECT id FROM audits WHERE district = $1"
        " UNION SELECT event_id FROM outboxes WHERE district = $1) ORDER BY seq",
        district,
    )
    return found


async def test_an_act_and_its_event_get_their_places_once(
    platform: EmbeddedPlatform, registry: Served, driver: asyncpg.Connection[Any], district: str, tmp_path: Path
) -> None:
    async with numbering_of(registry):
        await register(registry, district, "SCJG")
    sealer = await sealed(registry, driver, tmp_path)
    await sealer.step(driver, DAY)
    again = await sealed(registry, driver, tmp_path)
    await again.step(driver, DAY)
    assert sorted(row["kind"] for row in await places_of(driver, district)) == ["audit", "event"]
    counted = await driver.fetchrow("SELECT count(*) AS rows, max(seq) AS last FROM audit_places")
    assert counted["rows"] == counted["last"]


async def test_a_row_committed_late_gets_a_later_place(
    registry: Served, driver: asyncpg.Connection[Any], district: str, tmp_path: Path
) -> None:
    """Its id was made before rows that have their place already."""
    slow = await asyncpg.connect(registry.platform.database_url("registry"))
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute(
        "INSERT INTO audits (id, district, actor, department, roles, action, command, event_ids, request_id, acted_at)"
        " VALUES ($1, $2, 'x', '', '{}', 'slow', '{}', '{}', '', now())",
        new_id(),
        district,
    )
    await register(registry, district, "SCJG")
    sealer = await sealed(registry, driver, tmp_path)
    before = len(await places_of(driver, district))
    await transaction.commit()
    await slow.close()
    await sealer.step(driver, timedelta(seconds=5))
    after = await places_of(driver, district)
    assert len(after) == before + 1


async def test_a_checkpoint_is_signed_told_filed_and_proves_what_it_covers(
    platform: EmbeddedPlatform, registry: Served, driver: asyncpg.Connection[Any], district: str, tmp_path: Path
) -> None:
    """SEC11, B5: by the public routes and the verifier's half of the tree alone."""
    checkpoints = []
    for code in ("SCJG", "SLJ"):
        async with numbering_of(registry):
            await register(registry, district, code)
        sealer = await sealed(registry, driver, tmp_path)
        await sealer.sign(driver)
        checkpoints.append(await last_checkpoint(driver))
    old, new = checkpoints
    assert old is not None
    assert new is not None
    event_id = await driver.fetchval("SELECT event_id FROM outboxes WHERE district = $1 LIMIT 1", district)
    nobody = Principal(subject="anonymous", district=district)
    async with registry.client(nobody) as client:
        listed = (await client.get("/v1/checkpoints", params={"page_size": 1})).json()
        one = (await client.get(f"/v1/checkpoints/{new.number}")).json()
        inside = (await client.get(f"/v1/checkpoints/{new.number}/inclusion-proofs/{event_id}")).json()
        grown = (await client.get(f"/v1/checkpoints/{new.number}/consistency-proofs/{old.number}")).json()
        absent = await client.get(f"/v1/checkpoints/{new.number}/inclusion-proofs/{new_id()}")
        reversed_ = await client.get(f"/v1/checkpoints/{old.number}/consistency-proofs/{new.number}")
        missing = await client.get(f"/v1/checkpoints/{new.number + 1}")
    assert (listed["items"], listed["next"] is not None) == ([one], True)
    assert one["body"] == new.body
    shown = KeptCheckpoint(new.number, new.size, one["body"], bytes.fromhex(one["signature"]))
    assert signature_holds(shown, registry.process.key.public_key())
    root = bytes.fromhex(one["root"])
    path = [bytes.fromhex(part) for part in inside["path"]]
    assert inclusion_holds(bytes.fromhex(inside["leaf"]), inside["index"], inside["size"], path, root)
    path = [bytes.fromhex(part) for part in grown["path"]]
    sizes = grown["earlier_size"], grown["size"]
    assert consistency_holds(*sizes, path, bytes.fromhex(grown["earlier_root"]), root)
    refused = [(answer.status_code, answer.json()["code"]) for answer in (absent, reversed_, missing)]
    assert refused == [
        (404, "request.row_not_covered"),
        (422, "request.checkpoints_reversed"),
        (404, "request.checkpoint_missing"),
    ]
    last = "SELECT payload FROM outboxes WHERE type = $1 ORDER BY id DESC"
    told = await driver.fetchval(last, CheckpointSignedV1.SUBJECT)
    assert CheckpointSignedV1.model_validate_json(told).checkpoint.body == new.body
    assert (tmp_path / "checkpoints" / f"registry-{new.number:08}.json").is_file()


async def test_checkpoints_come_with_the_period_and_rest_when_nothing_happens(
    platform: EmbeddedPlatform, registry: Served, driver: asyncpg.Connection[Any], district: str, tmp_path: Path
) -> None:
    sealer = a_sealer(registry, tmp_path, timedelta(0))
    async with numbering_of(registry):
        await register(registry, district, "SCJG")
    await sealer.begin(driver)
    await sealer.step(driver, DAY)
    signed = await last_checkpoint(driver)
    async with numbering_of(registry):
        pass
    await sealer.step(driver, DAY)
    await sealer.step(driver, DAY)
    assert await last_checkpoint(driver) == signed
    await register(registry, district, "SLJ")
    await sealer.step(driver, DAY)
    later = await last_checkpoint(driver)
    assert signed is not None
    assert later is not None
    assert later.number == signed.number + 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE outboxes SET payload = payload || ' '",
        "UPDATE outboxes SET producer_seq = producer_seq + 1 WHERE producer_seq IS NOT NULL",
        "UPDATE outboxes SET producer_seq = NULL WHERE producer_seq IS NOT NULL",
        "DELETE FROM outboxes",
        "TRUNCATE outboxes",
        "TRUNCATE outboxes_default",
        "UPDATE audits SET actor = 'x'",
        "DELETE FROM audits",
        "TRUNCATE audits",
        "UPDATE audit_places SET leaf = chain",
        "DELETE FROM audit_places",
        "UPDATE audit_nodes SET hash = ''",
        "DELETE FROM audit_nodes",
        "UPDATE audit_checkpoints SET body = ''",
        "TRUNCATE audit_checkpoints",
    ],
)
async def test_not_even_the_owner_changes_log_audit_or_chain(
    platform: EmbeddedPlatform,
    registry: Served,
    driver: asyncpg.Connection[Any],
    tmp_path: Path,
    change: str,
    district: str,
) -> None:
    """SEC9: refused by trigger to the owner, by grant or trigger to the application."""
    async with numbering_of(registry):
        await register(registry, district, "SCJG")
    owner = await asyncpg.connect(platform.database_url("registry", "owner"))
    try:
        with pytest.raises(asyncpg.RaiseError, match="stay as they were written"):
            await owner.execute(change)
    finally:
        await owner.close()
    with pytest.raises((asyncpg.RaiseError, asyncpg.InsufficientPrivilegeError)):
        await driver.execute(change)


async def test_a_refused_act_leaves_a_row_without_what_was_said(registry: Served, district: str) -> None:
    """SEC12, G1: who tried what, and why it was refused."""
    await register(registry, district, "SCJG")
    assert await register(registry, district, "SCJG") == 409
    async with registry.process.work() as work:
        rows = await work.connection.execute(
            text("SELECT action, outcome, command FROM audits WHERE district = :district ORDER BY id"),
            {"district": district},
        )
        done, refused = rows.all()
    assert (done.action, done.outcome) == ("register_department", "done")
    assert (refused.action, refused.outcome) == ("register_department", "registry.department_code_taken")
    assert "SCJG" not in str(refused.command)


async def test_what_an_auditor_reads_is_in_the_trail_and_what_others_read_is_not(
    registry: Served, district: str
) -> None:
    """架构 Identity: each read of the auditor is audited."""
    auditor = Principal(subject="officer:auditor", district=district, roles=frozenset({AUDITOR}), request_id="r1")
    for who in (auditor, the_joint_office(district)):
        async with registry.client(who) as client:
            assert (await client.get("/v1/departments")).status_code == 200
    async with registry.process.work() as work:
        query = text("SELECT actor, action, outcome, request_id FROM audits WHERE district = :district")
        (row,) = (await work.connection.execute(query, {"district": district})).all()
    assert tuple(row) == (auditor.subject, "GET /v1/departments", "read", "r1")
