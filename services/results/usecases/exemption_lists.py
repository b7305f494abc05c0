"""What was exempted from publication (免予公示), as it is read."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.results.domain.exemptions import Exemption
from services.results.storage.exemptions import ExemptionFilter as ExemptionFilter
from services.results.storage.unit_of_work import ResultsUnitOfWork


async def page_of_exemptions(
    wanted: ExemptionFilter, uow: ResultsUnitOfWork, size: int, after: tuple[date, UUID] | None
) -> list[Exemption]:
    async with uow:
        return await exemptions_of(wanted, uow, size, after)


async def exemptions_of(
    wanted: ExemptionFilter, uow: ResultsUnitOfWork, size: int, after: tuple[date, UUID] | None
) -> list[Exemption]:
    """Inside an open unit of work: at most `size`, by day."""
    return await uow.review.exemptions.page(wanted, size, after)
