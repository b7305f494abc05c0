"""Enter and cancel leaves of inspectors (休假): his own department does it; later pools heed it at once (L3, L7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.domain.change_sets import ChangeSet
from services.registry.domain.inspectors import Inspector, InspectorUnknown, NotOwnInspector
from services.registry.domain.leaves import Leave, LeaveOverlaps, LeaveUnknown
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from shared.runtime.principal import DEPARTMENT_ADMIN
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class PlanLeave:
    inspector_id: UUID
    starts_on: date
    ends_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class CancelLeave:
    inspector_id: UUID
    leave_id: UUID


async def plan_leave(command: PlanLeave, uow: RegistryUnitOfWork) -> Leave:
    """Raises InspectorUnknown, NotOwnInspector, LeaveTermInvalid, LeaveOverlaps, RoleMissing."""
    async with uow:
        inspector = await _own(command.inspector_id, uow)
        change_set = _change_set(uow)
        leave = Leave(
            id=new_id(),
            district=uow.district,
            version=1,
            change_set_id=change_set.id,
            changed_at=uow.now,
            owner_department=inspector.content.owner_department,
            inspector_id=inspector.id,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            reason=command.reason,
            is_cancelled=False,
            changed_by=uow.principal.subject,
        )
        for other in await uow.leaves.of(inspector.id):
            if leave.overlaps(other):
                raise LeaveOverlaps(starts_on=other.starts_on, ends_on=other.ends_on)
        return await _saved(leave, change_set, uow)


async def cancel_leave(command: CancelLeave, uow: RegistryUnitOfWork) -> Leave:
    """Raises InspectorUnknown, LeaveUnknown, LeaveCancelled, NotOwnInspector, RoleMissing."""
    async with uow:
        inspector = await _own(command.inspector_id, uow)
        leave = await uow.leaves.find(command.leave_id)
        if leave is None or leave.inspector_id != inspector.id:
            raise LeaveUnknown(leave_id=command.leave_id)
        change_set = _change_set(uow)
        return await _saved(leave.cancelled(change_set.id, uow.now, uow.principal.subject), change_set, uow)


async def _own(inspector_id: UUID, uow: RegistryUnitOfWork) -> Inspector:
    """Held, so that two leaves entered at once do not overlap."""
    uow.principal.require(DEPARTMENT_ADMIN)
    inspector = await uow.inspectors.find(inspector_id)
    if inspector is None:
        raise InspectorUnknown(key=inspector_id)
    if inspector.content.owner_department != uow.principal.department:
        raise NotOwnInspector(department=uow.principal.department)
    return await uow.inspectors.find(inspector_id, for_update=True) or inspector


def _change_set(uow: RegistryUnitOfWork) -> ChangeSet:
    return uow.change_set("leaves", "edit", owner=uow.principal.department)


async def _saved(leave: Leave, change_set: ChangeSet, uow: RegistryUnitOfWork) -> Leave:
    await uow.leaves.save(leave)
    await uow.record(change_set)
    await uow.commit(leave)
    return leave
