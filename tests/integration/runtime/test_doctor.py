"""`ssj doctor` names every setting that is not as it must be: each is broken here, found, and put back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import asyncpg
import nats
import orjson
import pytest

from cli.doctor.broker import check_server
from cli.doctor.checks import Verdict
from cli.doctor.examine import FOUND_SOMETHING, examine, exit_code
from cli.doctor.postgres import knows_chinese
from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from deploy.embedded.provision_postgres import database_name


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[EmbeddedPlatform]:
    with embedded_platform(None, ["registry"], fast=True) as platform:
        yield platform


async def sql(platform: EmbeddedPlatform, statement: str, service: str | None = None) -> None:
    dsn = (
        platform.admin_dsn if service is None else platform.admin_dsn.rpartition("/")[0] + f"/{database_name(service)}"
    )
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def wrong(platform: EmbeddedPlatform) -> set[str]:
    checks = await examine(platform.site, platform.nats_monitor_url)
    found = {check.id for check in checks if check.verdict is Verdict.WRONG}
    assert exit_code(checks) == FOUND_SOMETHING
    return found - {"postgres.fsync", "postgres.full_page_writes", "postgres.synchronous_commit"}


async def test_a_platform_made_fast_for_tests_is_told_that_it_is_not_durable(running: EmbeddedPlatform) -> None:
    checks = await examine(running.site, running.nats_monitor_url)
    by_id = {check.id: check for check in checks}
    assert by_id["postgres.fsync"].verdict is Verdict.WRONG
    assert "fsync" in by_id["postgres.fsync"].found
    assert by_id["nats.sync"].verdict is Verdict.OK
    assert await wrong(running) == set()


@pytest.mark.parametrize(
    ("service", "breaking", "mending", "named"),
    [
        (None, "ALTER ROLE registry_app BYPASSRLS", "ALTER ROLE registry_app NOBYPASSRLS", "role.registry_app"),
        (
            None,
            "ALTER ROLE registry_app SET statement_timeout = '1h'",
            "ALTER ROLE registry_app SET statement_timeout = '5s'",
            "role.registry_app",
        ),
        (
            None,
            "GRANT CONNECT ON DATABASE ssj_registry TO credit_app",
            "REVOKE CONNECT ON DATABASE ssj_registry FROM credit_app",
            "database.registry.apart",
        ),
        (
            "registry",
            "CREATE TABLE bare (owner_department text)",
            "DROP TABLE bare",
            "database.registry.rls",
        ),
        (
            "registry",
            "INSERT INTO dead_letters"
            " VALUES ('credit', 1, gen_random_uuid(), 'd', 't', 'a', '{}', now(), 'c', 'r', now())",
            "TRUNCATE dead_letters",
            "dead_letters.registry",
        ),
        (
            "registry",
            "INSERT INTO audit_places (seq, kind, row_id, leaf, chain, sealed_at)"
            " VALUES (1000000, 'audit', gen_random_uuid(), '', '', now() - interval '27 hours')",
            "SET session_replication_role = replica; DELETE FROM audit_places WHERE seq = 1000000",
            "checkpoint.registry",
        ),
    ],
)
async def test_a_broken_setting_of_the_database_is_named(
    running: EmbeddedPlatform, service: str | None, breaking: str, mending: str, named: str
) -> None:
    await sql(running, breaking, service)
    found = await wrong(running)
    await sql(running, mending, service)
    assert found == {named}
    assert await wrong(running) == set()


@pytest.fixture
def request_of(running: EmbeddedPlatform) -> Callable[[str, object], Awaitable[dict[str, object]]]:
    async def request(subject: str, body: object) -> dict[str, object]:
        client = await nats.connect(running.nats_admin_url)
        try:
            answer = await client.request(f"$JS.API.{subject}", orjson.dumps(body), timeout=3)
        finally:
            await client.close()
        found: dict[str, object] = orjson.loads(answer.data)
        assert "error" not in found, found
        return found

    return request


async def test_a_changed_stream_is_named(
    running: EmbeddedPlatform, request_of: Callable[[str, object], Awaitable[dict[str, object]]]
) -> None:
    right = (await request_of("STREAM.INFO.RESULTS", {}))["config"]
    assert isinstance(right, dict)
    await request_of("STREAM.UPDATE.RESULTS", right | {"duplicate_window": 1_000_000_000})
    found = await wrong(running)
    await request_of("STREAM.UPDATE.RESULTS", right)
    assert found == {"stream.RESULTS"}


async def test_a_missing_durable_is_named(
    running: EmbeddedPlatform, request_of: Callable[[str, object], Awaitable[dict[str, object]]]
) -> None:
    right = (await request_of("CONSUMER.INFO.DRAW.results-from-draw", {}))["config"]
    await request_of("CONSUMER.DELETE.DRAW.results-from-draw", {})
    found = await wrong(running)
    await request_of("CONSUMER.DURABLE.CREATE.DRAW.results-from-draw", {"stream_name": "DRAW", "config": right})
    assert found == {"durable.results-from-draw"}


async def test_a_service_that_does_not_answer_is_named(running: EmbeddedPlatform) -> None:
    running.stop_process("registry")
    found = await wrong(running)
    running.start_process("registry")
    assert found == {"service.registry"}


async def test_a_clock_moved_outside_the_demo_is_named(running: EmbeddedPlatform) -> None:
    await sql(running, "INSERT INTO demo_clocks (moved_by) VALUES ('3 days')", "registry")
    in_production = replace(running.site, profile="production")
    checks = await examine(in_production, running.nats_monitor_url)
    await sql(running, "DELETE FROM demo_clocks", "registry")
    found = {check.id for check in checks if check.verdict is Verdict.WRONG}
    assert "clock.registry" in found
    assert "clock.registry" not in await wrong(running)


async def test_an_event_that_nobody_sends_is_named(running: EmbeddedPlatform) -> None:
    running.stop_process("registry")
    await sql(
        running,
        "INSERT INTO outboxes (event_id, district, aggregate_type, aggregate_id, aggregate_version, type, payload,"
        " occurred_at) VALUES (gen_random_uuid(), 'd', 'change', 'a', 1, 'registry.change.recorded.v1', '{}',"
        " now() - interval '2 minutes')",
        "registry",
    )
    found = await wrong(running)
    past_the_guards = "SET session_replication_role = replica;"  # nobody else deletes from the log (SEC9)
    await sql(running, f"{past_the_guards} DELETE FROM outboxes WHERE aggregate_id = 'a'", "registry")
    running.start_process("registry")
    assert found == {"service.registry", "outbox.registry"}


async def test_a_database_that_does_not_know_chinese_letters_is_named(running: EmbeddedPlatform) -> None:
    """In locale C the trigram index is empty for Chinese; the setting cannot be changed, only made wrong anew."""
    await sql(running, "CREATE DATABASE ssj_plain TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    dsn = running.admin_dsn.rpartition("/")[0] + "/ssj_plain"
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE EXTENSION pg_trgm")
    check = await knows_chinese(connection, "plain")
    await connection.close()
    assert check.verdict is Verdict.WRONG


async def test_an_old_broker_and_one_that_does_not_sync_are_named() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = orjson.dumps({"version": "2.10.1", "jetstream": {"config": {"sync_always": False}}})
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        checks = [check async for check in check_server(f"http://127.0.0.1:{port}")]
    assert {check.id for check in checks if check.verdict is Verdict.WRONG} == {"nats.version", "nats.sync"}
