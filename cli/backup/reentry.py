"""What must be entered again after a restore (补录清单): events that were told and have no business row any more.

A service that made them of what it hears makes them again by itself: the same type for the same object in the new
epoch takes a line off the list; a person takes off the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import asyncpg
from rich.table import Table

from cli.backup.log_end import LOST, Continued
from cli.ops.answer import Answer, CouldNot, Exit, JsonObject
from deploy.embedded.attach import attach
from deploy.embedded.layout import DataFolder, read_json, write_json
from deploy.embedded.provision_postgres import database_name, dsn_of
from deploy.embedded.services import Site
from shared.runtime.outbox import LoggedEvent

FOLDER: Final = "restores"
_BY_ITSELF: Final = (".checkpoint.signed.v1", f".{LOST}")
_REMADE = "SELECT EXISTS (SELECT FROM outboxes WHERE type = $1 AND aggregate_id = $2 AND log_epoch >= $3)"


def keep_list(data: DataFolder, continued: Continued, backup_at: str) -> Path:
    """Written into the data folder; ids and types only."""
    lines = [_line(event) for event in continued.told if not event.type.endswith(_BY_ITSELF)]
    path = data.root / FOLDER / f"{continued.service}-{continued.log_epoch}.json"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    content = {
        "service": continued.service,
        "log_epoch": continued.log_epoch,
        "backup_at": backup_at,
        "head": continued.head,
        "top": continued.top,
        "lost": list(continued.lost),
        "events": lines,
        "done": [],
    }
    write_json(path, content)
    return path


def _line(event: LoggedEvent) -> JsonObject:
    return {
        "producer_seq": event.producer_seq,
        "type": event.type,
        "district": event.district,
        "aggregate_id": event.aggregate_id,
        "aggregate_version": event.aggregate_version,
        "occurred_at": event.occurred_at.isoformat(),
    }


def lists_of(data: DataFolder) -> list[Path]:
    return sorted((data.root / FOLDER).glob("*.json"))


async def left(site: Site) -> list[JsonObject]:
    """Every line that nobody entered again, with its service."""
    found = []
    for path in lists_of(site.data):
        kept = read_json(path)
        driver: asyncpg.Connection[Any] = await asyncpg.connect(
            dsn_of(site.admin_dsn, database_name(kept["service"])), timeout=5, command_timeout=60
        )
        try:
            for line in kept["events"]:
                if line["producer_seq"] in kept["done"]:
                    continue
                if not await driver.fetchval(_REMADE, line["type"], line["aggregate_id"], kept["log_epoch"]):
                    found.append({"service": kept["service"], **line})
        finally:
            await driver.close()
    return found


def tick(data: DataFolder, service: str, numbers: Iterable[int]) -> None:
    """A person says that these were entered again. Raises CouldNot for a number on no list."""
    for number in numbers:
        for path in lists_of(data):
            kept = read_json(path)
            if kept["service"] == service and number in {line["producer_seq"] for line in kept["events"]}:
                write_json(path, {**kept, "done": sorted({*kept["done"], number})})
                break
        else:
            raise CouldNot("ssj.not_on_list", f"补录清单上没有 {service} 的编号 {number}")


def reentry(data: Path, service: str | None, done: tuple[int, ...]) -> Answer:
    """Exit 1 while something is left."""
    site = attach(data)
    if done:
        if service is None:
            raise CouldNot("ssj.service_needed", "注销编号时须指明服务")
        tick(site.data, service, done)
    lines = [line for line in asyncio.run(left(site)) if service in (None, line["service"])]
    return Answer(
        Exit.FOUND_SOMETHING if lines else Exit.FINE,
        {"left": lines},
        (_table(lines),) if lines else (),
        (f"待补录 {len(lines)} 项",),
    )


def _table(lines: list[JsonObject]) -> Table:
    table = Table(show_edge=False)
    columns = ("service", "producer_seq", "type", "aggregate_id", "occurred_at")
    for title in ("服务", "编号", "事件类型", "对象编号", "原发生时间"):
        table.add_column(title, overflow="fold")
    for line in lines:
        table.add_row(*(str(line[column]) for column in columns))
    return table
