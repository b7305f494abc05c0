"""The items of a department's list against the rules in force, the overrides approved for it, and its power and duty
list (I1–I3)."""

from __future__ import annotations

from collections.abc import Sequence

from services.planning.domain.duty_bases import check_duties
from services.planning.domain.items import Item, check_items
from services.planning.storage.unit_of_work import PlanningUnitOfWork


async def check_list(items: Sequence[Item], department: str, year: int, uow: PlanningUnitOfWork) -> None:
    """Raises what `check_items` and `check_duties` raise."""
    overrides = await uow.limit_overrides.approved(department, year)
    check_items(items, department, await uow.rules.in_force(uow.today), overrides)
    check_duties(items, await uow.duty_bases.of_department(department))
