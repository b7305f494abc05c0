"""Keep the duty map (监管职责): the joint office says which department answers by approval or by industry (L6)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.registry.domain.change_sets import ChangeSet
from services.registry.domain.departments import DepartmentUnknown
from services.registry.domain.duties import Duty, DutyContent, DutyUnknown
from services.registry.storage.duties import DutyFilter
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from shared.runtime.principal import JOINT_OFFICE
from shared.runtime.problems import VersionChanged
from shared.values.ids import new_id

__all__ = ["DutyFilter", "MapDuty", "ReviseDuty", "duty_known", "map_duty", "revise_duty"]


@dataclass(frozen=True, slots=True)
class MapDuty:
    content: DutyContent


@dataclass(frozen=True, slots=True)
class ReviseDuty:
    duty_id: UUID
    expected_version: int
    content: DutyContent


async def map_duty(command: MapDuty, uow: RegistryUnitOfWork) -> Duty:
    """Raises DutyIncomplete, DutyTermInvalid, InvalidIndustry, DepartmentUnknown, RoleMissing."""
    async with uow:
        change_set = await _begun(command.content, uow)
        who = uow.principal.subject
        duty = Duty(new_id(), uow.district, 1, change_set.id, uow.now, command.content, who)
        return await _saved(duty, change_set, uow)


async def revise_duty(command: ReviseDuty, uow: RegistryUnitOfWork) -> Duty:
    """A new version; earlier ones stay readable. Raises DutyUnknown, VersionChanged, and what `map_duty` raises."""
    async with uow:
        change_set = await _begun(command.content, uow)
        duty = await uow.duties.find(command.duty_id, for_update=True)
        if duty is None:
            raise DutyUnknown(duty_id=command.duty_id)
        if duty.version != command.expected_version:
            raise VersionChanged
        revised = duty.revised(command.content, change_set.id, uow.now, uow.principal.subject)
        return await _saved(revised, change_set, uow)


async def duty_known(duty_id: UUID, uow: RegistryUnitOfWork) -> Duty:
    """Raises DutyUnknown."""
    duty = await uow.duties.find(duty_id)
    if duty is None:
        raise DutyUnknown(duty_id=duty_id)
    return duty


async def _begun(content: DutyContent, uow: RegistryUnitOfWork) -> ChangeSet:
    uow.principal.require(JOINT_OFFICE)
    content.check()
    if await uow.departments.find(content.department) is None:
        raise DepartmentUnknown(code=content.department)
    return uow.change_set("duties", "edit", owner=uow.principal.department)


async def _saved(duty: Duty, change_set: ChangeSet, uow: RegistryUnitOfWork) -> Duty:
    await uow.duties.save(duty)
    await uow.record(change_set)
    await uow.commit(duty)
    return duty
