"""What rows and edits are judged against, loaded from the district of the transaction."""

from __future__ import annotations

from services.registry.domain.departments import spellings
from services.registry.domain.import_rows import DistrictFacts
from services.registry.domain.regions import DistrictRegions
from services.registry.storage.unit_of_work import RegistryUnitOfWork


async def district_facts(uow: RegistryUnitOfWork) -> DistrictFacts:
    departments = await uow.departments.all()
    terms = [stored.term for stored in await uow.regions.all()]
    return DistrictFacts(uow.today, spellings(departments), DistrictRegions(terms, uow.today))
