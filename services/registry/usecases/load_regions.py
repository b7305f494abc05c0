"""Load the dated region codes of the district (载入行政区划): new terms come in, known ones are brought up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.registry.domain.regions import StoredTerm, check_terms
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from shared.runtime.principal import JOINT_OFFICE, OPERATIONS
from shared.values.ids import new_id
from shared.values.region import RegionTerm


@dataclass(frozen=True, slots=True)
class LoadRegions:
    terms: tuple[RegionTerm, ...]


async def load_regions(command: LoadRegions, uow: RegistryUnitOfWork) -> Sequence[StoredTerm]:
    """Gives every term of the district. Raises InvalidRegion, RegionTermsInvalid, RoleMissing."""
    async with uow:
        uow.principal.require(JOINT_OFFICE, OPERATIONS)
        check_terms(command.terms)
        known = {(stored.term.code, stored.term.since): stored for stored in await uow.regions.all()}
        changed = [stored for term in command.terms if (stored := _brought_up(term, known, uow)) is not None]
        if changed:
            change_set = uow.change_set("regions", "edit", rows=len(changed))
            for stored in changed:
                await uow.regions.save(stored, change_set)
            await uow.record(change_set)
        loaded = await uow.regions.all()
        await uow.commit(loaded)
    return loaded


def _brought_up(
    term: RegionTerm, known: dict[tuple[str, date | None], StoredTerm], uow: RegistryUnitOfWork
) -> StoredTerm | None:
    before = known.get((term.code, term.since))
    if before is None:
        return StoredTerm(new_id(), uow.district, term)
    return None if before.term == term else replace(before, term=term, version=before.version + 1)
