"""Freeze the pool of a task (冻结名册): the registry as it stands, under a fresh blind key, in one transaction."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from uuid import UUID

from services.draw.adapters.processes import a_worker
from services.draw.adapters.registry_client import WantedSnapshot
from services.draw.domain.build import hash_of
from services.draw.domain.ceremony import Ceremony, Step, TaskCancelled, TaskHasLiveDraw, TaskUnknown
from services.draw.domain.ceremony_plan import CeremonyPlan
from services.draw.domain.drawing_plan import Task
from services.draw.domain.exclusions import Exclusions
from services.draw.domain.freezing import (
    Freezer,
    FrozenObject,
    SnapshotObject,
    make_strata,
    months_touched,
    seated_experts,
)
from services.draw.domain.primitives import HASH_SIZE, SUITES
from services.draw.domain.protocol_time import protocol_time
from services.draw.domain.records import Blinder
from services.draw.domain.refused import protocol_rules
from services.draw.domain.task_rules import rules_text
from services.draw.storage.pools import Pool
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import the_operator
from services.draw.usecases.before_freezing import before_freezing
from services.draw.usecases.terms import TermsSource, check_plan
from shared.runtime.settings import crash_point
from shared.values.ids import new_id

_KEY_SIZE = 32
_NO_COMMIT = bytes(32)


@dataclass(frozen=True, slots=True)
class FreezePool:
    """`visit_cap`: the most visits one officer takes on in this draw, less for whom his own monthly capacity is less.
    `suite`: `SHA-256` or `SM3`. `recognised_days`: results of so many days before the freeze excuse an object (R5), 0:
    none does."""

    task_id: UUID
    plan: CeremonyPlan
    suite: str
    visit_cap: int
    note: str
    recognised_days: int = 0


async def freeze_pool(command: FreezePool, uow: DrawUnitOfWork) -> Ceremony:
    """Every check that needs neither commits nor seed passes, or nothing is frozen (draw-protocol section 2, step 1).

    Raises TaskUnknown, TaskCancelled, TaskHasLiveDraw, NotTheOperator, NothingToDraw, ProtocolRefused, what
    `CeremonyPlan.checked` raises, and what the registry's client raises.
    """
    async with uow:
        task = await issued_task(uow, command.task_id)
        by = the_operator(uow, task.initiator)
        await uow.draws.lock(task.id)
        live = await uow.draws.live_of_task(task.id)
        if live is not None:
            raise TaskHasLiveDraw(task_no=task.task_no, draw_id=live.draw_id)
        draw = _ceremony(command, task, uow, by)
        source = await _freeze(draw, command, task, uow)
        with protocol_rules():
            check_plan(source, protocol_time(uow.now))
        await uow.draws.add(draw)
        await uow.draws.note(draw, Step.FREEZE, by, uow.now, command.note)
        crash_point("drw.after_freeze")
        await uow.commit(draw)
    return draw


async def issued_task(uow: DrawUnitOfWork, task_id: UUID) -> Task:
    """Raises TaskUnknown, TaskCancelled."""
    task = await uow.tasks.find(task_id)
    if task is None:
        raise TaskUnknown
    if task.is_cancelled:
        raise TaskCancelled(task_no=task.task_no)
    return task


def _ceremony(command: FreezePool, task: Task, uow: DrawUnitOfWork, by: str) -> Ceremony:
    return Ceremony(
        id=new_id(),
        district=uow.district,
        task_id=task.id,
        task_no=task.task_no,
        owner_department=task.initiator,
        participants=task.participants,
        suite=command.suite,
        plan=command.plan.checked(),
        note=" ".join(filter(None, [rules_text(task, command.recognised_days), command.note])),
        frozen_by=by,
        frozen_at=uow.now,
    )


async def _freeze(draw: Ceremony, command: FreezePool, task: Task, uow: DrawUnitOfWork) -> TermsSource:
    suite = SUITES[draw.suite]
    key = secrets.token_bytes(_KEY_SIZE)
    months = months_touched(task.window_start, task.window_end)
    freezer = Freezer(Blinder(suite, draw.draw_id, key), command.visit_cap, months)
    before = await before_freezing(task, command.recognised_days, uow)
    wanted = WantedSnapshot(task.library_id, task.library_version, task.participants, uow.today, task.has_experts)
    await uow.loader.open()
    async with uow.registry.snapshot(wanted, uow.principal) as snapshot:
        async for batch in snapshot.batches():
            objects = await asyncio.to_thread(_frozen_objects, freezer, before.exclusions, batch.objects)
            await uow.loader.add_objects(draw.id, draw.owner_department, objects)
            people = [*batch.inspectors, *seated_experts(batch.experts, task)]
            inspectors = freezer.freeze_inspectors(people, before.loads)
            await uow.loader.add_inspectors(draw.id, draw.owner_department, inspectors)
    await uow.loader.add_recusals(draw.id, before.recused)
    freezer.check_drawable()
    async with a_worker(sum(map(len, freezer.tokens.values())) // HASH_SIZE) as worker:
        tokens, strata = await worker.call(make_strata, suite, freezer.tokens)
    pool = Pool(
        draw_id=draw.id,
        blind_key=key,
        task=task,
        feed=snapshot.feed,
        snapshot_digest=snapshot.digest,
        roster_hash=hash_of(suite, freezer.roster),
        recusal_hash=hash_of(suite, await uow.pools.recusals(draw.id)),
    )
    await uow.pools.add(pool, strata, tokens)
    no_commits = {party.id: _NO_COMMIT for party in draw.plan.parties}
    return TermsSource(draw, pool, strata, no_commits, await uow.log.last_of_task(task.id))


def _frozen_objects(freezer: Freezer, exclusions: Exclusions, found: list[SnapshotObject]) -> list[FrozenObject]:
    return freezer.freeze_objects(map(exclusions.applied, found))
