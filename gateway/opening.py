"""Opens what the door needs over its process's database, and closes it in order."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import FastAPI

from gateway.adapters.access_log import AccessLog
from gateway.adapters.issuer import Issuer, Registration
from gateway.adapters.outgoing import CallPolicy
from gateway.adapters.upstream import Upstreams
from gateway.api.callers import Callers
from gateway.api.doorkeepers import Doorkeepers
from gateway.domain.refusals import Refusals
from gateway.settings import GatewaySettings
from gateway.storage.shared_counts import SharedCounts
from gateway.usecases.guard import Guard
from gateway.usecases.keep_refusals import RefusalKeeper


def issuer_of(settings: GatewaySettings) -> Issuer | None:
    """The issuer of people, where there is one."""
    if not settings.oidc_issuer:
        return None
    agreed = Registration(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        settings.oidc_redirect,
    )
    hosts = settings.oidc_hosts | {urlsplit(settings.oidc_issuer).hostname or ""}
    return Issuer(agreed, CallPolicy(hosts, settings.oidc_private_network, settings.oidc_plain_http))


@asynccontextmanager
async def keepers_of(app: FastAPI, settings: GatewaySettings) -> AsyncIterator[Doorkeepers]:
    """Opens what the door needs over the process's database, and closes it."""
    counts = SharedCounts(app.state.process.database, settings.district)
    guard = Guard(counts, settings.local_per_minute, settings.access_minutes * 60)
    upstreams = Upstreams(settings.peers, settings.upstream_seconds)
    await guard.look()
    await upstreams.open()
    watching = asyncio.create_task(guard.watch())
    log = AccessLog(asyncio.get_running_loop(), sys.stdout.buffer.write)
    keeper = RefusalKeeper(Refusals(), app.state.process.work)
    keeping = asyncio.create_task(keeper.run())
    callers = Callers(app.state.public_keys, guard, settings.trusted_proxies)
    yield Doorkeepers(upstreams, guard, callers, log, keeper.refusals, issuer_of(settings))
    log.flush()
    watching.cancel()
    keeping.cancel()
    await asyncio.gather(watching, keeping, return_exceptions=True)
    await keeper.flush(everything=True)
    await upstreams.close()
