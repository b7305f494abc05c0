"""Approve a substitution (批准递补): the sequence goes on in public; or turn it down (驳回)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.draw.domain.build import result_of
from services.draw.domain.ceremony import Ceremony, Stage, Step
from services.draw.domain.documents import Substitution
from services.draw.domain.drawing_plan import Task
from services.draw.domain.matching import Replacement
from services.draw.domain.published import StoredResult
from services.draw.domain.substitution_request import (
    Applied,
    Before,
    NotOnTheTeam,
    SubstitutionRequest,
    SubstitutionUnknown,
    VisitNotAssigned,
    check_request,
)
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import locked, task_now, the_operator
from services.draw.usecases.assigning import people_by_token, stored_result, teams_of
from services.draw.usecases.computing import Computed, compute_draw
from services.draw.usecases.opening import already_open, due_objects, publish_openings
from services.draw.usecases.publishing import logged_draw, publish_next
from services.draw.usecases.reassigning import reassign
from services.draw.usecases.request_substitution import before_request
from shared.runtime.settings import crash_point


@dataclass(frozen=True, slots=True)
class ApproveSubstitution:
    request_id: UUID


@dataclass(frozen=True, slots=True)
class RejectSubstitution:
    request_id: UUID
    opinion: str


async def approve_substitution(command: ApproveSubstitution, uow: DrawUnitOfWork) -> SubstitutionRequest:
    """Publishes the substitution, the next version of the result and, where openings are public already, that of the
    object given up; gives up, adds or regroups visits. All of it or nothing.

    Raises SubstitutionUnknown, NotTheOperator, NotAtStage, NotInState, SecondPersonNeeded, ProtocolRefused and what
    `check_request` raises.
    """
    async with uow:
        request, draw, by = await _to_decide(command.request_id, uow)
        draw.require("批准递补", Stage.PUBLISHED)
        request.check_approver(by)
        await _check_still_so(request, uow)
        applied = await _apply(draw, request, by, uow)
        done = request.approved(by, uow.now, applied)
        await _keep(done, by, uow)
        crash_point("drw.after_substitution")
        await uow.commit(done)
    return done


async def reject_substitution(command: RejectSubstitution, uow: DrawUnitOfWork) -> SubstitutionRequest:
    """The request stays on record. Raises SubstitutionUnknown, NotTheOperator, NotInState, SecondPersonNeeded."""
    async with uow:
        request, _, by = await _to_decide(command.request_id, uow)
        rejected = request.rejected(by, uow.now, command.opinion)
        await _keep(rejected, by, uow)
        await uow.commit(rejected)
    return rejected


async def _to_decide(request_id: UUID, uow: DrawUnitOfWork) -> tuple[SubstitutionRequest, Ceremony, str]:
    """The draw first, then the request: the order in which everybody locks. The request may be any department's."""
    async with uow.across_departments():
        found = await uow.substitutions.find(request_id)
    if found is None:
        raise SubstitutionUnknown
    draw = await locked(uow, found.draw_id)
    by = the_operator(uow, draw.owner_department)
    async with uow.across_departments():
        request = await uow.substitutions.find(request_id, for_update=True)
    return request or found, draw, by


async def _keep(request: SubstitutionRequest, by: str, uow: DrawUnitOfWork) -> None:
    async with uow.across_departments():
        await uow.substitutions.save(request)
        await uow.substitutions.note(request, by, uow.now)


async def _check_still_so(request: SubstitutionRequest, uow: DrawUnitOfWork) -> None:
    """What held at the request may have changed since: the visit is made, given up, its team another."""
    visit = await uow.visits.find(request.visit_id)
    if visit is None:
        raise VisitNotAssigned
    made = (await before_request(visit.id, uow)).made
    check_request(visit, request.reason_code, request.inspector_id, Before(made), visit.assigned_on or uow.today)


async def _apply(draw: Ceremony, request: SubstitutionRequest, by: str, uow: DrawUnitOfWork) -> Applied:
    people = await people_by_token(draw, uow)
    event = _event(request, people)
    logged = await logged_draw(uow, draw)
    computed = await compute_draw(logged, uow, (*logged.substitutions, event))
    await publish_next(uow, draw, lambda _, __: event)
    await publish_next(uow, draw, lambda _, __: result_of(computed.outcome))
    seats = await asyncio.to_thread(teams_of, computed, people)
    result = stored_result(draw.id, computed, seats)
    await uow.results.add(result)
    touched = draw.touched()
    await uow.draws.save(touched)
    await uow.draws.note(touched, Step.SUBSTITUTE, by, uow.now, request.public_reason)
    task = await task_now(draw, uow)
    in_place = await reassign(draw, task, computed, seats, uow)
    await _disclose_on(draw, task, result, uow)
    return Applied(result.version, in_place.get(request.visit_id), _stands_in(computed, people))


async def _disclose_on(draw: Ceremony, task: Task, result: StoredResult, uow: DrawUnitOfWork) -> None:
    """Where openings are public already, that of the object just given up joins them; the substitute's is not due."""
    before = await already_open(draw, uow)
    if before is None:
        return
    due = await due_objects(draw, task, result, uow)
    if due != before.objects:
        await publish_openings(draw, result, due, bool(before.inspectors), uow)


def _event(request: SubstitutionRequest, people: Mapping[bytes, UUID]) -> Substitution:
    if request.inspector_id is None:
        return Substitution(request.object_token, request.public_reason)
    for token, person in people.items():
        if person == request.inspector_id:
            return Substitution(request.object_token, request.public_reason, token)
    raise NotOnTheTeam


def _stands_in(computed: Computed, people: Mapping[bytes, UUID]) -> UUID | None:
    last = computed.outcome.events[-1]
    return people[last.new] if isinstance(last, Replacement) and last.new is not None else None
