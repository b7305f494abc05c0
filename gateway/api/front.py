"""The door itself, pure ASGI: who calls, what rule stands for the route, one internal token, and on to the service.

`/api/<service>/v1/…` goes to a service (or to the gateway's own routes); everything else is the gateway's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import structlog
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from gateway.adapters.upstream import Upstreams, passed_headers
from gateway.api.oauth2 import API_AUDIENCE
from gateway.domain.policy import CallerFacts, RouteTable, RouteUnknown, Rule, SignInNeeded
from shared.runtime.principal import CLIENT, Principal
from shared.runtime.problems import InternalError, problem_response
from shared.runtime.service import Process
from shared.runtime.tokens import TokenRefused, sign, verify
from shared.runtime.trace import continue_trace
from shared.values.errors import DomainError
from shared.values.ids import new_id

_log = structlog.get_logger()
_TRUSTED_SECONDS = 20.0
"""How long a verified token is believed without looking again: below the 60 s in which a revocation must bite."""
_REMEMBERED = 10_000
_OWN: Final = frozenset({"/", "/docs", "/openapi.json", "/oauth2/token", "/health/live", "/health/ready", "/version"})
"""What the gateway itself answers outside `/api/`; its metrics and its feed are not for this side of the door."""
_ANONYMOUS: Final = "anonymous"


class Front:
    """Wraps the gateway's own application."""

    def __init__(self, app: FastAPI, routes: RouteTable, upstreams: Callable[[], Upstreams]) -> None:
        self._app, self._routes, self._upstreams = app, routes, upstreams
        self._known: dict[str, tuple[float, Principal]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _OWN:
            await self._app(scope, receive, send)
            return
        await _Passage(self, scope, receive, send).run()

    @property
    def process(self) -> Process:
        process: Process = self._app.state.process
        return process

    def who(self, authorization: str) -> Principal | None:
        """The caller of an access token, None without one. Raises SignInNeeded for one that does not hold."""
        if not authorization:
            return None
        kind, _, token = authorization.partition(" ")
        now = time.monotonic()
        known = self._known.get(token)
        if known is not None and now - known[0] < _TRUSTED_SECONDS:
            return known[1]
        try:
            principal = verify(token if kind.lower() == "bearer" else "", API_AUDIENCE, self._app.state.public_keys)
        except TokenRefused as error:
            raise SignInNeeded from error
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[token] = (now, principal)
        return principal

    def rule(self, service: str, method: str, path: str) -> Rule:
        return self._routes.find(service, method, path)


class _Passage:
    """One request on its way through."""

    def __init__(self, front: Front, scope: Scope, receive: Receive, send: Send) -> None:
        self._front, self._scope, self._receive, self._send = front, scope, receive, send
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self._request_id = self._header(b"x-request-id")[:64] or str(new_id())
        self._status = 0

    def _header(self, name: bytes) -> str:
        return self._headers.get(name, b"").decode("latin-1")

    async def run(self) -> None:
        started = time.perf_counter()
        trace = continue_trace(self._header(b"traceparent"))
        decided, rule = "allowed", None
        try:
            service, path = self._split()
            rule = self._front.rule(service, self._scope["method"], path)
            principal = self._front.who(self._header(b"authorization"))
            rule.allow(None if principal is None else _facts(principal))
            await self._pass(rule, path, principal or self._nobody(), trace)
        except DomainError as error:
            decided = error.code
            if self._status == 0:
                await self._refuse(error)
        except Exception as error:
            decided = "failed"
            _log.error("gateway.failed", kind=type(error).__name__, request_id=self._request_id)
            if self._status:
                raise
            await self._refuse(InternalError())
        finally:
            _log.info(
                "gateway.passed",
                service=rule.service if rule else None,
                route=rule.template if rule else None,
                status=self._status,
                decision=decided,
                ms=round((time.perf_counter() - started) * 1000, 1),
                request_id=self._request_id,
            )

    def _split(self) -> tuple[str, str]:
        """`/api/credit/v1/x` → (`credit`, `/v1/x`). Raises RouteUnknown."""
        raw: bytes = self._scope.get("raw_path") or self._scope["path"].encode()
        root, _, outside = raw.decode("latin-1").removeprefix("/").partition("/")
        service, _, rest = outside.partition("/")
        if root != "api" or ".." in rest or "//" in rest or "%2f" in rest.lower():
            raise RouteUnknown
        return service, "/" + rest.partition("?")[0]

    def _nobody(self) -> Principal:
        return Principal(subject=_ANONYMOUS, district=self._front.process.settings.district)

    async def _pass(self, rule: Rule, path: str, principal: Principal, trace: str) -> None:
        process = self._front.process
        inside = replace(principal, request_id=self._request_id)
        token = sign(inside, "gateway", rule.service, process.key)
        if rule.service == "gateway":
            await self._pass_to_own(path, token)
            return
        query = self._scope["query_string"].decode("latin-1")
        headers = [
            *passed_headers(self._scope["headers"]),
            ("authorization", f"Bearer {token}"),
            ("x-request-id", self._request_id),
            ("traceparent", trace),
        ]
        await self._front._upstreams().forward(
            rule, path + (f"?{query}" if query else ""), headers, self._receive, self._sending
        )

    async def _pass_to_own(self, path: str, token: str) -> None:
        kept = [(name, value) for name, value in self._scope["headers"] if name != b"authorization"]
        headers = [*kept, (b"authorization", f"Bearer {token}".encode()), (b"x-request-id", self._request_id.encode())]
        scope = dict(self._scope) | {"path": path, "raw_path": path.encode("latin-1"), "headers": headers}
        await self._front._app(scope, self._receive, self._sending)

    async def _sending(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            kept = [(name, value) for name, value in message["headers"] if name.lower() != b"x-request-id"]
            message = {**message, "headers": [*kept, (b"x-request-id", self._request_id.encode("latin-1"))]}
        await self._send(message)

    async def _refuse(self, error: DomainError) -> None:
        await problem_response(error, self._request_id)(self._scope, self._receive, self._sending)


def _facts(principal: Principal) -> CallerFacts:
    return CallerFacts(principal.roles, principal.scopes, CLIENT in principal.roles)
