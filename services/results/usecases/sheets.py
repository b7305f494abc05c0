"""The inspection sheet (检查表): what a department's officers check at a visit.

Planning words it, or the department itself where nothing was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.results.domain.records import InspectionRecord, VisitUnknown
from services.results.domain.undrawn import CheckItem
from services.results.domain.vocabulary import Vocabulary
from services.results.storage.unit_of_work import ResultsUnitOfWork
from shared.runtime.problems import PeerUnavailable


@dataclass(frozen=True, slots=True)
class ItemLine:
    """`name` None: planning could not be asked just now. `bases`: law and article."""

    item_id: UUID
    name: str | None
    code: str | None = None
    list_version: int | None = None
    level: str | None = None
    content: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    bases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """`outcomes`: the vocabulary in which the items are answered today."""

    record: InspectionRecord
    lines: tuple[ItemLine, ...]
    outcomes: Vocabulary


async def sheet_of_visit(visit_id: UUID, uow: ResultsUnitOfWork) -> Sheet:
    """The caller's department's. Raises VisitUnknown."""
    async with uow:
        record = await uow.records.find_of_visit(visit_id, uow.principal.department)
        if record is None:
            raise VisitUnknown
        own_items = await uow.inspection.undrawn.items_of(visit_id)
        outcomes = (await uow.vocabularies.on(uow.today)).outcomes
    return Sheet(record, await items_of_part(uow, record, own_items), outcomes)


async def items_of_part(
    uow: ResultsUnitOfWork, record: InspectionRecord, own_items: Sequence[CheckItem]
) -> tuple[ItemLine, ...]:
    """The items assigned, in the sheet's order. Asks planning: no transaction may be open (REL33)."""
    if own_items:
        return tuple(ItemLine(item.item_id, item.item_name) for item in own_items)
    where = record.assignment
    found = {line.item_id: line for line in await _asked(uow, record) if line.item_id in where.item_ids}
    missing = [ItemLine(item_id, None) for item_id in where.item_ids if item_id not in found]
    return (*found.values(), *missing)


async def _asked(uow: ResultsUnitOfWork, record: InspectionRecord) -> list[ItemLine]:
    if uow.planning is None:
        return []
    where = record.assignment
    try:
        lines = await uow.planning.sheet(where.task_id, where.department, uow.principal)
    except PeerUnavailable:
        return []
    return [
        ItemLine(
            line.item.item_id,
            line.item.name,
            line.item.code,
            line.item.list_version,
            line.level,
            line.content,
            line.methods,
            line.bases,
        )
        for line in lines
    ]
