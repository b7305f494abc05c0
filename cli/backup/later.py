"""What a service told after its backup: from the ends in the backup, from the stream, from what others applied."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from cli.backup.manifest import end_of
from deploy import topology
from deploy.embedded.provision_nats import connect
from deploy.embedded.provision_postgres import database_name, dsn_of
from deploy.embedded.services import Site
from shared.runtime.outbox import LoggedEvent, event_of

OVERLAP: Final = 4_096
"""Messages looked at behind the first old one: a new leader publishes again what may not have been confirmed."""
_HEARD = "SELECT producer_seq, event_id FROM inboxes WHERE producer = $1 AND producer_seq > $2"
_PARKED = (
    "SELECT event_id, district, type, aggregate_id, payload, occurred_at, producer_seq FROM dead_letters"
    " WHERE producer = $1 AND producer_seq > $2"
)


@dataclass(slots=True)
class Later:
    """Number → event as told; number → id as somebody applied it, of which the body may be gone."""

    told: dict[int, LoggedEvent] = field(default_factory=dict)
    heard: dict[int, UUID] = field(default_factory=dict)

    def add(self, events: Iterator[LoggedEvent], after: int) -> None:
        """What another source told first stays."""
        for event in events:
            if event.producer_seq > after:
                self.told.setdefault(event.producer_seq, event)

    @property
    def top(self) -> int:
        """The highest number known to have been given; 0 without any."""
        return max((*self.told, *self.heard), default=0)

    def at(self, number: int) -> LoggedEvent | None:
        """The event of a number, unless somebody applied another one under it."""
        event = self.told.get(number)
        if event is None or self.heard.get(number, event.event_id) != event.event_id:
            return None
        return event


async def later_events(site: Site, service: str, after: int, backup: Path | None) -> Later:
    """Everything that is still known of the numbers above `after`."""
    later = Later()
    await _from_consumers(site, service, after, later)
    if backup is not None:
        later.add(_from_end(backup / end_of(service)), after)
    later.add(iter(await _from_stream(site, topology.stream_name(service), after)), after)
    return later


def _from_end(path: Path) -> Iterator[LoggedEvent]:
    if path.is_file():
        for line in path.read_bytes().splitlines():
            yield from (event_of(row) for row in orjson.loads(line))


async def _from_consumers(site: Site, service: str, after: int, later: Later) -> None:
    """Ids from their inboxes; bodies only of what they parked."""
    for consumer, producers in topology.HEARS.items():
        if service not in producers:
            continue
        driver = await asyncpg.connect(dsn_of(site.admin_dsn, database_name(consumer)), timeout=5, command_timeout=60)
        try:
            if await driver.fetchval("SELECT to_regclass('inboxes') IS NULL"):
                continue
            later.heard |= {row["producer_seq"]: row["event_id"] for row in await driver.fetch(_HEARD, service, after)}
            parked = await driver.fetch(_PARKED, service, after)
        finally:
            await driver.close()
        later.add((_of_letter(row) for row in parked), after)


def _of_letter(row: asyncpg.Record) -> LoggedEvent:
    """A parked event keeps no version and no epoch; both matter only to who applies it, and it was heard already."""
    return LoggedEvent(
        aggregate_type=row["type"].split(".")[1],
        aggregate_version=int(json.loads(row["payload"]).get("aggregate_version", 1)),
        traceparent=None,
        log_epoch=1,
        **dict(row),
    )


async def _from_stream(site: Site, stream: str, after: int) -> list[LoggedEvent]:
    """Back from the newest message until well behind the last that is not newer."""
    connection = await connect(site.nats_admin_url)
    found: list[LoggedEvent] = []
    try:
        state = (await _ask(connection, f"STREAM.INFO.{stream}", {})).get("state", {})
        old = 0
        for place in range(state.get("last_seq", 0), state.get("first_seq", 1) - 1, -1):
            answer = await _ask(connection, f"STREAM.MSG.GET.{stream}", {"seq": place})
            event = _of_message(answer.get("message", {}))
            if event is None:
                continue
            old += event.producer_seq <= after
            if old > OVERLAP:
                break
            found.append(event)
    finally:
        await connection.close()
    return found


async def _ask(connection: Any, question: str, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = await connection.request(f"$JS.API.{question}", json.dumps(body).encode() if body else b"", timeout=10)
    found: dict[str, Any] = json.loads(answer.data)
    return found


def _of_message(message: Mapping[str, str]) -> LoggedEvent | None:
    """None for a place without a message, or one without our headers."""
    lines = base64.b64decode(message.get("hdrs", "")).decode().split("\r\n")[1:]
    head = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    if "ce-producerseq" not in head:
        return None
    return LoggedEvent(
        event_id=UUID(head["ce-id"]),
        district=head["ce-district"],
        aggregate_type=head["ce-type"].split(".")[1],
        aggregate_id=head["ce-subject"],
        aggregate_version=int(head["ce-aggregateversion"]),
        type=head["ce-type"],
        payload=base64.b64decode(message["data"]).decode(),
        traceparent=head.get("traceparent"),
        occurred_at=datetime.fromisoformat(head["ce-time"]),
        log_epoch=int(head["ce-logepoch"]),
        producer_seq=int(head["ce-producerseq"]),
    )
