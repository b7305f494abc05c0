"""The link between a service and its servers: reset in mid-frame, or half open, when nobody is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from cli.ops.status import not_ready
from tests.faults.proxy import Proxy
from tests.faults.scene import Scene, until, until_true

NOTICED_WITHIN = 30.0
"""Seconds after which a service must know that its link is dead (REL13)."""
LOOKS_LATE = 5.0
"""What this test itself may be late on a busy machine."""


@asynccontextmanager
async def behind_a_proxy(scene: Scene, service: str, setting: str, address: str) -> AsyncIterator[Proxy]:
    """The service reaches one of its servers through the proxy, and directly again at the end."""
    parts = urlsplit(address)
    async with Proxy(parts.hostname or "", parts.port or 0) as proxy:
        through = address.replace(f"{parts.hostname}:{parts.port}", f"127.0.0.1:{proxy.port}")
        await scene.hands(scene.platform.start_process, service, {setting: through})
        assert proxy.accepted > 0
        try:
            yield proxy
        finally:
            plain = {setting: scene.platform.environment(service)[setting]}
            await scene.hands(scene.platform.start_process, service, plain)


def to_broker(scene: Scene, service: str) -> tuple[str, str, str]:
    return service, f"{service.upper()}_NATS_URL", scene.platform.site.nats_url


def to_database(scene: Scene, service: str) -> tuple[str, str, str]:
    setting = f"{service.upper()}_DATABASE_URL"
    return service, setting, scene.platform.environment(service)[setting]


LINKS = [
    pytest.param(to_broker, "results", id="relay to broker"),
    pytest.param(to_broker, "credit", id="consumer to broker"),
    pytest.param(to_database, "credit", id="consumer to database"),
]
Link = Callable[[Scene, str], tuple[str, str, str]]


@pytest.mark.parametrize(
    ("link", "service"),
    [LINKS[0], *(pytest.param(*link.values, id=link.id, marks=pytest.mark.slow) for link in LINKS[1:])],
)
async def test_connections_reset_while_they_speak_lose_and_double_nothing(
    scene: Scene, link: Link, service: str
) -> None:
    """REL2, REL13: RST in both directions, several times while results are published."""
    results = await scene.approved(12)
    async with behind_a_proxy(scene, *link(scene, service)) as proxy:
        running = [asyncio.ensure_future(scene.publish(result)) for result in results]
        for _ in range(4):
            await asyncio.sleep(0.1)
            proxy.reset()
        await asyncio.gather(*running)
        await scene.settled()
    await scene.settled()
    await scene.assert_each_published_once()


@pytest.mark.slow
@pytest.mark.parametrize(("link", "service"), LINKS)
async def test_a_half_open_link_is_noticed_and_healed(scene: Scene, link: Link, service: str) -> None:
    """REL13: bytes vanish both ways. Within half a minute the service says it is not ready; it recovers alone."""
    before, meanwhile = await scene.approved(2), await scene.approved(4)
    async with behind_a_proxy(scene, *link(scene, service)) as proxy:
        await scene.publish_all(before)
        await scene.settled()
        proxy.swallow()
        began = time.monotonic()
        await scene.publish_all(meanwhile)

        async def knows() -> bool:
            return bool(await not_ready(scene.platform.url(service)))

        await until_true(knows, NOTICED_WITHIN + LOOKS_LATE, f"{service} still says it is ready")
        took = time.monotonic() - began
        proxy.pass_on()
        await until(lambda: proxy.swallowed > 0, 1, "nothing was swallowed")
        healed = await scene.settled(60)
    print(f"{service}: half open noticed after {took:.1f} s, settled {healed:.1f} s after the link was back")
    await scene.settled()
    await scene.assert_each_published_once()
