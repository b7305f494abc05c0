"""Calls to addresses that somebody configured (SEC23): https only, no redirect, no private address unless allowed.

A name is resolved once, every address it has is looked at, and the connection goes to the very address that was looked
at: a name that answers otherwise the next moment (DNS rebinding) is never asked again.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

import httpx2

from services.exchange.domain.batches import DeliveryFailed

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
ANSWER_LIMIT: Final = 4 * 1024 * 1024
"""Bytes of an answer that are read at most."""


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    content: bytes


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class GuardedClient:
    """`allowed_private`: hosts (by name or address) that may be called at private addresses and without TLS."""

    def __init__(self, timeout: float, allowed_private: Collection[str] = (), resolving: Resolve | None = None) -> None:
        self._allowed, self._resolve = frozenset(allowed_private), resolving or resolve
        self._limits = httpx2.Timeout(connect=min(timeout, 5.0), read=timeout, write=timeout, pool=timeout)
        self._trust = httpx2.create_ssl_context()

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> Answered:
        """The answer, a redirect being one like any other. Raises DeliveryFailed where the address is not allowed or
        does not answer in time."""
        parts = urlsplit(url)
        address = await self._address(parts)
        pinned = urlunsplit(parts._replace(netloc=_netloc(address, parts.port)))
        sent = {**headers, "Host": parts.netloc.rpartition("@")[2]}
        extensions = {"sni_hostname": parts.hostname or ""}
        try:
            async with (
                self._opened() as client,
                client.stream(method, pinned, headers=sent, content=content, extensions=extensions) as answer,
            ):
                return Answered(answer.status_code, await _read(answer))
        except (httpx2.HTTPError, OSError) as error:
            raise DeliveryFailed(detail=f"{type(error).__name__}") from error

    def _opened(self) -> httpx2.AsyncClient:
        """A connection of its own for each call: none outlives the look at its address."""
        return httpx2.AsyncClient(timeout=self._limits, verify=self._trust, trust_env=False, follow_redirects=False)

    async def _address(self, parts: SplitResult) -> str:
        host = parts.hostname or ""
        is_trusted = host in self._allowed
        if parts.scheme != "https" and not (parts.scheme == "http" and is_trusted):
            raise DeliveryFailed(detail="地址必须使用 https")
        if not host or parts.username or parts.password:
            raise DeliveryFailed(detail="地址有误")
        try:
            found = await self._resolve(host, parts.port or 443)
        except OSError as error:
            raise DeliveryFailed(detail="域名无法解析") from error
        if not found or (not is_trusted and not all(_is_public(address) for address in found)):
            raise DeliveryFailed(detail="地址不在允许的范围内")
        return found[0]


def _is_public(address: str) -> bool:
    """Whether the whole world may be reached there; a mapped or tunnelled address counts as what it leads to."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if found in _NAT64:
            return False
    return found.is_global and not found.is_multicast


_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


def _netloc(address: str, port: int | None) -> str:
    host = f"[{address}]" if ":" in address else address
    return host if port is None else f"{host}:{port}"


async def _read(answer: httpx2.Response) -> bytes:
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > ANSWER_LIMIT:
            raise DeliveryFailed(detail="答复过长")
    return bytes(content)
