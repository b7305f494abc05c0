"""Read libraries of any version."""

from __future__ import annotations

from uuid import UUID

from services.registry.domain.libraries import Library, LibraryUnknown
from services.registry.storage.unit_of_work import RegistryUnitOfWork


async def library_known(library_id: UUID, version: int | None, uow: RegistryUnitOfWork) -> Library:
    """The version asked for, else the newest. Raises LibraryUnknown."""
    library = await uow.libraries.find(library_id, version)
    if library is None:
        raise LibraryUnknown(library_id=library_id, version=version or "最新")
    return library
