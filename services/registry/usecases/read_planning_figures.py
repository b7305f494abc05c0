"""Read the figures that plans are tried on: overlaps of libraries, officers by tags (N4, B8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.registry.domain.memberships import Membership, OfficerGroup
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases.read_libraries import library_known


async def memberships_of(wanted: Sequence[tuple[UUID, int]], uow: RegistryUnitOfWork) -> Sequence[Membership]:
    """Of the library versions in their order. Raises LibraryUnknown."""
    libraries = [await library_known(library_id, version, uow) for library_id, version in wanted]
    return await uow.planning_figures.memberships([library.conditions for library in libraries], uow.today)


async def officers_of(departments: Sequence[str], on: date, uow: RegistryUnitOfWork) -> Sequence[OfficerGroup]:
    return await uow.planning_figures.officers(departments, on)
