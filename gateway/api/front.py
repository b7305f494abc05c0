"""The door itself, pure ASGI: who calls, what rule stands for the route, one internal token, and on to the service.

`/api/<service>/v1/…` goes to a service (or to the gateway's own routes); other addresses are the gateway's own, or the
public pages of disclosure as far as the policy names them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import structlog
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from gateway.adapters.answers import passed_headers
from gateway.adapters.bodies import Body, CallerLeft, received_again
from gateway.adapters.upstream import Call
from gateway.api.callers import Caller
from gateway.api.doorkeepers import Doorkeepers
from gateway.api.problem_pages import PROBLEMS, is_for_people, refusal_page
from gateway.domain.hygiene import is_plain_path, is_request_id, read_headers
from gateway.domain.policy import RouteTable, RouteUnknown, Rule
from gateway.domain.refusals import Refusal
from shared.runtime.principal import Principal
from shared.runtime.problems import InternalError, problem_response, status_of
from shared.runtime.service import Process
from shared.runtime.tokens import sign
from shared.runtime.trace import continue_trace, random_hex
from shared.values.errors import DomainError

_log = structlog.get_logger()
_TOKEN: Final = "/oauth2/token"  # noqa: S105 - an address
_SIGN_INS: Final = frozenset({_TOKEN, "/oauth2/sign-in", "/oauth2/callback"})
_OWN: Final = frozenset(
    {"/developers", "/docs", "/openapi.json", *_SIGN_INS, "/health/live", "/health/ready", "/version"}
)
"""What the gateway itself answers outside `/api/`; its metrics and its feed are not for this side of the door."""
_ANONYMOUS: Final = "anonymous"
_PUBLIC: Final = "disclosure"
"""Whose pages stand at addresses without `/api/`: printed ones, for ever (`experience.md` 1.1)."""


class Front:
    """Wraps the gateway's own application."""

    def __init__(self, app: FastAPI, routes: RouteTable, keepers: Callable[[], Doorkeepers]) -> None:
        self.app, self.routes, self.keepers = app, routes, keepers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        else:
            await _Passage(self, scope, receive, send).run()

    @property
    def process(self) -> Process:
        process: Process = self.app.state.process
        return process


class _Passage:
    """One request on its way through."""

    def __init__(self, front: Front, scope: Scope, receive: Receive, send: Send) -> None:
        self._front, self._scope, self._receive, self._send = front, scope, receive, send
        self._keepers = front.keepers()
        self._request_id = ""
        self._caller: Caller | None = None
        self._status = self._bytes = 0

    async def run(self) -> None:
        if self._scope["path"] in _OWN or self._scope["path"].startswith(PROBLEMS):
            await self._own()
            return
        started = time.perf_counter()
        decided, rule = "allowed", None
        try:
            headers = self._read_headers()
            trace = continue_trace(headers.get(b"traceparent", b"").decode("latin-1"))
            outside, service, path = self._split()
            rule = self._front.routes.find(service, self._scope["method"], path)
            callers = self._keepers.callers
            self._caller = caller = await callers.who(self._scope, outside, headers)
            await callers.count(caller, self._scope)
            rule.allow(None if caller is None else caller.facts)
            await self._pass(rule, path, caller, trace)
        except DomainError as error:
            decided = error.code
            self._note_refusal(rule, error)
            if self._status == 0:
                await self._refuse(error)
        except CallerLeft:
            decided = "left"
        except Exception as error:
            decided = "failed"
            _log.error("gateway.failed", kind=type(error).__name__, request_id=self._request_id)
            if self._status:
                raise
            await self._refuse(InternalError())
        finally:
            self._write_down(rule, decided, started)

    def _write_down(self, rule: Rule | None, decided: str, started: float) -> None:
        """The line of audit that every request leaves: nothing of its content, no address, no query."""
        self._keepers.log.add(
            {
                "event": "gateway.passed",
                "who": _ANONYMOUS if self._caller is None else self._caller.principal.subject,
                "service": rule.service if rule else None,
                "method": self._scope["method"],
                "route": rule.template if rule else None,
                "status": self._status,
                "bytes": self._bytes,
                "decision": decided,
                "ms": round((time.perf_counter() - started) * 1000, 1),
                "request_id": self._request_id,
            }
        )

    def _note_refusal(self, rule: Rule | None, error: DomainError) -> None:
        """For the audit trail; that a service is away or slow is no refusal."""
        if status_of(error) >= 500:
            return
        who = self._nobody() if self._caller is None else self._caller.principal
        refused = Refusal(
            who.subject,
            who.department,
            who.roles,
            rule.service if rule else None,
            rule.method if rule else None,
            rule.template if rule else None,
            error.code,
        )
        self._keepers.refusals.add(refused, time.time(), self._request_id)

    def _read_headers(self) -> dict[bytes, bytes]:
        """Takes up the caller's request id if it is a plain word. Raises RequestAmbiguous."""
        self._request_id = random_hex() + random_hex()
        headers = read_headers(self._scope["headers"])
        stated = headers.get(b"x-request-id")
        if stated is not None and is_request_id(given := stated.decode("latin-1")):
            self._request_id = given
        return headers

    async def _own(self) -> None:
        """The door's own addresses; sign-in is counted by the caller's address."""
        try:
            read_headers(self._scope["headers"])
            if self._scope["path"] in _SIGN_INS:
                address = self._keepers.callers.address(self._scope)
                self._keepers.guard.spend_locally(f"sign-in {address}")
                self._scope["client"] = (address, 0)
        except DomainError as error:
            self._request_id = random_hex() + random_hex()
            self._note_refusal(None, error)
            await self._refuse(error)
            return
        await self._front.app(self._scope, self._receive, self._send)

    def _split(self) -> tuple[str, str, str]:
        """`/api/credit/v1/x` → (itself, `credit`, `/v1/x`); `/e/1` → (itself, `disclosure`, `/e/1`).

        Raises RouteUnknown.
        """
        raw: bytes = self._scope.get("raw_path") or self._scope["path"].encode()
        outside = raw.decode("latin-1").partition("?")[0]
        root, _, rest = outside.removeprefix("/").partition("/")
        service, _, path = rest.partition("/")
        if not is_plain_path(outside) or root == "v1":
            raise RouteUnknown
        if root != "api":
            return outside, _PUBLIC, outside
        return outside, service, "/" + path

    async def _pass(self, rule: Rule, path: str, caller: Caller | None, trace: str) -> None:
        process = self._front.process
        principal = self._nobody() if caller is None else caller.principal
        token = sign(principal, "gateway", rule.service, process.key, request_id=self._request_id)
        body = Body(self._receive, rule.body_limit, None if caller is None else caller.digest)
        if rule.service == "gateway":
            await self._pass_to_own(path, token, body)
            return
        query: bytes = self._scope["query_string"]
        headers = [
            *passed_headers(self._scope["headers"]),
            (b"authorization", b"Bearer " + token.encode()),
            (b"x-request-id", self._request_id.encode()),
            (b"traceparent", trace.encode()),
        ]
        target = path + (f"?{query.decode('latin-1')}" if query else "")
        shown = rule.shown(None if caller is None else caller.facts)
        await self._keepers.upstreams.forward(Call(rule, target, headers, shown), body, self._sending)

    def _nobody(self) -> Principal:
        return Principal(subject=_ANONYMOUS, district=self._front.process.settings.district)

    async def _pass_to_own(self, path: str, token: str, body: Body) -> None:
        """The gateway's own routes are small: their body is read and held against its digest first."""
        receive = received_again(await body.whole(), self._receive)
        left_out = (b"authorization", b"x-request-id")
        kept = [header for header in self._scope["headers"] if header[0] not in left_out]
        headers = [*kept, (b"authorization", f"Bearer {token}".encode()), (b"x-request-id", self._request_id.encode())]
        scope = dict(self._scope) | {"path": path, "raw_path": path.encode("latin-1"), "headers": headers}
        await self._front.app(scope, receive, self._sending)

    async def _sending(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = [header for header in message["headers"] if header[0] != b"x-request-id"]
            headers.append((b"x-request-id", self._request_id.encode()))
            message["headers"] = headers
        else:
            self._bytes += len(message.get("body", b""))
        await self._send(message)

    async def _refuse(self, error: DomainError) -> None:
        for_people = is_for_people(self._scope["path"], self._scope["headers"])
        answer = (refusal_page if for_people else problem_response)(error, self._request_id)
        if "retry_after" in error.params:
            answer.headers["Retry-After"] = str(error.params["retry_after"])
        await answer(self._scope, self._receive, self._sending)
