"""The no-disturb list (不打扰名单, B19): enter an object with ground and term, take it off early."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.draw.domain.exclusions import EntryEnded, EntryKnown, EntryUnknown, NoDisturbEntry, check_term
from services.draw.storage.unit_of_work import DrawUnitOfWork
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class EnterNoDisturb:
    """Days included; afterwards the object is drawable again without anybody's act."""

    entity_id: UUID
    ground: str
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class EndNoDisturb:
    entry_id: UUID


async def enter_no_disturb(command: EnterNoDisturb, uow: DrawUnitOfWork) -> NoDisturbEntry:
    """Applies to every pool frozen from then on. Raises RoleMissing, EntryWithoutTerm, EntryKnown."""
    async with uow:
        principal = uow.principal
        principal.require(DEPARTMENT_ADMIN, JOINT_OFFICE)
        check_term(command.from_on, command.until_on)
        entry = NoDisturbEntry(
            id=new_id(),
            owner_department=principal.department,
            entity_id=command.entity_id,
            ground=command.ground,
            from_on=command.from_on,
            until_on=command.until_on,
            entered_by=principal.subject,
            entered_at=uow.now,
        )
        if not await uow.no_disturb.add(entry):
            raise EntryKnown
        await uow.commit(entry)
    return entry


async def end_no_disturb(command: EndNoDisturb, uow: DrawUnitOfWork) -> NoDisturbEntry:
    """By the department that entered it, or the joint office. Raises RoleMissing, EntryUnknown, EntryEnded."""
    async with uow:
        principal = uow.principal
        principal.require(DEPARTMENT_ADMIN, JOINT_OFFICE)
        entry = await uow.no_disturb.find(command.entry_id)
        if entry is None:
            raise EntryUnknown
        if JOINT_OFFICE not in principal.roles and principal.department != entry.owner_department:
            raise EntryUnknown
        ended = entry.ended(principal.subject, uow.now)
        if not await uow.no_disturb.end(ended):
            raise EntryEnded
        await uow.commit(ended)
    return ended
