"""`ssj status`: one screen of how the platform stands (运行状况)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx2
from rich.table import Table

from cli.ops.answer import Answer, Exit
from deploy import topology
from deploy.embedded.attach import attach
from deploy.embedded.layout import read_json
from deploy.embedded.provision_postgres import database_name, dsn_of
from deploy.embedded.services import Site

SILENT_AFTER: Final = 60
"""Seconds that an event may wait for its number or for a consumer (REL36)."""
UNSIGNED_AFTER: Final = 26 * 3600
"""Seconds that sealed acts may be without a signed checkpoint (SEC11)."""
BACKUP_MARK: Final = "backup.json"
_OUTBOX = (
    "SELECT s.log_epoch, greatest(s.numbered_seq, (SELECT coalesce(max(producer_seq), 0) FROM outboxes)) AS numbered,"
    " (SELECT count(*) FROM outbox_waits) AS waiting,"
    " (SELECT extract(epoch FROM clock_timestamp() - min(occurred_at)) FROM outbox_waits)::float AS oldest_seconds"
    " FROM relay_states AS s"
)
_CHECKPOINT = (
    "SELECT number, body::json ->> 'signed_at' AS signed_at,"
    " extract(epoch FROM clock_timestamp() - (body::json ->> 'signed_at')::timestamptz)::float AS age_seconds,"
    " (SELECT extract(epoch FROM clock_timestamp() - min(sealed_at)) FROM audit_places WHERE seq > c.size)::float"
    " AS unsigned_seconds FROM audit_checkpoints AS c ORDER BY number DESC LIMIT 1"
)
_WAITED = (
    "SELECT extract(epoch FROM clock_timestamp() - occurred_at)::float FROM outboxes WHERE producer_seq > $1"
    " ORDER BY producer_seq LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class ServiceState:
    """One service: does it answer, its log, what it parked, its last checkpoint. Ages are seconds."""

    name: str
    ready: bool
    not_ready: tuple[str, ...]
    log_epoch: int
    numbered: int
    waiting: int
    oldest_seconds: float | None
    dead_letters: int
    checkpoint: int | None
    checkpoint_age_seconds: float | None
    unsigned_seconds: float | None

    @property
    def is_wrong(self) -> bool:
        late = (self.oldest_seconds or 0) > SILENT_AFTER or (self.unsigned_seconds or 0) > UNSIGNED_AFTER
        return not self.ready or self.dead_letters > 0 or late


@dataclass(frozen=True, slots=True)
class LaneState:
    """How far a consumer has come in a producer's log; `waited_seconds`: age of the first event not applied."""

    consumer: str
    producer: str
    applied: int
    behind: int
    waited_seconds: float | None

    @property
    def is_wrong(self) -> bool:
        """Behind for longer than anybody should be, or ahead: the producer's log lost its end."""
        return self.behind < 0 or (self.waited_seconds or 0) > SILENT_AFTER


@dataclass(frozen=True, slots=True)
class PlatformState:
    """Everything `ssj status` shows."""

    services: tuple[ServiceState, ...]
    lanes: tuple[LaneState, ...]
    last_backup: str | None

    @property
    def is_wrong(self) -> bool:
        return self.wrong > 0

    @property
    def wrong(self) -> int:
        """Services and lanes that are not as they should be."""
        return sum(one.is_wrong for one in self.services) + sum(one.is_wrong for one in self.lanes)


async def look(site: Site) -> PlatformState:
    """Reads every database as the administrator and asks every process whether it is ready."""
    names = sorted(site.ports)
    drivers = dict(zip(names, await asyncio.gather(*(_open(site, name) for name in names)), strict=True))
    try:
        services = tuple([await _service(site, name, drivers[name]) for name in names])
        lanes = tuple([lane for name in names for lane in await _lanes(name, drivers)])
    finally:
        for driver in drivers.values():
            await driver.close()
    mark = site.data.root / "marks" / BACKUP_MARK
    return PlatformState(services, lanes, read_json(mark)["finished_at"] if mark.exists() else None)


async def _open(site: Site, service: str) -> asyncpg.Connection[Any]:
    return await asyncpg.connect(dsn_of(site.admin_dsn, database_name(service)), timeout=5, command_timeout=30)


async def _service(site: Site, name: str, driver: asyncpg.Connection[Any]) -> ServiceState:
    log = await driver.fetchrow(_OUTBOX)
    signed = await driver.fetchrow(_CHECKPOINT)
    failing = await not_ready(site.url(name))
    return ServiceState(
        name=name,
        ready=not failing,
        not_ready=failing,
        log_epoch=log["log_epoch"],
        numbered=log["numbered"],
        waiting=log["waiting"],
        oldest_seconds=log["oldest_seconds"],
        dead_letters=await driver.fetchval("SELECT count(*) FROM dead_letters WHERE redriven_at IS NULL"),
        checkpoint=signed and signed["number"],
        checkpoint_age_seconds=signed and signed["age_seconds"],
        unsigned_seconds=signed and signed["unsigned_seconds"],
    )


async def not_ready(url: str) -> tuple[str, ...]:
    """What of a process is not ready; its parts' names, or that it does not answer."""
    try:
        async with httpx2.AsyncClient(trust_env=False, timeout=3) as http:
            answer = await http.get(url + "/health/ready")
    except httpx2.TransportError:
        return ("无答复",)
    failing = tuple(part for part, right in answer.json().get("checks", {}).items() if not right)
    return failing or (() if answer.is_success else (str(answer.status_code),))


async def _lanes(consumer: str, drivers: dict[str, asyncpg.Connection[Any]]) -> Sequence[LaneState]:
    found = []
    for producer in topology.HEARS.get(consumer, ()):
        if producer not in drivers:
            continue
        cursor = "SELECT producer_seq FROM inbox_cursors WHERE producer = $1"
        applied = await drivers[consumer].fetchval(cursor, producer) or 0
        numbered = (await drivers[producer].fetchrow(_OUTBOX))["numbered"]
        waited = await drivers[producer].fetchval(_WAITED, applied)
        found.append(LaneState(consumer, producer, applied, numbered - applied, waited))
    return found


def status(data: Path) -> Answer:
    """Raises DataFolderUnusable when no platform runs there, and what an unreachable database raises."""
    state = asyncio.run(look(attach(data)))
    behind = sum(lane.behind for lane in state.lanes)
    said = f"异常 {state.wrong} 处；事件积压合计 {behind} 条；最近一次备份：{state.last_backup or '无记录'}"
    return Answer(
        exit=Exit.FOUND_SOMETHING if state.is_wrong else Exit.FINE,
        data={**asdict(state), "fine": not state.is_wrong},
        shown=(_services_table(state.services), _lanes_table(state.lanes)),
        said=(said,),
    )


def _services_table(states: Sequence[ServiceState]) -> Table:
    table = Table(show_edge=False, title="服务", title_justify="left")
    for title in ("", "服务", "就绪", "日志纪元", "事件编号至", "待编号", "最久待发（秒）", "搁置", "最近检查点"):
        table.add_column(title)
    for one in states:
        signed = "无" if one.checkpoint is None else f"第 {one.checkpoint} 号，{_ago(one.checkpoint_age_seconds)}前"
        oldest = "－" if one.oldest_seconds is None else f"{one.oldest_seconds:.0f}"
        ready = "是" if one.ready else f"否（{'、'.join(one.not_ready)}）"
        counts = (str(one.log_epoch), str(one.numbered), str(one.waiting), oldest, str(one.dead_letters))
        table.add_row(_mark(one.is_wrong), one.name, ready, *counts, signed)
    return table


def _lanes_table(states: Sequence[LaneState]) -> Table:
    table = Table(show_edge=False, title="事件通道", title_justify="left")
    for title in ("", "消费者", "来源", "已处理至", "落后（条）", "最久待处理（秒）"):
        table.add_column(title)
    for one in states:
        waited = "－" if one.waited_seconds is None else f"{one.waited_seconds:.0f}"
        table.add_row(_mark(one.is_wrong), one.consumer, one.producer, str(one.applied), str(one.behind), waited)
    return table


def _mark(is_wrong: bool) -> str:
    return "[red]✗[/]" if is_wrong else "[green]✓[/]"


def _ago(seconds: float | None) -> str:
    if seconds is None:
        return "－"
    return f"{seconds:.0f} 秒" if seconds < 120 else f"{seconds / 3600:.1f} 小时"
