"""What the story expects, as data: a test can give one of them a wrong value and must see the step fail by name."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, get_type_hints


class ExpectationUnknown(ValueError):
    """No expectation of that name; the text lists them in Chinese."""


@dataclass(frozen=True, slots=True)
class Expectations:
    """Each is looked at by exactly the step that its comment names."""

    departments: int = 22
    """registry.departments"""
    entity_rows_refused: int = 0
    """registry.entities: rows of the good file that were not taken"""
    bad_rows_refused: int = 16
    """registry.bad_rows: rows of the file with planted errors that were not taken"""
    ratio_refusal: str = "planning.ratio_falls_with_risk"
    """planning.plan_refused"""
    cap_refusal: str = "planning.ratio_above_cap"
    """planning.plan_refused"""
    plan_overlaps: int = 3
    """planning.overlaps: pairs among the three departments' plans"""
    open_slots: int = 0
    """draw.result: places no inspector could be found for"""
    outsider_refusal: int = 403
    """results.outsider: an inspector who was not drawn"""
    restricted: bool = True
    """credit.flag"""
    restricted_after_correction: bool = False
    """credit.flag_lifted"""

    def changed(self, setting: str) -> Expectations:
        """`bad_rows_refused=3` → the same with that value. Raises ExpectationUnknown."""
        name, _, value = setting.partition("=")
        hints = get_type_hints(Expectations)
        if name not in hints:
            names = "、".join(field.name for field in fields(self))
            raise ExpectationUnknown(f"没有名为 {name} 的预期，可选：{names}")
        kind = hints[name]
        wanted: Any = value.lower() == "true" if kind is bool else kind(value)
        return replace(self, **{name: wanted})
