"""Sign the yearly review of a library (名录库年度核查, L7), and see who signed what and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registry.domain.reviews import (
    EXPERTS_KEEPER,
    NotOwnReview,
    Review,
    Reviewable,
    ReviewAlreadySigned,
    ReviewStanding,
    ReviewState,
    ReviewSubject,
    ReviewSubjectInvalid,
    ReviewYearInvalid,
    standings,
)
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases.read_libraries import library_known, members_of
from shared.events.registry import ReviewSignedV1
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class SignReview:
    year: int
    subject: str
    library_id: UUID | None
    note: str | None


async def sign_review(command: SignReview, uow: RegistryUnitOfWork) -> Review:
    """The keeper of a library signs that it was looked through. Raises ReviewYearInvalid, ReviewSubjectInvalid,
    LibraryUnknown, NotOwnReview, ReviewAlreadySigned, RoleMissing."""
    async with uow:
        uow.principal.require(DEPARTMENT_ADMIN, JOINT_OFFICE)
        if command.year not in (uow.today.year, uow.today.year - 1):
            raise ReviewYearInvalid(year=uow.today.year)
        wanted = await _wanted(command, uow)
        _check_keeper(wanted, uow)
        (standing,) = standings([wanted], await uow.reviews.of_year(command.year), command.year, uow.today)
        if standing.state == ReviewState.SIGNED and standing.review is not None:
            raise ReviewAlreadySigned(year=command.year, signed_by=standing.review.signed_by)
        change_set = uow.change_set("reviews", "edit", owner=uow.principal.department)
        review = Review(
            id=new_id(),
            district=uow.district,
            change_set_id=change_set.id,
            year=command.year,
            department=wanted.department,
            subject=wanted.subject,
            library_id=wanted.library_id,
            library_version=wanted.library_version,
            members=await _members(wanted, uow),
            note=command.note,
            signed_by=uow.principal.subject,
            signed_at=uow.now,
        )
        await uow.reviews.add(review)
        await uow.record(change_set)
        uow.emit(_told(review))
        await uow.commit(review)
    return review


async def review_standings(year: int, department: str | None, uow: RegistryUnitOfWork) -> Sequence[ReviewStanding]:
    """Every library that is to be reviewed, by department, with its signature or none."""
    wanted = [
        Reviewable(library.owner_department, ReviewSubject.OBJECTS, library.id, library.version, library.name)
        for library in await uow.libraries.all()
    ]
    departments = await uow.departments.all()
    wanted += [Reviewable(one.code, ReviewSubject.INSPECTORS, name=one.name) for one in departments]
    wanted.append(Reviewable(EXPERTS_KEEPER, ReviewSubject.EXPERTS, name="全区"))
    chosen = [one for one in wanted if department in (None, one.department)]
    chosen.sort(key=lambda one: (one.department, one.subject, one.name))
    return standings(chosen, await uow.reviews.of_year(year), year, uow.today)


async def _wanted(command: SignReview, uow: RegistryUnitOfWork) -> Reviewable:
    if (command.subject == ReviewSubject.OBJECTS) != (command.library_id is not None):
        raise ReviewSubjectInvalid
    if command.library_id is not None:
        library = await library_known(command.library_id, None, uow)
        return Reviewable(library.owner_department, command.subject, library.id, library.version, library.name)
    if command.subject == ReviewSubject.EXPERTS:
        return Reviewable(EXPERTS_KEEPER, command.subject)
    return Reviewable(uow.principal.department, command.subject)


def _check_keeper(wanted: Reviewable, uow: RegistryUnitOfWork) -> None:
    if wanted.subject == ReviewSubject.EXPERTS:
        uow.principal.require(JOINT_OFFICE)
    elif wanted.department != uow.principal.department:
        raise NotOwnReview(department=wanted.department)


async def _members(wanted: Reviewable, uow: RegistryUnitOfWork) -> int:
    if wanted.library_id is not None:
        return await members_of(wanted.library_id, uow)
    if wanted.subject == ReviewSubject.EXPERTS:
        return await uow.reviews.experts()
    return await uow.reviews.inspectors(wanted.department)


def _told(review: Review) -> ReviewSignedV1:
    return ReviewSignedV1(
        aggregate_version=1,
        review_id=review.id,
        year=review.year,
        department=review.department,
        subject=review.subject,
        library_id=review.library_id,
        library_version=review.library_version,
        members=review.members,
        signed_at=review.signed_at,
    )
