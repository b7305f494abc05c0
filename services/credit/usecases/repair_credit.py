"""Repair credit (信用修复, C6): apply, accept, decide. A repair granted is an input of the journal like any other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.credit.domain.entities import EntityUnknown, parse_key
from services.credit.domain.list_decisions import DecisionInFuture, ListingEnded, check_ending_day
from services.credit.domain.repaired import FactRepaired
from services.credit.domain.repairs import (
    Evidence,
    EvidenceFileMissing,
    EvidenceMissing,
    EvidenceUnknown,
    Repair,
    RepairKind,
    RepairNotOpen,
    RepairOfOthers,
    RepairState,
    RepairUnderWay,
    RepairUnknown,
    Ruling,
    Target,
)
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.access import READ, require_scope
from services.credit.usecases.apply_facts import apply_facts
from services.credit.usecases.repair_targets import Aim, find_target
from shared.events.credit import RepairDecidedV1
from shared.runtime.files import KeptFile
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE, REVIEWER
from shared.values.ids import new_id

_HANDLERS = (DEPARTMENT_ADMIN, REVIEWER, JOINT_OFFICE)


@dataclass(frozen=True, slots=True)
class ApplyForRepair:
    """`evidence`: files uploaded before, by digest."""

    entity_key: str
    aim: Aim
    grounds: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Application:
    """What is applied for, and the department that decides it."""

    entity_id: UUID
    target: Target
    department: str
    grounds: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class AcceptRepair:
    repair_id: UUID
    accept: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DecideRepair:
    repair_id: UUID
    grant: bool
    document_no: str
    authority: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawRepair:
    repair_id: UUID
    reason: str


async def apply_for_repair(command: ApplyForRepair, uow: CreditUnitOfWork) -> Repair:
    """Handed in at the counter of the department that decided. Raises RoleMissing, EntityUnknown, RepairTargetUnknown,
    RepairNotOpen, RepairOfOthers, RepairTooEarly, RepairUnderWay, EvidenceMissing, EvidenceFileMissing."""
    async with uow:
        uow.principal.require(*_HANDLERS)
        entity = await uow.replicas.find(parse_key(command.entity_key))
        if entity is None:
            raise EntityUnknown(key=command.entity_key)
        check_evidence(command.evidence, uow)
        await uow.repairs.lock(entity.entity_id)
        found = await find_target(command.aim, entity.entity_id, uow)
        department = found.origin
        if found.target.kind is RepairKind.FACT and not found.is_ours:
            # Of what came from outside the department that hands the application in answers.
            department = uow.principal.department
        if JOINT_OFFICE not in uow.principal.roles and department != uow.principal.department:
            raise RepairOfOthers(department=department)
        told = Application(entity.entity_id, found.target, department, command.grounds, command.evidence)
        repair = await application(told, uow.principal.subject, uow)
        await uow.repairs.add(repair)
        await uow.commit(repair)
    return repair


async def application(told: Application, by: str, uow: CreditUnitOfWork) -> Repair:
    """The first version, its term begun; the entity is locked. Raises RepairUnderWay."""
    for other in await uow.repairs.open_of(told.entity_id):
        if other.target == told.target:
            raise RepairUnderWay(repair_id=other.id)
    terms = (await uow.rulebooks.current()).measures.repair
    due = (await uow.calendars.in_force()).deadline(uow.today, terms.acceptance_days)
    return Repair(
        id=new_id(),
        owner_department=told.department,
        entity_id=told.entity_id,
        target=told.target,
        grounds=told.grounds,
        evidence=told.evidence,
        applied_by=by,
        applied_at=uow.now,
        acted_by=by,
        acted_at=uow.now,
        due_on=due.on,
        due_is_provisional=due.provisional,
    )


async def accept_repair(command: AcceptRepair, uow: CreditUnitOfWork) -> Repair:
    """受理 or 不予受理. Raises RoleMissing, RepairUnknown, RepairOfOthers, RepairNotIn."""
    async with uow:
        repair = await _own(command.repair_id, uow)
        by, at = uow.principal.subject, uow.now
        if command.accept:
            terms = (await uow.rulebooks.current()).measures.repair
            made = repair.accepted(
                by=by, at=at, due=(await uow.calendars.in_force()).deadline(uow.today, terms.decision_days)
            )
        else:
            made = repair.not_accepted(by=by, at=at, reason=command.reason or "")
        await uow.repairs.add(made)
        await uow.commit(made)
    return made


async def decide_repair(command: DecideRepair, uow: CreditUnitOfWork) -> Repair:
    """准予 or 不予修复; granted, list, flags and score change with it. Raises RoleMissing, RepairUnknown,
    RepairOfOthers, RepairNotIn, RepairSecondPerson, RepairNotOpen, DecisionInFuture, EndingBeforeEntry."""
    async with uow:
        repair = await _own(command.repair_id, uow)
        await _check_day(repair, command.on, uow)
        ruling = Ruling(command.document_no, command.on, command.reason)
        made = repair.decided(grant=command.grant, ruling=ruling, by=uow.principal.subject, at=uow.now)
        await uow.repairs.add(made)
        if made.state is RepairState.GRANTED:
            steps = await apply_facts([_effect(made, command, uow)], uow)
            if not steps:
                raise RepairNotOpen
        uow.emit(_decided_event(made, command, uow))
        await uow.commit(made)
    return made


async def withdraw_repair(command: WithdrawRepair, uow: CreditUnitOfWork) -> Repair:
    """Raises RoleMissing, RepairUnknown, RepairOfOthers, RepairNotIn."""
    async with uow:
        repair = await _own(command.repair_id, uow)
        made = repair.withdrawn(by=uow.principal.subject, at=uow.now, reason=command.reason)
        await uow.repairs.add(made)
        await uow.commit(made)
    return made


async def read_repair(repair_id: UUID, uow: CreditUnitOfWork) -> Sequence[Repair]:
    """Every version, the first first. Raises RepairUnknown, ScopeMissing."""
    require_scope(uow.principal, READ)
    async with uow:
        versions = await uow.repairs.versions(repair_id)
    if not versions:
        raise RepairUnknown(repair_id=repair_id)
    return versions


async def read_evidence(repair_id: UUID, digest: str, uow: CreditUnitOfWork) -> tuple[str, bytes]:
    """Name and content of a file handed in. Raises RepairUnknown, EvidenceUnknown, ScopeMissing."""
    evidence = (await read_repair(repair_id, uow))[0].evidence
    name = next((one.name for one in evidence if one.digest == digest), None)
    if name is None:
        raise EvidenceUnknown(digest=digest)
    return name, await asyncio.to_thread(_content, uow.files.kept(digest))


def _content(file: KeptFile) -> bytes:
    with file.open() as opened:
        return opened.read()


@dataclass(frozen=True, slots=True)
class RepairFilter:
    state: str | None = None
    kind: str | None = None
    entity_id: UUID | None = None


async def read_repairs(
    wanted: RepairFilter, size: int, after: tuple[datetime, UUID] | None, uow: CreditUnitOfWork
) -> Sequence[Repair]:
    require_scope(uow.principal, READ)
    async with uow:
        return await uow.repairs.newest(wanted.state, wanted.kind, wanted.entity_id, size, after)


def check_evidence(evidence: Sequence[Evidence], uow: CreditUnitOfWork) -> None:
    """Raises EvidenceMissing, EvidenceFileMissing."""
    if not evidence:
        raise EvidenceMissing
    for one in evidence:
        if not uow.files.path(one.digest).is_file():
            raise EvidenceFileMissing(digest=one.digest)


async def _own(repair_id: UUID, uow: CreditUnitOfWork) -> Repair:
    """The newest version, locked, if the caller's department answers for it."""
    uow.principal.require(*_HANDLERS)
    await uow.repairs.lock(repair_id)
    versions = await uow.repairs.versions(repair_id)
    if not versions:
        raise RepairUnknown(repair_id=repair_id)
    repair = versions[-1]
    if repair.owner_department != uow.principal.department:
        raise RepairOfOthers(department=repair.owner_department)
    return repair


async def _check_day(repair: Repair, on: date, uow: CreditUnitOfWork) -> None:
    """Raises DecisionInFuture, EndingBeforeEntry."""
    owned = None if repair.target.listing_id is None else await uow.list_proposals.listing(repair.target.listing_id)
    if owned is not None:
        check_ending_day(owned.listing, on, uow.today)
    elif on > uow.today:
        raise DecisionInFuture


def _effect(made: Repair, command: DecideRepair, uow: CreditUnitOfWork) -> ListingEnded | FactRepaired:
    target = made.target
    if target.listing_id is not None:
        return ListingEnded(
            entity_id=made.entity_id,
            listing_id=target.listing_id,
            told_at=uow.now,
            on=command.on,
            annulled=False,
            reason=f"信用修复：{command.reason}",
            document_no=command.document_no,
            authority=command.authority,
        )
    return FactRepaired(
        entity_id=made.entity_id,
        repair_id=made.id,
        fact_source=target.source or "",
        fact_key=target.key or "",
        told_at=uow.now,
        on=command.on,
        document_no=command.document_no,
        authority=command.authority,
    )


def _decided_event(made: Repair, command: DecideRepair, uow: CreditUnitOfWork) -> RepairDecidedV1:
    granted = made.state is RepairState.GRANTED
    return RepairDecidedV1(
        aggregate_version=made.version,
        repair_id=made.id,
        entity_id=made.entity_id,
        kind=made.target.kind,
        listing_id=made.target.listing_id,
        fact_source=made.target.source,
        fact_key=made.target.key,
        granted=granted,
        document_no=command.document_no,
        department=made.owner_department,
        effective_on=command.on,
        stops_publicity=granted,
        decided_at=uow.now,
    )
