"""Start, accept and cancel an import (批量导入); the worker does the work (`run_import`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registry.domain.import_fields import PersonalDefault, field_named
from services.registry.domain.import_jobs import (
    ImportFileMissing,
    ImportJob,
    ImportJobUnknown,
    ImportMode,
    ImportSource,
)
from services.registry.domain.import_rows import ImportKind
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases.read_imports import job_known
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE
from shared.values.ids import new_id

OFFICE_KINDS = frozenset({ImportKind.DEPARTMENTS, ImportKind.EXPERTS})
"""What belongs to no department: the joint office imports it."""


@dataclass(frozen=True, slots=True)
class StartImport:
    kind: ImportKind
    source: ImportSource
    mode: ImportMode
    is_preview: bool
    resend_of: UUID | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class AcceptImport:
    job_id: UUID


@dataclass(frozen=True, slots=True)
class CancelImport:
    job_id: UUID


async def start_import(command: StartImport, uow: RegistryUnitOfWork) -> ImportJob:
    """Queues a job. A department administrator imports what his department answers for, the joint office everything.

    Raises ImportFileMissing, UnknownImportField, PersonalDefault, ImportJobUnknown, ResendUnfit, RoleMissing.
    """
    async with uow:
        roles = (JOINT_OFFICE,) if command.kind in OFFICE_KINDS else (JOINT_OFFICE, DEPARTMENT_ADMIN)
        uow.principal.require(*roles)
        source = command.source
        for name in (*source.mapping, *source.defaults):
            field_named(command.kind, name)
        for name in source.defaults:
            if (field := field_named(command.kind, name)).personal:
                raise PersonalDefault(header=field.header)
        if not uow.files.path(source.file_digest).is_file():
            raise ImportFileMissing(digest=source.file_digest)
        if command.resend_of is not None:
            (await job_known(command.resend_of, uow)).check_resend(command.kind)
        job = ImportJob(
            id=new_id(),
            district=uow.district,
            owner_department=uow.principal.department,
            scope_department=None if JOINT_OFFICE in uow.principal.roles else uow.principal.department,
            kind=command.kind,
            source=source,
            mode=command.mode,
            is_preview=command.is_preview,
            created_by=uow.principal.subject,
            created_at=uow.now,
            resend_of=command.resend_of,
            as_of=command.as_of,
        )
        await uow.imports.add(job)
        await uow.rejects.expect(job, uow.now)
        await uow.commit(job)
    return job


async def accept_import(command: AcceptImport, uow: RegistryUnitOfWork) -> ImportJob:
    """The preview is to be committed. Raises ImportJobUnknown, ImportJobNotIn, RoleMissing."""
    async with uow:
        job = (await _job(command.job_id, uow)).accepted()
        await uow.imports.save(job)
        await uow.imports.enqueue(job)
        await uow.commit(job)
    return job


async def cancel_import(command: CancelImport, uow: RegistryUnitOfWork) -> ImportJob:
    """Raises ImportJobUnknown, ImportJobNotIn, RoleMissing."""
    async with uow:
        job = (await _job(command.job_id, uow)).cancelled(uow.now)
        await uow.imports.save(job)
        await uow.rejects.expect(job, uow.now)
        await uow.commit(job)
    return job


async def _job(job_id: UUID, uow: RegistryUnitOfWork) -> ImportJob:
    uow.principal.require(JOINT_OFFICE, DEPARTMENT_ADMIN)
    job = await uow.imports.find(job_id, for_update=True)
    if job is None:
        raise ImportJobUnknown(job_id=job_id)
    return job
