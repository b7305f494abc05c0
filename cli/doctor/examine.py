"""`ssj doctor`: looks at the running platform and says in Chinese what is wrong."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import httpx2
import orjson
from rich.console import Console
from rich.table import Table

from cli.doctor.broker import check_broker
from cli.doctor.checks import Check, Verdict, judged
from cli.doctor.postgres import check_postgres
from deploy.embedded.attach import attach
from deploy.embedded.errors import DataFolderUnusable
from deploy.embedded.layout import DataFolder, read_json
from deploy.embedded.services import Site

FINE, FOUND_SOMETHING, COULD_NOT_CHECK = 0, 1, 2
_MARK = {Verdict.OK: "[green]✓[/]", Verdict.WRONG: "[red]✗[/]", Verdict.SKIPPED: "[yellow]－[/]"}


async def examine(site: Site, monitor_url: str | None) -> list[Check]:
    """Every check, in the order an operator would look."""
    found = [check async for check in check_postgres(site)]
    found += [check async for check in check_broker(site, monitor_url)]
    return found + list(await asyncio.gather(*(_service(site, name) for name in sorted(site.ports))))


async def _service(site: Site, name: str) -> Check:
    check_id = f"service.{name}"
    try:
        async with httpx2.AsyncClient(trust_env=False, timeout=5) as http:
            answer = await http.get(site.url(name) + "/health/ready")
    except httpx2.TransportError as error:
        return judged(check_id, "服务", f"无答复（{type(error).__name__}）", "", "查看数据目录 logs 下的日志")
    failing = [part for part, right in answer.json().get("checks", {}).items() if not right]
    return judged(check_id, "服务", f"未就绪：{'、'.join(failing)}" if failing else None, "就绪")


def exit_code(checks: list[Check]) -> int:
    verdicts = {check.verdict for check in checks}
    if Verdict.WRONG in verdicts:
        return FOUND_SOMETHING
    return COULD_NOT_CHECK if Verdict.SKIPPED in verdicts else FINE


def doctor(data_dir: Path, *, as_json: bool) -> int:
    """Prints what was found; returns the exit code (0 fine, 1 found something, 2 could not check)."""
    talk = Console(stderr=True, highlight=False)
    try:
        site = attach(data_dir)
    except DataFolderUnusable as error:
        talk.print(f"✗ {error}", style="red", markup=False)
        return COULD_NOT_CHECK
    monitor = read_json(DataFolder(data_dir.resolve()).addresses_file).get("nats_monitor")
    checks = asyncio.run(examine(site, monitor))
    if as_json:
        print(orjson.dumps([asdict(check) for check in checks], option=orjson.OPT_INDENT_2).decode())
        return exit_code(checks)
    Console(highlight=False).print(_table(checks))
    counted = Counter(check.verdict for check in checks)
    talk.print(
        f"正常 {counted[Verdict.OK]} 项，异常 {counted[Verdict.WRONG]} 项，未能检查 {counted[Verdict.SKIPPED]} 项"
    )
    return exit_code(checks)


def _table(checks: list[Check]) -> Table:
    table = Table(show_edge=False)
    for title in ("", "类别", "检查", "情况", "建议"):
        table.add_column(title, overflow="fold")
    for check in checks:
        table.add_row(_MARK[check.verdict], check.category, check.id, check.found, check.hint)
    return table
