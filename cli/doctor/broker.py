"""The broker: version, durability, streams and durables as `deploy.topology` declares them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2

from cli.doctor.checks import Check, judged, skipped
from deploy import topology
from deploy.embedded.provision_postgres import login_of
from deploy.embedded.services import Site
from shared.runtime.bus import Bus, BusUnavailable

BROKER = "消息服务器"
STREAMS = "消息流与消费者"
OLDEST = (2, 12)
HINT = "重新执行 make run 以恢复声明的设置"


async def check_broker(site: Site, monitor_url: str | None) -> AsyncIterator[Check]:
    """All checks of the broker; `monitor_url` is where it shows its settings."""
    async for check in check_server(monitor_url):
        yield check
    user, password = login_of(site.nats_admin_url)
    try:
        bus = await Bus.connect(site.nats_url, "doctor", user, password)
    except Exception as error:
        yield judged("nats.reachable", BROKER, f"无法连接（{type(error).__name__}）", "", "请确认 NATS 已启动")
        return
    try:
        for stream in topology.STREAMS:
            yield await _stream(bus, stream)
        for durable in topology.DURABLES:
            yield await _durable(bus, durable)
    finally:
        await bus.close()


async def check_server(monitor_url: str | None) -> AsyncIterator[Check]:
    if monitor_url is None:
        yield skipped("nats.settings", BROKER, "外部 NATS，未给出监控地址")
        return
    try:
        async with httpx2.AsyncClient(trust_env=False, timeout=3) as http:
            server = (await http.get(monitor_url + "/varz")).json()
    except httpx2.TransportError as error:
        yield judged("nats.monitor", BROKER, f"监控地址无答复（{type(error).__name__}）", "")
        return
    version = tuple(int(part) for part in server["version"].split(".")[:2])
    wrong = None if version >= OLDEST else f"版本 {server['version']} 低于 2.12"
    yield judged("nats.version", BROKER, wrong, server["version"])
    synced = server.get("jetstream", {}).get("config", {}).get("sync_always", False)
    yield judged(
        "nats.sync",
        BROKER,
        None if synced else "未设 sync_interval: always，断电会丢失已确认的消息",
        "每次写入落盘",
        HINT,
    )


async def _stream(bus: Bus, spec: topology.StreamSpec) -> Check:
    found = await _config(bus, f"STREAM.INFO.{spec.name}")
    check_id = f"stream.{spec.name}"
    if found is None:
        return judged(check_id, STREAMS, f"缺少消息流 {spec.name}", "", HINT)
    differences = topology.stream_differences(spec, found)
    return judged(check_id, STREAMS, "；".join(differences) or None, "与声明一致", HINT)


async def _durable(bus: Bus, spec: topology.DurableSpec) -> Check:
    found = await _config(bus, f"CONSUMER.INFO.{spec.stream}.{spec.name}")
    check_id = f"durable.{spec.name}"
    if found is None:
        return judged(check_id, STREAMS, f"缺少消费者 {spec.name}", "", HINT)
    differences = topology.durable_differences(spec, found)
    return judged(check_id, STREAMS, "；".join(differences) or None, "与声明一致", HINT)


async def _config(bus: Bus, subject: str) -> dict[str, Any] | None:
    try:
        answer = await bus.info(subject)
    except BusUnavailable:
        return None
    config: dict[str, Any] | None = answer.get("config")
    return config
