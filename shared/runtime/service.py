"""What a service is, as data; and the parts of a running process made from it."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from shared.runtime.audit_checkpoints import Signer
from shared.runtime.audit_seal import Sealer, Sealing
from shared.runtime.bus import Bus
from shared.runtime.database import Database
from shared.runtime.figures import tell_figures
from shared.runtime.files import FileStore
from shared.runtime.inbox import Handlers
from shared.runtime.lane import Lane
from shared.runtime.peers import Peer
from shared.runtime.principal import Principal, service_principal
from shared.runtime.relay import Relay
from shared.runtime.sealed import SealKeys, use_seal_keys
from shared.runtime.settings import ServiceSettings
from shared.runtime.tokens import load_private_key
from shared.runtime.unit_of_work import UnitOfWork

Job = Callable[["Process"], Awaitable[None]]
"""Background work of the worker: runs until cancelled, survives a kill by what it keeps in the database."""


_log = structlog.get_logger()
_NOWHERE = "http://127.0.0.1:9"
"""Where nobody answers: a peer that is not part of this installation is unavailable, not a reason not to start."""


@dataclass(frozen=True)
class Service:
    """The composition of one service; `main.py` builds it and hands it to `run`."""

    name: str
    title: str
    """Chinese, shown in the API documents."""
    settings: type[ServiceSettings]
    unit_of_work: type[UnitOfWork]
    routers: Sequence[APIRouter]
    hears: Mapping[str, Handlers] = field(default_factory=dict)
    """Producer → handlers. Each producer named has a durable `<name>-from-<producer>`."""
    asks: Sequence[str] = ()
    """Services this one calls. Producers it hears are added for their feeds."""
    answers: Sequence[str] = ()
    """Services that may call this one, besides the gateway."""
    jobs: Sequence[Job] = ()
    extend: Callable[[Process], UnitOfWorkFactory] | None = None
    """Where a unit of work needs more than database and principal (typed clients): makes its factory."""
    wrap: Callable[[FastAPI, ServiceSettings], ASGIApp] | None = None
    """What stands before the application (the gateway's door)."""
    commands: Sequence[Callable[..., None]] = ()
    """Commands besides serve, api, worker and migrate."""
    personal_reads: frozenset[str] = frozenset()
    """Templates of the GET routes that show personal data: each reading of them leaves an audit row (SEC12)."""
    own_openapi: bool = True
    """False where the service answers `/openapi.json` itself."""


UnitOfWorkFactory = Callable[[Principal], Any]


class Process:
    """The living parts of one process: database, bus, peers, files."""

    def __init__(
        self, service: Service, settings: ServiceSettings, on_worker_failure: Callable[[], None] = lambda: None
    ) -> None:
        self.service, self.settings = service, settings
        self._on_worker_failure = on_worker_failure
        self.database = Database(settings.database_url.get_secret_value(), settings.pool_size)
        self.key = load_private_key(settings.private_key_file)
        use_seal_keys(SealKeys.load(settings.seal_key_file))
        self.files = FileStore(settings.files_dir)
        wanted = {*service.asks, *service.hears}
        self.peers = {
            name: Peer(name, settings.peers.get(name, _NOWHERE), service.name, settings.district, self.key)
            for name in wanted
        }
        for name in wanted - set(settings.peers):
            _log.warning("peer.not_configured", service=service.name, peer=name)
        self.bus: Bus | None = None
        self.relay: Relay | None = None
        self.sealer: Sealer | None = None
        self.lanes: list[Lane] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.open: UnitOfWorkFactory = service.extend(self) if service.extend else self._plain_work

    def _plain_work(self, principal: Principal) -> UnitOfWork:
        return self.service.unit_of_work(self.database, principal)

    def work(self) -> UnitOfWork:
        """A unit of work in the name of the service itself."""
        unit: UnitOfWork = self.open(service_principal(self.service.name, self.settings.district))
        return unit

    async def start_worker(self) -> None:
        """Connects to the broker and starts relay, lanes and jobs."""
        name, settings = self.service.name, self.settings
        self.bus = await Bus.connect(
            settings.nats_url, name, settings.nats_user, settings.nats_password.get_secret_value()
        )
        dsn = settings.database_url.get_secret_value().replace("postgresql+asyncpg", "postgresql")
        self.relay = Relay(dsn, self.bus, name, self.database.numbering)
        self.lanes = [
            Lane(name, producer, self.bus, self.work, handlers, self._feed_of(producer))
            for producer, handlers in self.service.hears.items()
            if settings.consume
        ]
        self.sealer = Sealer(self._sealing(dsn, self.relay))
        runs = [self.relay.run(), *(lane.run() for lane in self.lanes), *(job(self) for job in self.service.jobs)]
        runs.append(self.sealer.run())
        runs.append(tell_figures(self))
        self._tasks = [asyncio.ensure_future(run) for run in runs]
        for task in self._tasks:
            task.add_done_callback(self._report_end)

    def _sealing(self, dsn: str, relay: Relay) -> Sealing:
        settings = self.settings
        return Sealing(
            dsn=dsn,
            signer=Signer(
                self.service.name, settings.district, self.key, timedelta(seconds=settings.checkpoint_seconds)
            ),
            period=timedelta(seconds=settings.checkpoint_seconds),
            files=settings.files_dir,
            leads=lambda: relay.leading,
            work=self.work,
        )

    def _report_end(self, task: asyncio.Task[None]) -> None:
        """Nobody awaits the worker's tasks while it runs: what ends one of them is told when it happens, and the
        process goes, to be started anew: a worker that is half dead would stay unready for ever."""
        if not task.cancelled() and (error := task.exception()) is not None:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            _log.critical("worker.ended", kind=type(error).__name__, at=f"{Path(frame.filename).name}:{frame.lineno}")
            self._on_worker_failure()

    def _feed_of(self, producer: str) -> Callable[[int, int], Awaitable[list[dict[str, Any]]]]:
        peer = self.peers[producer]

        async def feed(after: int, limit: int) -> list[dict[str, Any]]:
            rows: list[dict[str, Any]] = await peer.get_json("/internal/v1/events", after=after, limit=limit)
            return rows

        return feed

    @property
    def failed(self) -> list[BaseException]:
        """What ended that should run for ever; the process is then not ready."""
        return [
            task.exception() or RuntimeError("ended") for task in self._tasks if task.done() and not task.cancelled()
        ]

    async def stop(self) -> None:
        """Finishes the transaction in hand, then stops; nothing that was done is redelivered (REL23)."""
        for lane in self.lanes:
            lane.stop()
        lanes = self._tasks[1 : 1 + len(self.lanes)]
        if lanes:
            await asyncio.wait(lanes, timeout=15)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.bus is not None:
            await self.bus.close()
        for peer in self.peers.values():
            await peer.close()
        await self.database.close()
