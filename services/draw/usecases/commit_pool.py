"""Publish the commitment (公布承诺书): from here on pool, roster, rules and ceremony are fixed for everybody to see."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.draw.adapters.processes import a_worker
from services.draw.adapters.publication_check import PublicationCheck, ToBePublished
from services.draw.domain.build import list_rows
from services.draw.domain.ceremony import Ceremony, ObjectionOpen, Step, WindowChanged, open_objections
from services.draw.domain.protocol_time import protocol_time, read_protocol_time
from services.draw.domain.refused import protocol_rules
from services.draw.storage.pools import Pool
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import locked, pool_of, the_operator
from services.draw.usecases.freeze_pool import issued_task
from services.draw.usecases.publishing import publish_next
from services.draw.usecases.terms import TermsSource
from shared.events.draw import PoolCommittedV1
from shared.runtime.settings import crash_point


@dataclass(frozen=True, slots=True)
class CommitPool:
    draw_id: UUID


async def commit_pool(command: CommitPool, uow: DrawUnitOfWork) -> Ceremony:
    """All rows of section 6 that need no reveal pass over the very rows that were frozen, or nothing is published.

    Raises DrawUnknown, NotTheOperator, NotAtStage, SecondPersonNeeded, OperatorAsOutsider, CommitsMissing,
    ObjectionOpen, TaskCancelled, WindowChanged, ProtocolRefused.
    """
    async with uow:
        draw = await locked(uow, command.draw_id)
        by = the_operator(uow, draw.owner_department)
        hands = await uow.parties.hands(draw.id)
        draw.check_committer(by, hands)
        commits = draw.commits_of(hands)
        if objections := open_objections(await uow.draws.history(draw.id)):
            raise ObjectionOpen(objections="；".join(objections))
        task = await issued_task(uow, draw.task_id)
        pool = await pool_of(uow, draw)
        if task.window_end != pool.task.window_end:
            raise WindowChanged(task_no=task.task_no, window_end=task.window_end.isoformat())
        before = await uow.log.last_of_task(draw.task_id)
        source = TermsSource(draw, pool, await uow.pools.strata(draw.id), commits, before)
        await _check(source, pool, uow)
        published = await publish_next(uow, draw, lambda _, at: source.at(at), before)
        committed = draw.committed(by, published.entry.digest, before)
        await uow.draws.save(committed)
        await uow.draws.note(committed, Step.COMMIT, by, uow.now, published.entry.digest.hex())
        uow.emit(
            PoolCommittedV1(
                aggregate_version=1,
                draw_id=draw.id,
                task_id=draw.task_id,
                commit_hash=published.entry.digest.hex(),
                stratum_sizes={stratum.id: stratum.size for stratum in source.strata},
                committed_at=read_protocol_time(published.entry.published_at),
            )
        )
        crash_point("drw.after_commitment")
        await uow.commit(committed)
    return committed


async def _check(source: TermsSource, pool: Pool, uow: DrawUnitOfWork) -> None:
    """Before the log is locked: a large pool takes its time. Its records pass by in order and are not kept."""
    await uow.pools.be_patient()
    draw_id = source.draw.id
    tokens = await uow.pools.tokens(draw_id)
    wanted = ToBePublished(
        text=source.trial_text(protocol_time(uow.now)),
        tokens=tokens,
        roster=await uow.pools.roster_rows(draw_id),
        recusals=list_rows(await uow.pools.recusals(draw_id)),
        blind_key=pool.blind_key,
        inspectors=[person.record for person in await uow.pools.roster_inspectors(draw_id)],
    )
    async with a_worker(sum(map(len, tokens.values()))) as worker:
        with protocol_rules():
            await worker.hold(PublicationCheck, wanted)
            async for objects in uow.pools.records(draw_id):
                await worker.do(PublicationCheck.take, objects)
            await worker.do(PublicationCheck.end)
