"""A registry served in the test process, and a district of the test's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.builders.registry import District
from tests.support.served import Served


@pytest.fixture
async def registry(served: Callable[..., Awaitable[Served]]) -> Served:
    return await served("registry")


@pytest.fixture
async def mengjin(registry: Served, district: str) -> District:
    return await District(registry, district).set_up()
