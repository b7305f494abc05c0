"""A service inside the test process: its real application over its real database, called as an officer would."""

from __future__ import annotations

import importlib
import json
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

import httpx2
from fastapi import FastAPI

from deploy import topology
from deploy.embedded.platform import EmbeddedPlatform
from shared.runtime.app import create_app
from shared.runtime.principal import Principal
from shared.runtime.service import Process, Service
from shared.runtime.settings import ServiceSettings
from shared.runtime.tokens import load_private_key, sign
from shared.runtime.unit_of_work import UnitOfWork
from shared.values.ids import new_id

NOBODY_THERE = "http://127.0.0.1:9"
"""Peers that are not part of a test: any call is refused at once."""


@dataclass
class Served:
    """One service, served. `client(principal)` signs every request for that principal."""

    name: str
    app: FastAPI
    platform: EmbeddedPlatform
    _stack: AsyncExitStack

    @property
    def process(self) -> Process:
        process: Process = self.app.state.process
        return process

    def work(self, principal: Principal) -> Any:
        unit: UnitOfWork = self.process.open(principal)
        return unit

    def client(self, principal: Principal) -> httpx2.AsyncClient:
        key = load_private_key(self.platform.data.private_key(_issuer(principal)))

        async def signing(request: httpx2.Request) -> None:
            request.headers["Authorization"] = f"Bearer {sign(principal, _issuer(principal), self.name, key)}"
            if request.method == "POST":
                request.headers.setdefault("Idempotency-Key", str(new_id()))

        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app, raise_app_exceptions=False),
            base_url="http://service",
            event_hooks={"request": [signing]},
        )

    async def close(self) -> None:
        await self._stack.aclose()


def _issuer(principal: Principal) -> str:
    return principal.subject.removeprefix("service:") if principal.is_service else "gateway"


def settings_of(service: Service, platform: EmbeddedPlatform) -> ServiceSettings:
    prefix = f"{service.name.upper()}_"
    values: dict[str, Any] = {
        name.removeprefix(prefix).lower(): value for name, value in platform.environment(service.name).items()
    }
    if "portal" in values:  # one JSON object in the environment, as pydantic-settings reads it there
        values["portal"] = json.loads(values["portal"])
    peers = {name: NOBODY_THERE for name in topology.SERVICES} | json.loads(values["peers"])
    return service.settings(**values | {"peers": peers, "port": 1})


async def serve(platform: EmbeddedPlatform, name: str, *, worker: bool = False, **changes: Any) -> Served:
    """Migrates the service's database and starts its application in this loop. `changes` replace its fields."""
    service: Service = importlib.import_module(f"services.{name}.main").SERVICE
    service = replace(service, **changes)
    platform.migrate(name)
    app = create_app(service, settings_of(service, platform), with_worker=worker)
    stack = AsyncExitStack()
    await stack.enter_async_context(app.router.lifespan_context(app))
    return Served(name, app, platform, stack)
