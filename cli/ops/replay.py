"""`ssj replay SERVICE`: the service's own log read from its first event; for `credit` also its journal folded anew.

A log that can be replayed has every number once, every id once, and bodies that today's classes read. What the
consumers made of it they prove themselves: credit rebuilds its records beside what is there and compares (REL7).
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
from pydantic import ValidationError
from rich.table import Table

from cli.ops.answer import Answer, CouldNot, Exit
from deploy.embedded.attach import attach
from deploy.embedded.process import run_once
from deploy.embedded.provision_postgres import database_name, dsn_of
from deploy.embedded.services import Site, module_of
from shared.events.catalogue import event_class
from shared.runtime.outbox import LoggedEvent, numbered_after

AT_ONCE: Final = 2_000
SHOWN: Final = 20
JOURNALED: Final = "credit"
"""The one service that keeps a journal of its inputs, from which everything else of it follows."""
_DIFFERS: Final = 1


@dataclass(slots=True)
class Reading:
    """What reading a log gave. `digest` covers number, id, type and body of every event, in order."""

    events: int = 0
    last: int = 0
    types: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _ids: set[UUID] = field(default_factory=set)
    _digest: Any = field(default_factory=hashlib.sha256)

    @property
    def digest(self) -> str:
        return str(self._digest.hexdigest())

    def read(self, event: LoggedEvent) -> None:
        if event.producer_seq != self.last + 1:
            self.faults.append(f"编号 {self.last + 1} 之后是 {event.producer_seq}")
        if event.event_id in self._ids:
            self.faults.append(f"编号 {event.producer_seq} 的事件标识重复")
        if fault := _unreadable(event):
            self.faults.append(f"编号 {event.producer_seq}：{fault}")
        self.events, self.last = self.events + 1, event.producer_seq
        self.types[event.type] += 1
        self._ids.add(event.event_id)
        self._digest.update(f"{event.producer_seq}\n{event.event_id}\n{event.type}\n{event.payload}\n".encode())


def _unreadable(event: LoggedEvent) -> str | None:
    model = event_class(event.type)
    if model is None:
        return f"事件类型 {event.type} 不在目录中"
    try:
        model.model_validate_json(event.payload)
    except ValidationError as error:
        return f"内容不符合 {event.type}（{error.error_count()} 处）"
    return None


async def read_log(dsn: str) -> Reading:
    """The whole log, in order."""
    driver: asyncpg.Connection[Any] = await asyncpg.connect(dsn, timeout=5, command_timeout=60)
    reading = Reading()
    try:
        while events := await numbered_after(driver, reading.last, AT_ONCE):
            for event in events:
                reading.read(event)
    finally:
        await driver.close()
    return reading


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What the service said of its journal; `same` is whether what is there follows from it."""

    same: bool
    told: str


def rebuild(site: Site, *, swap: bool) -> Rebuilt:
    """Runs credit's own rebuild as its owner. Raises CouldNot when it could not run."""
    argv = (sys.executable, "-m", module_of(JOURNALED), "rebuild", *(() if swap else ("--check",)))
    code, output = run_once(argv, site.migration_environment(JOURNALED))
    told = output.strip().splitlines()[-1] if output.strip() else ""
    if code not in (0, _DIFFERS):
        raise CouldNot("ssj.rebuild_failed", f"重建未能运行（退出码 {code}）：{told}")
    return Rebuilt(code == 0, told)


def replay(data: Path, service: str, *, swap: bool) -> Answer:
    """Exit 1 when the log has a fault or the journal tells another story than the records."""
    site = attach(data)
    if service not in site.ports:
        raise CouldNot("ssj.unknown_service", f"服务 {service} 不在运行之列")
    reading = asyncio.run(read_log(dsn_of(site.admin_dsn, database_name(service))))
    rebuilt = rebuild(site, swap=swap) if service == JOURNALED else None
    fine = not reading.faults and (rebuilt is None or rebuilt.same)
    data_out = {
        "service": service,
        "events": reading.events,
        "digest": reading.digest,
        "types": dict(sorted(reading.types.items())),
        "faults": reading.faults,
        "journal": None if rebuilt is None else {"same": rebuilt.same, "told": rebuilt.told},
    }
    said = [f"{service}：事件 {reading.events} 条，摘要 {reading.digest}"]
    said += [f"✗ {fault}" for fault in reading.faults[:SHOWN]]
    said += [] if rebuilt is None else [rebuilt.told]
    return Answer(Exit.FINE if fine else Exit.FOUND_SOMETHING, data_out, (_table(reading),), tuple(said))


def _table(reading: Reading) -> Table:
    table = Table(show_edge=False)
    table.add_column("事件类型")
    table.add_column("条数", justify="right")
    for name, count in sorted(reading.types.items()):
        table.add_row(name, str(count))
    return table
