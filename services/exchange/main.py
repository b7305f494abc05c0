"""Exchange (数据交换): what goes to the systems around us, what they answer, what they hand in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from services.exchange.adapters.guarded_http import GuardedClient
from services.exchange.adapters.map_files import SHIPPED, load_maps
from services.exchange.adapters.standing import make_standings
from services.exchange.adapters.transports import make_transports
from services.exchange.adapters.webhook_sender import WebhookSender
from services.exchange.api.routers import ROUTERS
from services.exchange.messaging.handlers import HEARS
from services.exchange.settings import ExchangeSettings
from services.exchange.storage.unit_of_work import ExchangeUnitOfWork, Surroundings
from services.exchange.usecases.deliver import Transport
from services.exchange.usecases.keep_delivering import delivering
from services.exchange.usecases.reconcile import keep_reconciling
from services.exchange.usecases.tell_webhooks import Sender, telling
from shared.runtime.principal import Principal
from shared.runtime.run import run
from shared.runtime.service import Process, Service, UnitOfWorkFactory


def open_units(process: Process) -> UnitOfWorkFactory:
    """Units of work over the installation's maps; a faulty map ends the start, by file and line."""
    settings = cast(ExchangeSettings, process.settings)
    maps = load_maps(settings.maps_dir or SHIPPED)
    around = Surroundings(maps, settings.region, settings.sender, make_standings(settings), settings.allowed_private)

    def open_unit(principal: Principal) -> ExchangeUnitOfWork:
        return ExchangeUnitOfWork(process.database, principal, around)

    return open_unit


def transports_of(process: Process) -> Mapping[str, Transport]:
    return make_transports(cast(ExchangeSettings, process.settings), process.work)


def webhooks_of(process: Process) -> tuple[Sender, timedelta, timedelta]:
    """Who sends, the first pause and the patience."""
    settings = cast(ExchangeSettings, process.settings)
    sender = WebhookSender(GuardedClient(settings.timeout_seconds, settings.allowed_private))
    return sender, timedelta(seconds=settings.retry_seconds), timedelta(hours=settings.patience_hours)


SERVICE = Service(
    name="exchange",
    title="数据交换服务",
    settings=ExchangeSettings,
    unit_of_work=ExchangeUnitOfWork,
    routers=ROUTERS,
    hears=HEARS,
    answers=("registry", "planning", "credit"),
    jobs=[delivering(transports_of), keep_reconciling, telling(webhooks_of)],
    extend=open_units,
)

if __name__ == "__main__":
    run(SERVICE)
