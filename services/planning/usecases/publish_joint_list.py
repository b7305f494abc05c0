"""The joint office publishes the year's joint item list (部门联合抽查事项清单, I5), and when lists are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.planning.domain.joint_lists import (
    JointEntry,
    JointList,
    ListDeadline,
    department_deadline,
    joint_deadline,
    list_entries,
)
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from shared.events.planning import JointListPublishedV1
from shared.runtime.principal import JOINT_OFFICE
from shared.runtime.unit_of_work import SHANGHAI
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class PublishJointList:
    year: int
    entries: tuple[JointEntry, ...]


async def publish_joint_list(command: PublishJointList, uow: PlanningUnitOfWork) -> JointList:
    """The next version, made from the lists in force for the year. Raises RoleMissing or what `list_entries` raises."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        wanted = {item_id for entry in command.entries for item_id in entry.item_ids}
        entries = list_entries(command.entries, await uow.items.in_force(command.year, wanted))
        joint = JointList(
            id=new_id(),
            district=uow.district,
            year=command.year,
            version=await uow.counters.next("joint_list", str(command.year)),
            entries=entries,
            published_by=uow.principal.subject,
            published_at=uow.now,
        )
        await uow.joint_lists.add(joint)
        uow.emit(
            JointListPublishedV1(
                aggregate_version=joint.version,
                joint_list_id=joint.id,
                year=joint.year,
                version=joint.version,
                entry_count=len(joint.entries),
                published_at=joint.published_at,
            )
        )
        await uow.commit(joint)
    return joint


async def list_deadlines(year: int, uow: PlanningUnitOfWork) -> Sequence[ListDeadline]:
    """Of the departments that ever published a list, and of the joint list; as far as the caller sees them."""
    async with uow:
        first = await uow.joint_lists.first_published(year)
        joint = await uow.joint_lists.versions(year)
    departments = [department_deadline(year, one, at.astimezone(SHANGHAI).date() if at else None) for one, at in first]
    done = joint[-1].published_at.astimezone(SHANGHAI).date() if joint else None
    return [*departments, joint_deadline(year, done)]
