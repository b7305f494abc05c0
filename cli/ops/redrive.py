"""`ssj redrive`: parked events (被搁置的事件) listed, and applied again after the fix (REL12).

Driven through the service's own route, so that order, audit row and idempotency are its own; the command signs as the
gateway does, with the key of the data folder.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx2
from rich.table import Table

from cli.ops.answer import Answer, CouldNot, Exit
from deploy.embedded.attach import attach
from deploy.embedded.provision_postgres import database_name, dsn_of
from deploy.embedded.services import Site
from shared.runtime.principal import OPERATIONS, Principal
from shared.runtime.tokens import load_private_key, sign
from shared.values.ids import new_id

WHO: Final = "ssj"
_WAITING = (
    "SELECT producer, producer_seq, district, type, aggregate_id, code, reason, parked_at FROM dead_letters"
    " WHERE redriven_at IS NULL AND ($1::text IS NULL OR producer = $1) AND ($2::bigint IS NULL OR producer_seq = $2)"
    " ORDER BY producer, producer_seq"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A parked event, and what became of it: `outcome` is `waiting`, `redriven`, or the refusal's code."""

    service: str
    producer: str
    producer_seq: int
    district: str
    type: str
    aggregate_id: str
    code: str
    reason: str
    parked_at: str
    outcome: str = "waiting"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters: of one consumer, from one producer, one number; None is any."""

    service: str | None = None
    producer: str | None = None
    producer_seq: int | None = None


async def letters(site: Site, wanted: Wanted) -> list[Letter]:
    """All that wait, oldest first. Raises CouldNot for a service that does not run."""
    names = sorted(site.ports) if wanted.service is None else [wanted.service]
    if not {*names} <= {*site.ports}:
        raise CouldNot("ssj.unknown_service", f"服务 {wanted.service} 不在运行之列")
    found = []
    for name in names:
        driver: asyncpg.Connection[Any] = await asyncpg.connect(
            dsn_of(site.admin_dsn, database_name(name)), timeout=5, command_timeout=30
        )
        try:
            rows = await driver.fetch(_WAITING, wanted.producer, wanted.producer_seq)
        finally:
            await driver.close()
        found += [Letter(name, **{**row, "parked_at": row["parked_at"].isoformat()}) for row in rows]
    return found


async def drive(site: Site, parked: Sequence[Letter]) -> list[Letter]:
    """Each in turn; one that fails stays parked, and so does what waits behind it."""
    key = load_private_key(site.data.private_key("gateway"))
    done = []
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as http:
        for letter in parked:
            who = Principal(WHO, letter.district, roles=frozenset({OPERATIONS}), request_id=str(new_id()))
            answer = await http.post(
                f"{site.url(letter.service)}/v1/operations/dead-letters/{letter.producer}"
                f"/{letter.producer_seq}/redrives",
                headers={
                    "Authorization": f"Bearer {sign(who, 'gateway', letter.service, key)}",
                    "Idempotency-Key": str(new_id()),
                },
            )
            done.append(_outcome(letter, answer))
    return done


def _outcome(letter: Letter, answer: httpx2.Response) -> Letter:
    if answer.is_success:
        return replace(letter, outcome="redriven")
    is_problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    said = answer.json() if is_problem else {}
    return replace(
        letter, outcome=str(said.get("code", f"http.{answer.status_code}")), detail=str(said.get("detail", ""))
    )


def redrive(data: Path, wanted: Wanted, *, only_list: bool) -> Answer:
    """Exit 1 while something stays parked."""
    return asyncio.run(_redrive(attach(data), wanted, only_list=only_list))


async def _redrive(site: Site, wanted: Wanted, *, only_list: bool) -> Answer:
    parked = await letters(site, wanted)
    done = parked if only_list else await drive(site, parked)
    left = [letter for letter in done if letter.outcome != "redriven"]
    return Answer(
        exit=Exit.FOUND_SOMETHING if left else Exit.FINE,
        data={"letters": [asdict(letter) for letter in done], "left": len(left)},
        shown=(_table(done),) if done else (),
        said=(f"被搁置的事件 {len(done)} 个，已重新处理 {len(done) - len(left)} 个，仍待处理 {len(left)} 个",),
    )


def _table(done: Sequence[Letter]) -> Table:
    table = Table(show_edge=False)
    for title in ("服务", "来源", "编号", "事件类型", "搁置原因", "结果"):
        table.add_column(title, overflow="fold")
    results = {"waiting": "待处理", "redriven": "已处理"}
    for one in done:
        result = results.get(one.outcome, f"{one.outcome} {one.detail}")
        table.add_row(one.service, one.producer, str(one.producer_seq), one.type, f"{one.code} {one.reason}", result)
    return table
