"""The inspection sheet (检查表): what a department inspects in a task, worded as in the list version the plan used."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.items import ItemLevel, LegalBasis


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One item to inspect; `methods` are codes of `vocabulary`."""

    department: str
    item_id: UUID
    code: str
    name: str
    level: ItemLevel
    bases: tuple[LegalBasis, ...]
    content: tuple[str, ...]
    methods: tuple[str, ...]
    list_version: int
