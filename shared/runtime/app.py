"""The application factory: what every service's HTTP side does the same way."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, FastAPI, Query
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send

from shared.runtime.audit_api import checkpoints_router, dossiers_router
from shared.runtime.doors import CurrentAct as CurrentAct
from shared.runtime.doors import CurrentProcess as CurrentProcess
from shared.runtime.doors import Reading as Reading
from shared.runtime.http import Caller, refuse_unknown_parameters
from shared.runtime.metrics import HTTP_SECONDS
from shared.runtime.operations import operations_router
from shared.runtime.outbox import feed_after, feed_json
from shared.runtime.problems import MEDIA_TYPE, Problem, install_problem_handlers
from shared.runtime.service import Process, Service
from shared.runtime.settings import ServiceSettings, crash_point
from shared.runtime.tokens import load_public_keys
from shared.runtime.trace import continue_trace
from shared.values.errors import Forbidden
from shared.values.ids import new_id

_log = structlog.get_logger()
VERSION = "0.1.0"
_UNLOGGED = ("/health", "/metrics", "/internal/v1/events")
"""Asked every few seconds by machines: counted in the metrics, no line in the log."""

ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": text}
    for status, text in (
        (400, "请求无法识别"),
        (401, "没有登录"),
        (403, "没有权限"),
        (404, "没有找到，或无权查看"),
        (409, "当前状态不允许"),
        (422, "内容不符合要求"),
        (503, "暂时不可用"),
    )
}


CHANGED: dict[str, str] = {"412": "内容已被他人更新", "428": "缺少 If-Match 请求头"}
"""What a write on a version may answer besides."""


class ServicesOnly(Forbidden):
    message = "这个地址只供平台内部使用"


class Surroundings:
    """Pure ASGI: request id, trace, timing, one log line. Nothing personal is logged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = headers.get(b"x-request-id", b"").decode("latin-1")[:64] or str(new_id())
        scope.setdefault("state", {})["request_id"] = request_id
        continue_trace(headers.get(b"traceparent", b"").decode("latin-1"))
        started, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode("latin-1"))]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            took = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "unknown")
            HTTP_SECONDS.labels(route, scope["method"], status).observe(took)
            if not route.startswith(_UNLOGGED):
                _log.info("request.done", route=route, status=status, ms=round(took * 1000, 1), request_id=request_id)
            if scope["method"] == "POST":
                crash_point("pub.after_response")


def peers_only(caller: Caller) -> None:
    """Internal routes answer services, never the gateway's callers."""
    if not caller.is_service:
        raise ServicesOnly


def create_app(
    service: Service,
    settings: ServiceSettings,
    *,
    with_worker: bool,
    on_worker_failure: Callable[[], None] = lambda: None,
) -> FastAPI:
    """The ASGI application of a service; with `with_worker`, relay, lanes and jobs run in its loop too, and
    `on_worker_failure` is called when one of them ends by an error."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        process = Process(service, settings, on_worker_failure)
        app.state.process = process
        if with_worker:
            await process.start_worker()
        _log.info("service.started", service=service.name, worker=with_worker)
        yield
        await process.stop()

    app = describe(service, lifespan, with_worker=with_worker)
    app.state.service_name = service.name
    issuers = frozenset({"gateway", *service.answers})
    app.state.public_keys = load_public_keys(settings.public_keys_dir, issuers)
    return app


def describe(service: Service, lifespan: Lifespan[FastAPI] | None = None, *, with_worker: bool = False) -> FastAPI:
    """The routes of a service with their manners; without a lifespan enough for its documents."""
    app = _Documented(
        title=service.title,
        version=VERSION,
        lifespan=lifespan,
        openapi_url="/openapi.json" if service.own_openapi else None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(refuse_unknown_parameters)],
        responses=ERRORS,
        generate_unique_id_function=lambda route: route.name,
    )
    install_problem_handlers(app)
    for router in service.routers:
        app.include_router(router)
    app.include_router(operations_router(service))
    app.include_router(checkpoints_router())
    app.include_router(dossiers_router(service.name))
    app.include_router(_internal())
    app.include_router(_health(service, with_worker=with_worker))
    app.add_middleware(Surroundings)
    return app


class _Documented(FastAPI):
    """Its document says of errors what is so: one media type, and 412 and 428 where a version is asked for."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            for operations in super().openapi()["paths"].values():
                for operation in operations.values():
                    _state_errors(operation)
        return super().openapi()


def _state_errors(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    for status, answer in answers.items():
        if status.startswith(("4", "5")):
            answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
    if any(parameter["name"] == "if-match" for parameter in operation.get("parameters", ())):
        for status, text in CHANGED.items():
            answers[status] = {"description": text, "content": answers["409"]["content"]}


def _internal() -> APIRouter:
    router = APIRouter(prefix="/internal/v1", tags=["内部"], dependencies=[Depends(peers_only)])

    @router.get("/events", summary="事件补发", description="按编号读取本服务的事件日志，供消费者补齐缺号。")
    async def list_events(
        work: Reading,
        after: Annotated[int, Query(ge=0, description="已处理的最后编号")] = 0,
        limit: Annotated[int, Query(ge=1, le=1000, description="最多返回条数")] = 256,
    ) -> Response:
        async with work:
            events = await feed_after(work.connection, after, limit)
        return Response(feed_json(events), media_type="application/json")

    return router


def _health(service: Service, *, with_worker: bool) -> APIRouter:
    router = APIRouter(tags=["运行"], include_in_schema=False)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/health/ready")
    async def ready(process: CurrentProcess, response: Response) -> dict[str, Any]:
        checks = {"database": await _database_answers(process)}
        if with_worker:
            checks["bus"] = process.bus is not None and process.bus.connected
            checks["worker"] = not process.failed
            checks |= {f"hears_{lane.producer}": lane.ready for lane in process.lanes}
        response.status_code = 200 if all(checks.values()) else 503
        return {"status": "ready" if response.status_code == 200 else "not_ready", "checks": checks}

    @router.get("/version")
    async def version() -> dict[str, str]:
        return {"service": service.name, "version": VERSION}

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _database_answers(process: Process) -> bool:
    try:
        async with process.work():
            return True
    except Exception as error:
        _log.warning("ready.database", kind=type(error).__name__)
        return False
