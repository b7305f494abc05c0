"""`python -m services.<name>.main serve | api | worker | migrate`."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from typing import Annotated

import orjson
import structlog
import typer
import uvicorn
from prometheus_client import start_http_server

from shared.runtime.app import create_app
from shared.runtime.joined_writes import JoinedWrites
from shared.runtime.migrate import migrate as migrate_database
from shared.runtime.service import Service

GRACE = 20


def configure_logging() -> None:
    """One JSON line per fact on stdout."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(),
        cache_logger_on_first_use=True,
    )


def settle_memory() -> None:
    """Leaves what was made at start-up out of garbage collection for good, and collects the rest less often: a full
    collection walks the whole application and pushes it out of the processor's caches."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _leave() -> None:
    """Ends this process in the ordinary way; whoever keeps it starts it anew."""
    signal.raise_signal(signal.SIGTERM)


def run(service: Service) -> None:
    """The command line of a service."""
    cli = typer.Typer(add_completion=False, help=service.title, pretty_exceptions_enable=False)

    def _serve(*, with_worker: bool) -> None:
        configure_logging()
        settings = service.settings()
        app = create_app(service, settings, with_worker=with_worker, on_worker_failure=_leave)
        settle_memory()
        if settings.metrics_port:
            start_http_server(settings.metrics_port, addr=settings.host)
        uvicorn.run(
            service.wrap(app, settings) if service.wrap else app,
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http=JoinedWrites,
            server_header=False,
            proxy_headers=False,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE,
        )

    @cli.command(help="接口与后台任务在同一进程运行")
    def serve() -> None:
        _serve(with_worker=True)

    @cli.command(help="只运行接口")
    def api() -> None:
        _serve(with_worker=False)

    @cli.command(help="只运行后台任务（仍提供健康检查）")
    def worker() -> None:
        _serve(with_worker=True)

    @cli.command(help="升级数据库结构")
    def migrate(quiet: Annotated[bool, typer.Option(help="不输出")] = False) -> None:
        configure_logging()
        settings = service.settings()
        if settings.owner_database_url is None:
            typer.echo("缺少所有者数据库地址（OWNER_DATABASE_URL），无法升级", err=True)
            raise typer.Exit(2)
        asyncio.run(migrate_database(service.name, settings.owner_database_url.get_secret_value()))
        if not quiet:
            typer.echo(f"{service.name}: 数据库结构已是最新")

    for command in service.commands:
        cli.command()(command)
    cli()
