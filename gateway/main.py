"""Gateway (网关): the one door. Says who a caller is and what the caller may ask; nothing else gets in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.types import ASGIApp

from gateway.adapters.upstream import Upstreams
from gateway.api import accounts, clients, documents, oauth2, problem_pages, signature_checks
from gateway.api.callers import Callers
from gateway.api.front import Doorkeepers, Front
from gateway.cli import create_administrator
from gateway.domain.policy import read_policy
from gateway.messaging.handlers import HANDLERS
from gateway.settings import GatewaySettings
from gateway.storage.shared_counts import SharedCounts
from gateway.storage.unit_of_work import GatewayUnitOfWork
from gateway.usecases.guard import Guard
from shared.runtime.run import run
from shared.runtime.service import Service
from shared.runtime.settings import ServiceSettings

POLICY = Path(__file__).with_name("policy")


def in_front(app: FastAPI, settings: ServiceSettings) -> ASGIApp:
    """Puts the door before the gateway's own application."""
    assert isinstance(settings, GatewaySettings)
    app.state.routes = read_policy(POLICY)
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(started: FastAPI) -> AsyncIterator[None]:
        async with inner(started), keepers_of(app, settings) as keepers:
            app.state.keepers, app.state.upstreams = keepers, keepers.upstreams
            yield

    app.router.lifespan_context = lifespan
    return Front(app, app.state.routes, lambda: app.state.keepers)


@asynccontextmanager
async def keepers_of(app: FastAPI, settings: GatewaySettings) -> AsyncIterator[Doorkeepers]:
    """Opens what the door needs over the process's database, and closes it."""
    counts = SharedCounts(app.state.process.database, settings.district)
    guard = Guard(counts, settings.local_per_minute, settings.access_minutes * 60)
    upstreams = Upstreams(settings.peers, settings.upstream_seconds)
    await guard.look()
    await upstreams.open()
    watching = asyncio.create_task(guard.watch())
    yield Doorkeepers(upstreams, guard, Callers(app.state.public_keys, guard))
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await upstreams.close()


SERVICE = Service(
    name="gateway",
    title="网关",
    settings=GatewaySettings,
    unit_of_work=GatewayUnitOfWork,
    routers=[
        oauth2.router,
        accounts.router,
        clients.router,
        signature_checks.router,
        documents.router,
        problem_pages.router,
    ],
    hears={"registry": HANDLERS},
    wrap=in_front,
    commands=(create_administrator,),
    own_openapi=False,
)

if __name__ == "__main__":
    run(SERVICE)
