"""Every service in the test process, the gateway's own application with them: six doors to knock at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack

import pytest

from deploy import topology
from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from gateway.main import SERVICE as GATEWAY
from shared.runtime.app import create_app
from tests.security.street import Street
from tests.support.served import Served, settings_of

Serve = Callable[..., Awaitable[Served]]
House = Mapping[str, Served]


@pytest.fixture(scope="session")
async def gateway_itself(platform: EmbeddedPlatform) -> AsyncIterator[Served]:
    """The gateway's own routes, without the door that stands before them."""
    platform.migrate(topology.GATEWAY)
    app = create_app(GATEWAY, settings_of(GATEWAY, platform), with_worker=False)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield Served(topology.GATEWAY, app, platform, stack)


@pytest.fixture(scope="session")
async def house(served: Serve, gateway_itself: Served) -> House:
    services = {name: await served(name) for name in topology.SERVICES}
    return services | {topology.GATEWAY: gateway_itself}


@pytest.fixture(scope="session")
def street() -> Iterator[Street]:
    """All of them as processes, on their own servers."""
    with embedded_platform(None, list(topology.PRODUCERS), fast=True) as running:
        yield Street(running)
