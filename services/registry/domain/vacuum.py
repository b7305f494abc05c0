"""Regulatory vacuum (监管真空, L6): objects nobody answers for, items with no object or no qualified inspector."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ItemAsked:
    """An inspection item of planning (抽查事项): the kinds of objects it is for, the fields an inspector may hold."""

    item_id: UUID
    department: str
    kinds: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemFound:
    """`objects`: objects in being of those kinds that the department answers for, declared or by the duty map.
    `inspectors`: its officers who may inspect on the day and hold one of the fields, any where the item names none."""

    item_id: UUID
    objects: int
    inspectors: int
