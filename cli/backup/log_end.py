"""The log of a restored service goes on where the world last heard it, in a new epoch (日志纪元).

Numbers that were given stay given: an event that others applied keeps number and id, so nobody's log diverges. What it
told of may have no business row in the restored database; that is listed for re-entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from cli.backup.later import Later
from shared.runtime.outbox import COLUMNS, LoggedEvent
from shared.values.ids import new_id

LOST: Final = "log.lost.v1"
"""Type, behind the service's name, of the place of an event whose body nobody has any more: it moves cursors on."""
_STANDS = (
    "SELECT log_epoch, greatest(numbered_seq, (SELECT coalesce(max(producer_seq), 0) FROM outboxes)) AS head"
    " FROM relay_states FOR UPDATE"
)
_NUMBER = (
    "WITH numbered AS (UPDATE outboxes SET producer_seq = $2, log_epoch = $3 WHERE event_id = $1"
    " AND producer_seq IS NULL RETURNING id)"
    " DELETE FROM outbox_waits USING numbered WHERE outbox_waits.id = numbered.id RETURNING numbered.id"
)
_ADD = f"INSERT INTO outboxes ({COLUMNS}) VALUES ({', '.join(f'${place}' for place in range(1, 12))})"  # noqa: S608
# Published up to the head only: the relay's next leader publishes the rest again under the same ids.
_GO_ON = "UPDATE relay_states SET log_epoch = $1, numbered_seq = $2, published_seq = $3, leads = leads + 1"


@dataclass(frozen=True, slots=True)
class Continued:
    """`head` and `top`: the last number in the backup, and the last ever given. `told`: events without business rows;
    `found`: numbers given to rows that the backup held unnumbered; `lost`: numbers whose event nobody has."""

    service: str
    log_epoch: int
    head: int
    top: int
    told: tuple[LoggedEvent, ...]
    found: tuple[int, ...]
    lost: tuple[int, ...]


async def head_of(driver: asyncpg.Connection[Any]) -> int:
    """The last number in the log."""
    async with driver.transaction():
        return int((await driver.fetchrow(_STANDS))["head"])


async def continue_log(driver: asyncpg.Connection[Any], service: str, district: str, later: Later) -> Continued:
    """One transaction. `district` is whose the places of lost events are."""
    told: list[LoggedEvent] = []
    found: list[int] = []
    lost: list[int] = []
    async with driver.transaction():
        state = await driver.fetchrow(_STANDS)
        head, top = state["head"], max(state["head"], later.top)
        epoch = max(state["log_epoch"], *(event.log_epoch for event in later.told.values()), 0) + 1
        for number in range(head + 1, top + 1):
            event = later.at(number)
            event_id = later.heard.get(number) if event is None else event.event_id
            if event_id and await driver.fetchval(_NUMBER, event_id, number, state["log_epoch"]):
                found.append(number)
            elif event is not None:
                await driver.execute(_ADD, *_values(event))
                told.append(event)
            else:
                await driver.execute(
                    _ADD, *await _lost(driver, service, district, number, event_id, state["log_epoch"])
                )
                lost.append(number)
        await driver.execute(_GO_ON, epoch, top, head)
    return Continued(service, epoch, head, top, tuple(told), tuple(found), tuple(lost))


def _values(event: LoggedEvent) -> Sequence[Any]:
    return [getattr(event, column.strip()) for column in COLUMNS.split(",")]


async def _lost(
    driver: asyncpg.Connection[Any], service: str, district: str, number: int, event_id: Any, epoch: int
) -> Sequence[Any]:
    at = await driver.fetchval("SELECT now()")
    head = (event_id or new_id(), district, "log", f"{service}-{number}", 1, f"{service}.{LOST}")
    return (*head, "{}", None, at, epoch, number)
