"""Read libraries of any version, and what came in and went out between two of them or since a day."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.registry.domain.libraries import Library, LibraryUnknown, NothingToCompare, Side
from services.registry.domain.moments import Moment
from services.registry.storage.unit_of_work import RegistryUnitOfWork


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two memberships of one library: the version and moment before, and those after (always of now)."""

    library: Library
    earlier: Library
    before: Side
    after: Side


async def library_known(library_id: UUID, version: int | None, uow: RegistryUnitOfWork) -> Library:
    """The version asked for, else the newest. Raises LibraryUnknown."""
    library = await uow.libraries.find(library_id, version)
    if library is None:
        raise LibraryUnknown(library_id=library_id, version=version or "最新")
    return library


async def members_of(library_id: UUID, uow: RegistryUnitOfWork) -> int:
    """How many objects the newest version holds now, those that cannot be drawn among them."""
    library = await library_known(library_id, None, uow)
    counts = await uow.entity_lists.count(library.conditions, Moment(uow.today))
    return counts.total + counts.excluded


async def comparison(
    library_id: UUID, version: int | None, against: int | None, moment: Moment, uow: RegistryUnitOfWork
) -> Comparison:
    """`moment` of the past: against the membership of then, by the version in force then unless `against` names one.
    Else against another version's membership of now, by default the version before. Raises LibraryUnknown,
    NothingToCompare."""
    library = await library_known(library_id, version, uow)
    earlier = await _earlier(library, against, moment, uow)
    after = Side(library.conditions, Moment(uow.today))
    return Comparison(library, earlier, Side(earlier.conditions, moment), after)


async def _earlier(library: Library, against: int | None, moment: Moment, uow: RegistryUnitOfWork) -> Library:
    if against is not None:
        return await library_known(library.id, against, uow)
    if moment.known_at is not None:
        # A library that was not defined then is compared by what it would have held.
        return await uow.libraries.find_at(library.id, moment.known_at) or await library_known(library.id, 1, uow)
    if library.version == 1:
        raise NothingToCompare(name=library.name)
    return await library_known(library.id, library.version - 1, uow)
