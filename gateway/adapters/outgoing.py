"""Calls to addresses that somebody else named (SSRF, SEC23): https, listed hosts, no redirects, no private network.

The address that was checked is the address that is called: names are resolved once, through the check.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver, ResolveResult

_MOST_BYTES: Final = 256 * 1024
_LIMITS: Final = aiohttp.ClientTimeout(total=5, connect=2)


class CallRefused(Exception):
    """The address may not be called; the message says why, for the log."""


class CallFailed(Exception):
    """Nobody answered, or not as agreed."""


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """`private`: addresses of the own network may be called; `plain`: http too. Both for a closed network or a test."""

    hosts: frozenset[str]
    private: bool = False
    plain: bool = False

    def check(self, url: str) -> None:
        """Raises CallRefused."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not (self.plain and parts.scheme == "http"):
            raise CallRefused("scheme")
        if parts.username is not None or parts.password is not None or "\\" in url:
            raise CallRefused("authority")
        if (parts.hostname or "") not in self.hosts:
            raise CallRefused("host")
        try:
            self.check_address(parts.hostname or "")
        except ValueError:
            return  # a name; what it stands for is checked when it is resolved

    def check_address(self, address: str) -> None:
        """Raises CallRefused; ValueError where it is no address."""
        found = ipaddress.ip_address(address)
        found = getattr(found, "ipv4_mapped", None) or found
        if found.is_link_local or found.is_multicast or found.is_unspecified or found.is_reserved:
            raise CallRefused("address")
        if not found.is_global and not self.private:
            raise CallRefused("private address")


class _CheckedResolver(AbstractResolver):
    def __init__(self, policy: CallPolicy) -> None:
        self._policy, self._inner = policy, aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for one in found:
            self._policy.check_address(one["host"])
        return found

    async def close(self) -> None:
        await self._inner.close()


class Outgoing:
    """Small JSON documents from listed hosts."""

    def __init__(self, policy: CallPolicy) -> None:
        self._policy = policy

    async def get(self, url: str) -> dict[str, Any]:
        """Raises CallRefused, CallFailed."""
        return await self._ask("GET", url)

    async def post(self, url: str, form: Mapping[str, str], user: str, password: str) -> dict[str, Any]:
        """A form with basic authentication. Raises CallRefused, CallFailed."""
        return await self._ask("POST", url, data=form, auth=aiohttp.BasicAuth(user, password))

    async def _ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        self._policy.check(url)
        connector = aiohttp.TCPConnector(resolver=_CheckedResolver(self._policy), use_dns_cache=False, force_close=True)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=_LIMITS, trust_env=False) as session,
                session.request(method, url, allow_redirects=False, **more) as answer,
            ):
                body = await answer.content.read(_MOST_BYTES + 1)
                if answer.status != 200 or len(body) > _MOST_BYTES or not answer.content.at_eof():
                    raise CallFailed(f"status {answer.status}, {len(body)} bytes")
                return _document(body)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CallFailed(type(error).__name__) from error


def _document(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise CallFailed("no JSON") from error
    if not isinstance(found, dict):
        raise CallFailed("no object")
    return found
