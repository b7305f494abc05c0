"""What callers may see. Nothing here changes anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from services.draw.domain.ceremony import Ceremony, Hand, HistoryEntry, Stage, VoidRequest
from services.draw.domain.commitment import Stratum, Terms
from services.draw.domain.drawing_plan import STRATA, Task, ratios_of, scope_of
from services.draw.domain.lists import read_roster
from services.draw.domain.outlook import Outlook, expected_of, look_ahead
from services.draw.domain.published import LogEntry, Provenance, StoredResult
from services.draw.domain.recusal import DeclaredRecusal
from services.draw.storage.draws import DrawFilter
from services.draw.storage.pools import Pool
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import known, pool_of, task_now
from services.draw.usecases.publishing import logged_draw
from services.draw.usecases.reading_visits import asked_pool


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw as everybody of the district may see it; `terms` from the commitment on."""

    draw: Ceremony
    hands: list[Hand]
    revealed: list[str]
    terms: Terms | None
    documents: list[LogEntry]
    provenances: list[Provenance]
    history: list[HistoryEntry]
    result: StoredResult | None
    void_request: VoidRequest | None


@dataclass(frozen=True, slots=True)
class StratumView:
    """A stratum with the class behind it; `expected` objects are drawn on average, None: named by no scope."""

    stratum: Stratum
    credit_class: str | None
    ppm: int | None
    expected: float | None


@dataclass(frozen=True, slots=True)
class PoolView:
    draw: Ceremony
    pool: Pool
    strata: list[StratumView]
    statuses: dict[str, dict[str, int]]
    outlook: Outlook
    grounds: dict[str, int]
    recusals: dict[str, int]
    warned: int


@dataclass(frozen=True, slots=True)
class DrawQuery:
    """None does not filter."""

    task_id: UUID | None
    stage: str | None
    department: str | None


async def one_draw(draw_id: UUID, uow: DrawUnitOfWork) -> DrawView:
    """Raises DrawUnknown."""
    async with uow:
        draw = await known(uow, draw_id)
        is_logged = draw.commit_hash is not None
        return DrawView(
            draw=draw,
            hands=await uow.parties.hands(draw.id),
            revealed=await uow.parties.who_revealed(draw.id),
            terms=(await logged_draw(uow, draw)).terms if is_logged else None,
            documents=await uow.log.of_draw(draw.id),
            provenances=await uow.parties.provenances(draw.id),
            history=await uow.draws.history(draw.id),
            result=await uow.results.last(draw.id),
            void_request=await uow.parties.void_request(draw.id),
        )


async def page_of_draws(query: DrawQuery, uow: DrawUnitOfWork, size: int, after: UUID | None) -> list[Ceremony]:
    async with uow:
        return await uow.draws.page(DrawFilter(**asdict(query)), size, after)


async def one_pool(draw_id: UUID, uow: DrawUnitOfWork) -> PoolView:
    """Counts before the commitment. Raises DrawUnknown, also for a department that takes no part."""
    async with uow:
        draw = await known(uow, draw_id)
        pool = await pool_of(uow, draw)
        strata = await uow.pools.strata(draw.id)
        roster = read_roster(await uow.pools.roster_rows(draw.id))
        task = pool.task
        sizes = {stratum.id: stratum.size for stratum in strata}
        regions = await uow.pools.regions(draw.id)
        async with uow.across_departments():
            warned = await uow.warnings.objects_in_pool(asked_pool(draw.id, await task_now(draw, uow)))
        return PoolView(
            draw=draw,
            pool=pool,
            strata=[_stratum(stratum, task) for stratum in strata],
            statuses=await uow.pools.statuses(draw.id),
            outlook=look_ahead(scope_of(task, sizes), sizes, roster, task.window_end.isoformat(), regions),
            grounds=await uow.pools.grounds(draw.id),
            recusals=await uow.pools.recused_why(draw.id),
            warned=warned,
        )


def _stratum(stratum: Stratum, task: Task) -> StratumView:
    ppm = ratios_of(task).get(stratum.id)
    credit_class = next((one.value for one, name in STRATA.items() if name == stratum.id), None)
    return StratumView(stratum, credit_class, ppm, None if ppm is None else expected_of(stratum.size, ppm))


async def explanation_of(draw_id: UUID, uow: DrawUnitOfWork) -> tuple[Ceremony, dict[str, Any]]:
    """Open places of the last result in words. Raises DrawUnknown, NotAtStage before the result."""
    async with uow:
        draw = await known(uow, draw_id)
        result = await uow.results.last(draw.id)
        if result is None:
            draw.require("查询缺口说明", Stage.PUBLISHED)
        return draw, {"shortages": [], "gaps": []} if result is None else result.explanation


async def page_of_log(uow: DrawUnitOfWork, size: int, after: int, draw_id: UUID | None) -> list[LogEntry]:
    async with uow:
        return await uow.log.page(size, after, draw_id)


async def page_of_tasks(uow: DrawUnitOfWork, size: int, after: UUID | None) -> list[tuple[Task, UUID | None]]:
    async with uow:
        return await uow.tasks.page(size, after)


async def page_of_recusals(uow: DrawUnitOfWork, size: int, after: UUID | None) -> list[DeclaredRecusal]:
    async with uow:
        return await uow.recusals.page(size, after)
