"""Plans whose scopes and windows overlap are found (进一次门，查多项事: 工作方案二（四）; N4)."""

from __future__ import annotations

from collections.abc import Sequence

from services.planning.domain.overlaps import Overlap, Side, find_overlaps, meeting_pairs
from services.planning.domain.plans import MERGEABLE
from services.planning.storage.unit_of_work import PlanningUnitOfWork


async def overlaps_of_year(year: int, uow: PlanningUnitOfWork) -> Sequence[Overlap]:
    """Among the plans of the year that the caller may see, submitted or further, the largest saving first. Registry is
    asked once, outside the transaction."""
    async with uow:
        sides = await sides_of_year(year, uow)
    return await overlaps_among(meeting_pairs(sides), uow)


async def sides_of_year(year: int, uow: PlanningUnitOfWork) -> list[Side]:
    """Inside a transaction."""
    views = await uow.plans.of_year(year, MERGEABLE)
    return [Side.of(view.plan, view.plan.content) for view in views]


async def overlaps_among(pairs: Sequence[tuple[Side, Side]], uow: PlanningUnitOfWork) -> Sequence[Overlap]:
    """Outside a transaction."""
    libraries = [side.library for pair in pairs for side in pair]
    return find_overlaps(pairs, await uow.registry.census(libraries, uow.principal)) if pairs else []
