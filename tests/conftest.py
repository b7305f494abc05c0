"""Fixtures of all tests. Unit tests use none of them; the platform starts once, for the first test that asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from shared.runtime.sealed import SealKeys, use_seal_keys
from shared.values.ids import new_id
from tests.support.served import Served, serve

# How long an example takes says something about the machine, not about the rule.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session")
def platform() -> Iterator[EmbeddedPlatform]:
    """Real PostgreSQL and NATS, provisioned, in memory; services are served in the test process or started by name."""
    with embedded_platform(None, [], fast=True) as running:
        yield running


@pytest.fixture(scope="session")
async def served(platform: EmbeddedPlatform) -> AsyncIterator[Callable[..., Awaitable[Served]]]:
    """`await served("credit")`: the service's application over its migrated database, one per name and session.

    `worker=True` runs relay and lanes too; other keywords replace fields of the service (`extend` for stub clients).
    """
    running: dict[Any, Served] = {}

    async def get(name: str, *, worker: bool = False, **changes: Any) -> Served:
        key = (name, worker, tuple(sorted((field, id(value)) for field, value in changes.items())))
        if key not in running:
            running[key] = await serve(platform, name, worker=worker, **changes)
        # Processes have keys of their own; here the service started last put its keys in place of all others.
        use_seal_keys(SealKeys.load(running[key].process.settings.seal_key_file))
        return running[key]

    yield get
    for service in running.values():
        await service.close()


@pytest.fixture
def district() -> str:
    """A district of the test's own: tests share databases and never meet."""
    return f"d{str(new_id())[-12:]}"
