"""What a department writes into a plan, and the content made of it under the rules in force (N1–N3, N7, I2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.planning.domain.openings import opening_of
from services.planning.domain.per_class import read_per_class
from services.planning.domain.plan_content import (
    LibraryVersion,
    PlanContent,
    check_plan,
    choose_items,
    require_still_in_force,
)
from services.planning.domain.plans import Plan
from services.planning.domain.special import SpecialInspection
from services.planning.domain.vocabulary import method_code
from services.planning.domain.windows import Window
from services.planning.storage.unit_of_work import PlanningUnitOfWork

Figures = tuple[tuple[str, int], ...]
"""A figure per credit class as written: (`A`, 10000), …"""


@dataclass(frozen=True, slots=True)
class PlanFields:
    """`ratios` in ppm; `visit_caps` and `names_open` None: the district's, if it has any. `library_version` from 1."""

    title: str
    participants: tuple[str, ...]
    item_ids: tuple[UUID, ...]
    library_id: UUID
    library_version: int
    ratios: Figures
    visit_caps: Figures | None
    window_start: date
    window_end: date
    method: str
    sole_ground: str | None
    special: SpecialInspection | None = None
    names_open: str | None = None
    names_open_basis: str | None = None
    batches: int = 0


@dataclass(frozen=True, slots=True)
class PlanOf:
    """Whose plan of which year it is: what the rules look at besides the content."""

    initiator: str
    year: int


async def content_of(fields: PlanFields, plan: PlanOf, uow: PlanningUnitOfWork) -> PlanContent:
    """The content, checked. Raises the named error of the first rule that it breaks."""
    rules = await uow.rules.in_force(uow.today)
    in_force = await uow.items.in_force(plan.year, fields.item_ids)
    content = PlanContent(
        title=fields.title,
        participants=_others(fields.participants, plan.initiator),
        items=choose_items(fields.item_ids, in_force),
        library=LibraryVersion(fields.library_id, fields.library_version),
        ratios=read_per_class(fields.ratios),
        visit_caps=read_per_class(fields.visit_caps) if fields.visit_caps else rules.visits_per_year,
        window=Window(fields.window_start, fields.window_end),
        method=method_code(fields.method),
        sole_ground=fields.sole_ground,
        special=fields.special,
        opening=opening_of(fields.names_open, fields.names_open_basis, rules),
        batches=fields.batches,
    )
    check_plan(content, plan.initiator, plan.year, rules)
    return content


async def check_again(plan: Plan, uow: PlanningUnitOfWork) -> None:
    """Rules and lists may have moved since the plan was saved. Raises what `content_of` raises."""
    in_force = await uow.items.in_force(plan.year, [item.item_id for item in plan.content.items])
    require_still_in_force(plan.content.items, in_force)
    check_plan(plan.content, plan.initiator, plan.year, await uow.rules.in_force(uow.today))


def _others(participants: Sequence[str], initiator: str) -> tuple[str, ...]:
    named: Iterable[str] = dict.fromkeys(participants)
    return tuple(one for one in named if one != initiator)
