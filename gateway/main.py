"""Gateway (网关): the one door. Says who a caller is and what the caller may ask; nothing else gets in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.types import ASGIApp

from gateway.adapters.upstream import Upstreams
from gateway.api import accounts, documents, oauth2
from gateway.api.front import Front
from gateway.cli import create_administrator
from gateway.domain.policy import read_policy
from gateway.messaging.handlers import HANDLERS
from gateway.settings import GatewaySettings
from gateway.storage.unit_of_work import GatewayUnitOfWork
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
        app.state.upstreams = Upstreams(settings.peers, settings.upstream_seconds)
        await app.state.upstreams.open()
        async with inner(started):
            yield
        await app.state.upstreams.close()

    app.router.lifespan_context = lifespan
    return Front(app, app.state.routes, lambda: app.state.upstreams)


SERVICE = Service(
    name="gateway",
    title="网关",
    settings=GatewaySettings,
    unit_of_work=GatewayUnitOfWork,
    routers=[oauth2.router, accounts.router, documents.router],
    hears={"registry": HANDLERS},
    wrap=in_front,
    commands=(create_administrator,),
    own_openapi=False,
)

if __name__ == "__main__":
    run(SERVICE)
