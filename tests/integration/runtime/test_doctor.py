"""`ssj doctor` names every setting that is not as it must be: each is broken here, found, and put back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import nats
import orjson
import pytest

from cli.doctor.checks import Verdict
from cli.doctor.examine import FOUND_SOMETHING, examine, exit_code
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
