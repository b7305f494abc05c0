"""Run the draw (抽取): the result follows from what is public, visits and teams from the result; all or nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from services.draw.domain.build import result_of
from services.draw.domain.ceremony import Ceremony, Stage, Step
from services.draw.domain.drawing_plan import Task
from services.draw.domain.published import StoredResult
from services.draw.domain.refused import DrawIsRunning
from services.draw.domain.visit_plan import PlannedVisit
from services.draw.storage.results import ROSTER
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import known, task_now, the_operator
from services.draw.usecases.assigning import people_by_token, planned_visits, stored_result, teams_of
from services.draw.usecases.computing import compute_draw
from services.draw.usecases.publishing import Published, logged_draw, publish_next
from services.draw.usecases.telling import draw_completed, visit_assigned
from shared.runtime.settings import crash_point


@dataclass(frozen=True, slots=True)
class RunDraw:
    draw_id: UUID


async def run_draw(command: RunDraw, uow: DrawUnitOfWork) -> Ceremony:
    """One draw however often it is asked for (REL17): while one computes the others are told so, afterwards they hear
    the result that stands.

    Raises DrawIsRunning, DrawUnknown, NotTheOperator, NotAtStage, ProtocolRefused.
    """
    async with uow:
        if not await uow.draws.try_lock(command.draw_id):
            raise DrawIsRunning
        draw = await known(uow, command.draw_id)
        by = the_operator(uow, draw.owner_department)
        if draw.stage is not Stage.PUBLISHED:
            draw.require("计算结果", Stage.REVEALED)
            draw = await _publish_result(draw, by, uow)
        await uow.commit(draw)
    crash_point("drw.after_commit")
    return draw


async def _publish_result(draw: Ceremony, by: str, uow: DrawUnitOfWork) -> Ceremony:
    task = await task_now(draw, uow)
    computed = await compute_draw(await logged_draw(uow, draw), uow)
    published = await publish_next(uow, draw, lambda _, __: result_of(computed.outcome))
    done = draw.followed(published.logged.state)
    await uow.draws.save(done)
    await uow.draws.note(done, Step.RUN, by, uow.now, computed.outcome.result_hash.hex())
    people = await people_by_token(draw, uow)
    seats = await asyncio.to_thread(teams_of, computed, people)
    visits = await asyncio.to_thread(planned_visits, done, task, computed, seats)
    await uow.visits.add(visits, draw.owner_department, draw.participants, uow.now)
    result = stored_result(draw.id, computed, seats)
    await uow.results.add(result)
    await uow.results.publish_list(draw.id, ROSTER, await uow.pools.roster_rows(draw.id))
    await _tell(done, task, visits, (result, published), uow)
    return done


async def _tell(
    draw: Ceremony, task: Task, visits: list[PlannedVisit], made: tuple[StoredResult, Published], uow: DrawUnitOfWork
) -> None:
    result, published = made
    uow.emit(draw_completed(draw, result, published.entry.published_at))
    for event in await asyncio.to_thread(lambda: [visit_assigned(visit, task, uow.now) for visit in visits]):
        uow.emit(event)
