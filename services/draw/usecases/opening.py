"""Openings (揭示) of a draw: the records behind the tokens whose names are due (M2), published as a disclosure."""

from __future__ import annotations

from dataclasses import dataclass

from services.draw.domain.build import disclose, list_rows, open_records
from services.draw.domain.ceremony import Ceremony
from services.draw.domain.drawing_plan import Task
from services.draw.domain.names_open import due_tokens
from services.draw.domain.primitives import SUITES
from services.draw.domain.published import StoredResult
from services.draw.domain.records import INSPECTOR, OBJECT, Blinder, Opening
from services.draw.domain.visit_plan import touched_inspectors, touched_objects
from services.draw.storage.results import OPENINGS, RECUSALS
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import pool_of
from services.draw.usecases.publishing import publish_next


@dataclass(frozen=True, slots=True)
class Open:
    """What is open already, by token."""

    objects: frozenset[bytes]
    inspectors: frozenset[bytes]


async def due_objects(draw: Ceremony, task: Task, result: StoredResult, uow: DrawUnitOfWork) -> set[bytes]:
    """Tokens of the objects that a disclosure may open now, those opened before among them."""
    async with uow.across_departments():
        due = due_tokens(await uow.histories.progress(draw.id), task, uow.today)
    before = await already_open(draw, uow)
    return touched_objects(result.text) & due | (before.objects if before else set())


async def publish_openings(
    draw: Ceremony, result: StoredResult, due: set[bytes], with_inspectors: bool, uow: DrawUnitOfWork
) -> int:
    """Each disclosure hashes all openings so far. The recusal list, as tokens, becomes public once every object drawn
    or substituted is open: not while a visit is still to come. Returns how many are open. Raises ProtocolRefused."""
    openings = await _openings(draw, result, due, with_inspectors, uow)
    suite = SUITES[draw.suite]
    await publish_next(uow, draw, lambda _, __: disclose(suite, openings))
    await uow.results.publish_list(draw.id, OPENINGS, list_rows(openings))
    if touched_objects(result.text) <= due and await uow.results.published_list(draw.id, RECUSALS) is None:
        await uow.results.publish_list(draw.id, RECUSALS, list_rows(await uow.pools.recusals(draw.id)))
    return len(openings)


async def already_open(draw: Ceremony, uow: DrawUnitOfWork) -> Open | None:
    """None: nothing was disclosed yet."""
    rows = await uow.results.published_list(draw.id, OPENINGS)
    return None if rows is None else Open(_tokens_in(rows, OBJECT), _tokens_in(rows, INSPECTOR))


async def is_complete(draw: Ceremony, result: StoredResult, uow: DrawUnitOfWork) -> bool:
    """Whether every object that the last result names is open, so that everything can be verified."""
    before = await already_open(draw, uow)
    return before is not None and touched_objects(result.text) <= before.objects


def _tokens_in(rows: list[str], kind: str) -> frozenset[bytes]:
    parts = (row.split("\t", 2) for row in rows)
    return frozenset(bytes.fromhex(part[1]) for part in parts if part[0] == kind)


async def _openings(
    draw: Ceremony, result: StoredResult, due: set[bytes], with_inspectors: bool, uow: DrawUnitOfWork
) -> tuple[Opening, ...]:
    """All that a disclosure opens now; who was opened once stays opened."""
    pool = await pool_of(uow, draw)
    blinder = Blinder(SUITES[draw.suite], draw.draw_id, pool.blind_key)
    objects = await uow.pools.objects(draw.id, sorted(due))
    before = await already_open(draw, uow)
    wanted = set(before.inspectors) if before else set()
    if with_inspectors:
        wanted |= touched_inspectors(result.text, due)
    people = [person.record for person in await uow.pools.roster_inspectors(draw.id) if person.token in wanted]
    return open_records(blinder, [one.record for one in objects], people)
