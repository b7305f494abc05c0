"""Calls to other services: typed clients stand on this. A worker signs as `service:<name>`; an officer behind the call
travels as `act_for`, and the callee allows both or refuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.runtime.principal import Principal, service_principal
from shared.runtime.problems import HttpError, PeerUnavailable
from shared.runtime.tokens import sign
from shared.runtime.trace import current_traceparent
from shared.values.errors import NotFound

_TIMEOUT = httpx2.Timeout(connect=2.0, read=10.0, write=10.0, pool=5.0)
_RETRIES = 2


class PeerRefused(HttpError):
    """The other service answered with a refusal of its own."""

    status, message = 502, "服务“{peer}”未能办理：{detail}"


class Peer:
    """One other service. Reads are retried twice on transport faults; nothing else is."""

    def __init__(self, name: str, base_url: str, me: str, district: str, key: Ed25519PrivateKey) -> None:
        self.name, self._me, self._district, self._key = name, me, district, key
        self._client = httpx2.AsyncClient(base_url=base_url, timeout=_TIMEOUT, trust_env=False, follow_redirects=False)

    async def close(self) -> None:
        await self._client.aclose()

    def _headers(self, act_for: Principal | None) -> dict[str, str]:
        me = service_principal(self._me, act_for.district if act_for else self._district)
        if act_for is not None:
            me = Principal(
                subject=me.subject,
                district=act_for.district,
                department=act_for.department,
                roles=me.roles,
                act_for=act_for.subject,
                request_id=act_for.request_id,
            )
        headers = {"Authorization": f"Bearer {sign(me, self._me, self.name, self._key)}"}
        if trace := current_traceparent():
            headers["traceparent"] = trace
        return headers

    async def get_json(self, path: str, act_for: Principal | None = None, **query: str | int) -> Any:
        """Raises NotFound, PeerRefused or PeerUnavailable."""
        for attempt in range(_RETRIES + 1):
            try:
                answer = await self._client.get(path, params=query, headers=self._headers(act_for))
                break
            except httpx2.TransportError as error:
                if attempt == _RETRIES:
                    raise PeerUnavailable(peer=self.name) from error
                await asyncio.sleep(0.1 * 2**attempt)
        self._raise_for(answer.status_code, answer.content)
        return orjson.loads(answer.content)

    async def post_json(self, path: str, body: object, key: str) -> Any:
        """An act under its Idempotency-Key, not tried again here: who repeats it with the same key hears the same.
        Raises NotFound, PeerRefused or PeerUnavailable."""
        headers = self._headers(None) | {"Content-Type": "application/json", "Idempotency-Key": key}
        try:
            answer = await self._client.post(path, content=orjson.dumps(body), headers=headers)
        except httpx2.TransportError as error:
            raise PeerUnavailable(peer=self.name) from error
        self._raise_for(answer.status_code, answer.content)
        return orjson.loads(answer.content)

    @asynccontextmanager
    async def stream(self, path: str, body: object, act_for: Principal | None = None) -> AsyncIterator[httpx2.Response]:
        """POSTs `body` and yields the response to be read as it comes (snapshots, change sets)."""
        try:
            async with self._client.stream(
                "POST",
                path,
                content=orjson.dumps(body),
                headers=self._headers(act_for) | {"Content-Type": "application/json"},
            ) as answer:
                if answer.status_code >= 400:
                    self._raise_for(answer.status_code, await answer.aread())
                yield answer
        except httpx2.TransportError as error:
            raise PeerUnavailable(peer=self.name) from error

    def _raise_for(self, status: int, content: bytes) -> None:
        if status < 400:
            return
        if status == 404:
            raise NotFound
        if status >= 500 or status == 429:
            raise PeerUnavailable(peer=self.name)
        try:
            detail = orjson.loads(content).get("detail", str(status))
        except (ValueError, AttributeError):
            detail = str(status)
        raise PeerRefused(peer=self.name, detail=detail)
