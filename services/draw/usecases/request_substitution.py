"""Ask for a substitution (申请递补), and attest to it as the second officer (佐证)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from services.draw.domain.ceremony import Stage
from services.draw.domain.substitution_request import (
    Attestation,
    Before,
    Reason,
    SubstitutionOpen,
    SubstitutionRequest,
    SubstitutionUnknown,
    check_request,
    check_requester,
)
from services.draw.domain.visit_plan import PlannedVisit, VisitUnknown
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import WITNESS, known
from shared.runtime.principal import DEPARTMENT_ADMIN, INSPECTOR
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class RequestSubstitution:
    """`inspector_id`: only this officer is unable; None: the object is gone. What is written here of an officer never
    becomes public (SEC33)."""

    visit_id: UUID
    reason_code: Reason
    reason: str = field(metadata={"personal": True})
    evidence: str = field(metadata={"personal": True})
    inspector_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ConfirmSubstitution:
    request_id: UUID
    evidence: str = field(metadata={"personal": True})


async def request_substitution(command: RequestSubstitution, uow: DrawUnitOfWork) -> SubstitutionRequest:
    """Nothing is exchanged yet.

    Raises RoleMissing, VisitUnknown, NotOfTheVisit, NotAtStage, SubstitutionOpen and what `check_request` raises.
    """
    async with uow:
        principal = uow.principal
        principal.require(INSPECTOR, DEPARTMENT_ADMIN)
        visit = await _visit(command.visit_id, uow)
        is_admin = DEPARTMENT_ADMIN in principal.roles
        check_requester(
            visit, principal.department, principal.inspector_id, is_admin=is_admin, inspector_id=command.inspector_id
        )
        draw = await known(uow, visit.draw_id)
        draw.require("申请递补", Stage.PUBLISHED)
        before = await before_request(visit.id, uow)
        calendar = await uow.calendars.in_force()
        check_request(visit, command.reason_code, command.inspector_id, before, uow.today, calendar)
        request = SubstitutionRequest(
            id=new_id(),
            draw_id=visit.draw_id,
            visit_id=visit.id,
            object_token=visit.object_token,
            inspector_id=command.inspector_id,
            reason_code=command.reason_code,
            reason=command.reason,
            request=Attestation(principal.subject, principal.department, command.evidence, uow.now),
            participants=draw.participants,
        )
        if not await uow.substitutions.add(request):
            raise SubstitutionOpen
        await uow.substitutions.note(request, principal.subject, uow.now)
        await uow.commit(request)
    return request


async def confirm_substitution(command: ConfirmSubstitution, uow: DrawUnitOfWork) -> SubstitutionRequest:
    """By an officer of another department of the draw, or by a witness where there is only one.

    Raises RoleMissing, SubstitutionUnknown, NotInState, SecondPersonNeeded, OtherDepartmentNeeded, WitnessNeeded.
    """
    async with uow:
        principal = uow.principal
        principal.require(INSPECTOR, DEPARTMENT_ADMIN, WITNESS)
        # A witness belongs to none of the departments, and the row is the requester's: the rules are checked here.
        async with uow.across_departments():
            request = await uow.substitutions.find(command.request_id, for_update=True)
            if request is None:
                raise SubstitutionUnknown
            hands = await uow.parties.hands(request.draw_id)
            is_witness = any(hand.witness == principal.subject for hand in hands)
            if not is_witness and principal.department not in request.participants:
                raise SubstitutionUnknown
            second = Attestation(principal.subject, principal.department, command.evidence, uow.now)
            confirmed = request.confirmed(second, is_witness=is_witness)
            await uow.substitutions.save(confirmed)
            await uow.substitutions.note(confirmed, principal.subject, uow.now)
        await uow.commit(confirmed)
    return confirmed


async def before_request(visit_id: UUID, uow: DrawUnitOfWork) -> Before:
    async with uow.across_departments():
        made = await uow.histories.who_made(visit_id)
        accepted = await uow.seats.accepted([visit_id])
    return Before(made, accepted.get(visit_id, set()))


async def _visit(visit_id: UUID, uow: DrawUnitOfWork) -> PlannedVisit:
    visit = await uow.visits.find(visit_id)
    if visit is None:
        raise VisitUnknown
    return visit
