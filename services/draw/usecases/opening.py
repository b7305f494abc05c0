"""Openings (揭示) of a draw: the records behind the tokens that its last result names, published as a disclosure."""

from __future__ import annotations

from services.draw.domain.build import disclose, list_rows, open_records
from services.draw.domain.ceremony import Ceremony
from services.draw.domain.primitives import SUITES
from services.draw.domain.published import StoredResult
from services.draw.domain.records import INSPECTOR, Blinder, Opening
from services.draw.domain.visit_plan import touched_inspectors, touched_objects
from services.draw.storage.results import OPENINGS, RECUSALS
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import pool_of
from services.draw.usecases.publishing import publish_next


async def publish_openings(draw: Ceremony, result: StoredResult, with_inspectors: bool, uow: DrawUnitOfWork) -> int:
    """Each disclosure hashes all openings so far; the recusal list, as tokens, becomes public with the first. Returns
    how many are open. Raises ProtocolRefused."""
    openings = await _openings(draw, result, with_inspectors, uow)
    suite = SUITES[draw.suite]
    await publish_next(uow, draw, lambda _, __: disclose(suite, openings))
    await uow.results.publish_list(draw.id, OPENINGS, list_rows(openings))
    await uow.results.publish_list(draw.id, RECUSALS, list_rows(await uow.pools.recusals(draw.id)))
    return len(openings)


async def disclosed_inspectors(draw: Ceremony, uow: DrawUnitOfWork) -> bool | None:
    """Whether the officers of the teams were opened too; None: nothing was disclosed yet."""
    rows = await uow.results.published_list(draw.id, OPENINGS)
    return None if rows is None else any(row.startswith(f"{INSPECTOR}\t") for row in rows)


async def _openings(
    draw: Ceremony, result: StoredResult, with_inspectors: bool, uow: DrawUnitOfWork
) -> tuple[Opening, ...]:
    """All that a disclosure opens now; inspectors once opened stay opened."""
    pool = await pool_of(uow, draw)
    blinder = Blinder(SUITES[draw.suite], draw.draw_id, pool.blind_key)
    objects = await uow.pools.objects(draw.id, sorted(touched_objects(result.text)))
    before = await uow.results.published_list(draw.id, OPENINGS) or []
    wanted = {bytes.fromhex(row.split("\t")[1]) for row in before}
    if with_inspectors:
        wanted |= touched_inspectors(result.text)
    people = [person.record for person in await uow.pools.roster_inspectors(draw.id) if person.token in wanted]
    return open_records(blinder, [one.record for one in objects], people)
