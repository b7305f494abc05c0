"""Streams and durables as `deploy.topology` declares them, made or corrected. Idempotent.

The requests carry raw JSON: the client library does not know every field (`allow_atomic`).
"""

import asyncio
import json
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

import nats
from nats.aio.client import Client

from deploy.embedded.errors import BrokerUnreachable, ProvisioningFailed
from deploy.topology import (
    GIB,
    DurableSpec,
    JsonObject,
    StreamSpec,
    declared_durables,
    declared_streams,
    durable_differences,
    stream_differences,
)

ANSWER_WITHIN: Final = 10.0
NOT_FOUND: Final = frozenset({10059, 10014})
"""The broker's codes for an unknown stream and an unknown consumer."""


async def provision_nats(admin_url: str, *, max_bytes: int = GIB, replicas: int = 1) -> None:
    """Make every stream and durable, or bring its settings back to the declaration.

    Messages and positions stay as they are. Raises `BrokerUnreachable`, or `ProvisioningFailed` naming what the broker
    refuses (some settings cannot be changed on a living stream).
    """
    connection = await connect(admin_url)
    try:
        await _provision_all(connection, declared_streams(max_bytes, replicas), declared_durables(replicas))
    finally:
        await connection.close()


async def connect(url: str) -> Client:
    """One connection, without reconnecting, as the login inside the URL. Raises `BrokerUnreachable`."""

    async def quiet(_: Exception) -> None:
        """The failure is raised by connect itself; the library's own report would only repeat it."""

    client = Client()
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            # Without these two the first connection is tried sixty times, two seconds apart.
            await client.connect(url, max_reconnect_attempts=1, reconnect_time_wait=0, error_cb=quiet)
    except (OSError, TimeoutError, nats.errors.Error) as error:
        await client.close()  # a refused login leaves its socket open
        address = urlsplit(url).netloc.rpartition("@")[2]
        raise BrokerUnreachable(address, str(error) or type(error).__name__) from error
    return client


async def _provision_all(connection: Client, streams: Iterable[StreamSpec], durables: Iterable[DurableSpec]) -> None:
    for stream in streams:
        await _provision_stream(connection, stream)
    for durable in durables:
        await _provision_durable(connection, durable)


async def _provision_stream(connection: Client, stream: StreamSpec) -> None:
    found = await config_of(connection, f"STREAM.INFO.{stream.name}")
    if found is None:
        await _request(connection, f"STREAM.CREATE.{stream.name}", stream.config(), f"流 {stream.name}")
    elif stream_differences(stream, found) or found.get("max_bytes") != stream.max_bytes:
        await _request(connection, f"STREAM.UPDATE.{stream.name}", stream.config(), f"流 {stream.name}")


async def _provision_durable(connection: Client, durable: DurableSpec) -> None:
    lane = f"{durable.stream}.{durable.name}"
    found = await config_of(connection, f"CONSUMER.INFO.{lane}")
    if found is not None and not durable_differences(durable, found):
        return
    action = "create" if found is None else "update"
    body = {"stream_name": durable.stream, "config": durable.config(), "action": action}
    await _request(connection, f"CONSUMER.CREATE.{lane}", body, f"消费者 {durable.name}")


async def config_of(connection: Client, question: str) -> JsonObject | None:
    """The configuration in the answer to `STREAM.INFO.…` or `CONSUMER.INFO.…`; None if there is no such thing."""
    answer = await _ask(connection, question, b"", question)
    error = answer.get("error")
    if error and error.get("err_code") in NOT_FOUND:
        return None
    if error:
        raise ProvisioningFailed(question, str(error.get("description")))
    config: JsonObject = answer["config"]
    return config


async def _request(connection: Client, operation: str, body: JsonObject, what: str) -> None:
    answer = await _ask(connection, operation, json.dumps(body).encode(), what)
    if answer.get("error"):
        raise ProvisioningFailed(what, str(answer["error"].get("description")))


async def _ask(connection: Client, operation: str, body: bytes, what: str) -> JsonObject:
    try:
        message = await connection.request(f"$JS.API.{operation}", body, timeout=ANSWER_WITHIN)
    except (TimeoutError, nats.errors.Error) as error:
        raise ProvisioningFailed(what, str(error) or type(error).__name__) from error
    answer: JsonObject = json.loads(message.data)
    return answer
