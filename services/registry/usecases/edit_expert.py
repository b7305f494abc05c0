"""Register, edit, suspend, reinstate an expert or an institution (专家库): the joint office keeps it (L4, B2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.registry.domain.change_sets import ChangeSet
from services.registry.domain.experts import Expert, ExpertContent, ExpertInvalid, ExpertUnknown
from services.registry.domain.import_rows import ImportKind, read_row
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases._facts import district_facts
from services.registry.usecases.edit_entity import KEPT
from shared.runtime.principal import JOINT_OFFICE
from shared.runtime.problems import VersionChanged
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class CreateExpert:
    """`cells` are texts by the field names of an import file: edits and files are judged by the same rules."""

    cells: Mapping[str, str]
    phone: str | None = field(default=None, metadata={"personal": True})


@dataclass(frozen=True, slots=True)
class ReviseExpert:
    """`phone` may be `KEPT`."""

    expert_id: UUID
    expected_version: int
    cells: Mapping[str, str]
    phone: str | None = field(default=None, metadata={"personal": True})


@dataclass(frozen=True, slots=True)
class SuspendExpert:
    expert_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class ReinstateExpert:
    expert_id: UUID


async def create_expert(command: CreateExpert, uow: RegistryUnitOfWork) -> Expert:
    """Raises ExpertInvalid, ExpertNumberTaken, RoleMissing."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        content = await _content(command.cells, command.phone, uow)
        change_set = _change_set(uow)
        return await _saved(Expert(new_id(), uow.district, 1, change_set.id, uow.now, content), change_set, uow)


async def revise_expert(command: ReviseExpert, uow: RegistryUnitOfWork) -> Expert:
    """Raises ExpertUnknown, ExpertInvalid, ExpertNumberTaken, RoleMissing, VersionChanged."""
    async with uow:
        expert = await _held(command.expert_id, uow)
        if expert.version != command.expected_version:
            raise VersionChanged
        phone = expert.content.phone if command.phone == KEPT else command.phone
        content = await _content(command.cells, phone, uow)
        change_set = _change_set(uow)
        return await _saved(expert.revised(content, change_set.id, uow.now), change_set, uow)


async def suspend_expert(command: SuspendExpert, uow: RegistryUnitOfWork) -> Expert:
    """Out of later pools at once. Raises ExpertUnknown, ExpertNotActive, RoleMissing."""
    return await _moved(
        command.expert_id, uow, lambda expert, kept: expert.suspended(command.reason, kept.id, kept.recorded_at)
    )


async def reinstate_expert(command: ReinstateExpert, uow: RegistryUnitOfWork) -> Expert:
    """Raises ExpertUnknown, ExpertNotSuspended, RoleMissing."""
    return await _moved(command.expert_id, uow, lambda expert, kept: expert.reinstated(kept.id, kept.recorded_at))


async def expert_known(expert_id: UUID, uow: RegistryUnitOfWork) -> Expert:
    """Raises ExpertUnknown."""
    expert = await uow.experts.find(expert_id)
    if expert is None:
        raise ExpertUnknown(expert_id=expert_id)
    return expert


async def _moved(expert_id: UUID, uow: RegistryUnitOfWork, move: Callable[[Expert, ChangeSet], Expert]) -> Expert:
    async with uow:
        expert = await _held(expert_id, uow)
        change_set = _change_set(uow)
        return await _saved(move(expert, change_set), change_set, uow)


async def _held(expert_id: UUID, uow: RegistryUnitOfWork) -> Expert:
    uow.principal.require(JOINT_OFFICE)
    expert = await uow.experts.find(expert_id, for_update=True)
    if expert is None:
        raise ExpertUnknown(expert_id=expert_id)
    return expert


def _change_set(uow: RegistryUnitOfWork) -> ChangeSet:
    return uow.change_set("experts", "edit", owner=uow.principal.department or None)


async def _saved(expert: Expert, change_set: ChangeSet, uow: RegistryUnitOfWork) -> Expert:
    await uow.experts.save(expert)
    await uow.record(change_set)
    await uow.commit(expert)
    return expert


async def _content(cells: Mapping[str, str], phone: str | None, uow: RegistryUnitOfWork) -> ExpertContent:
    read = read_row(ImportKind.EXPERTS, {**cells, "phone": phone or ""}, await district_facts(uow))
    if not isinstance(read.content, ExpertContent):
        raise ExpertInvalid(
            [{"pointer": f"/{fault.field}", "code": fault.code, "message": fault.message} for fault in read.faults]
        )
    return read.content
