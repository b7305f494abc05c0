"""Disclose (披露): the records behind the tokens that were drawn, so that everybody can check regions and teams."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.draw.domain.build import disclose, list_rows, open_records
from services.draw.domain.ceremony import Ceremony, Stage, Step
from services.draw.domain.primitives import SUITES
from services.draw.domain.published import StoredResult
from services.draw.domain.records import Blinder, Opening
from services.draw.domain.visit_plan import touched_inspectors, touched_objects
from services.draw.storage.results import OPENINGS, RECUSALS
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import locked, pool_of, the_operator
from services.draw.usecases.publishing import publish_next


@dataclass(frozen=True, slots=True)
class DiscloseOpenings:
    """Objects drawn or substituted are always opened; `with_inspectors` opens the officers of their teams too."""

    draw_id: UUID
    with_inspectors: bool


class NoResultYet(RuntimeError):
    """A draw stands at PUBLISHED without a stored result: its transaction was not whole."""


async def disclose_openings(command: DiscloseOpenings, uow: DrawUnitOfWork) -> Ceremony:
    """Each disclosure hashes all openings so far; the recusal list, as tokens, becomes public with the first.

    Raises DrawUnknown, NotTheOperator, NotAtStage, ProtocolRefused.
    """
    async with uow:
        draw = await locked(uow, command.draw_id)
        by = the_operator(uow, draw.owner_department)
        draw.require("披露", Stage.PUBLISHED)
        result = await uow.results.last(draw.id)
        if result is None:
            raise NoResultYet(draw.draw_id)
        openings = await _openings(draw, result, command.with_inspectors, uow)
        suite = SUITES[draw.suite]
        await publish_next(uow, draw, lambda _, __: disclose(suite, openings))
        await uow.results.publish_list(draw.id, OPENINGS, list_rows(openings))
        await uow.results.publish_list(draw.id, RECUSALS, list_rows(await uow.pools.recusals(draw.id)))
        touched = draw.touched()
        await uow.draws.save(touched)
        await uow.draws.note(touched, Step.DISCLOSE, by, uow.now, str(len(openings)))
        await uow.commit(touched)
    return touched


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
