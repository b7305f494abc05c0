"""Gateway (网关): the one door. Says who a caller is and what the caller may ask; nothing else gets in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.types import ASGIApp

from gateway.adapters.registry import RegistryClient
from gateway.api import (
    accounts,
    clients,
    documents,
    external_sign_in,
    oauth2,
    own_account,
    problem_pages,
    signature_checks,
)
from gateway.api.front import Front
from gateway.cli import create_administrator
from gateway.domain.policy import read_policy
from gateway.messaging.handlers import HANDLERS
from gateway.opening import keepers_of
from gateway.settings import GatewaySettings
from gateway.storage.unit_of_work import GatewayUnitOfWork
from shared.runtime.principal import Principal
from shared.runtime.run import run
from shared.runtime.service import Process, Service, UnitOfWorkFactory
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


def open_units(process: Process) -> UnitOfWorkFactory:
    """Units of work that can ask registry who left."""
    registry = RegistryClient(process.peers["registry"])

    def open_unit(principal: Principal) -> GatewayUnitOfWork:
        return GatewayUnitOfWork(process.database, principal, registry.leavers)

    return open_unit


SERVICE = Service(
    name="gateway",
    title="网关",
    settings=GatewaySettings,
    unit_of_work=GatewayUnitOfWork,
    routers=[
        oauth2.router,
        accounts.router,
        own_account.router,
        external_sign_in.router,
        clients.router,
        signature_checks.router,
        documents.router,
        problem_pages.router,
    ],
    hears={"registry": HANDLERS},
    extend=open_units,
    wrap=in_front,
    commands=(create_administrator,),
    own_openapi=False,
)

if __name__ == "__main__":
    run(SERVICE)
