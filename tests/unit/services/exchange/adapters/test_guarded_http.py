"""Which addresses may be called (SEC23, API7)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from services.exchange.adapters.guarded_http import GuardedClient
from services.exchange.domain.batches import DeliveryFailed


def client(*addresses: str, allowed: Sequence[str] = ()) -> GuardedClient:
    async def resolving(host: str, port: int) -> Sequence[str]:
        return addresses

    return GuardedClient(1.0, allowed, resolving)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ],
)
async def test_a_private_address_is_never_called(address: str) -> None:
    with pytest.raises(DeliveryFailed, match="地址不在允许的范围内"):
        await client(address).request("GET", "https://peer.example/", {})


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(DeliveryFailed, match="地址不在允许的范围内"):
        await client("93.184.216.34", "10.0.0.1").request("GET", "https://peer.example/", {})


@pytest.mark.parametrize(
    "url", ["http://peer.example/", "ftp://peer.example/", "file:///etc/passwd", "//peer.example/"]
)
async def test_only_https_is_spoken_to_strangers(url: str) -> None:
    with pytest.raises(DeliveryFailed, match="https"):
        await client("93.184.216.34").request("GET", url, {})


@pytest.mark.parametrize("url", ["https://a:b@peer.example/", "https:///x"])
async def test_an_address_with_a_login_or_without_a_host_is_wrong(url: str) -> None:
    with pytest.raises(DeliveryFailed, match="地址有误"):
        await client("93.184.216.34").request("GET", url, {})


async def test_allowing_one_host_allows_no_other() -> None:
    with pytest.raises(DeliveryFailed, match="地址不在允许的范围内"):
        await client("10.0.0.1", allowed=["other.example"]).request("GET", "https://peer.example/", {})
