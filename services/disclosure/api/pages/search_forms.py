"""The search form as it comes: empty fields are not asked for, a wrong one is named beside itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.disclosure.domain.views import SearchQuery

FIELDS: Final = ("q", "department", "from_on", "to_on", "result_type", "plan_no", "task_no", "cursor")
_CHECKED: Final = ("q", "from_on", "to_on")
_LONGEST: Final = 100
_SHORTEST: Final = 2
"""Characters of a name: one would name half the district."""


@dataclass(frozen=True, slots=True)
class SearchForm:
    """`filters`: what was filled in, None where it was not; `errors`: field → what is wrong with it, or None."""

    filters: dict[str, str | None]
    errors: dict[str, str | None]
    query: SearchQuery

    @property
    def is_wrong(self) -> bool:
        return any(self.errors.values())

    @property
    def is_narrowed(self) -> bool:
        """Whether more is asked than a name."""
        return any(self.filters[field] for field in FIELDS if field not in ("q", "cursor"))


def read_form(given: Mapping[str, str | None]) -> SearchForm:
    """Reads the fields; never raises."""
    filters = {field: (given.get(field) or "").strip() or None for field in FIELDS}
    errors: dict[str, str | None] = dict.fromkeys(_CHECKED)
    text = filters["q"]
    if text is not None and not _SHORTEST <= len(text) <= _LONGEST:
        errors["q"] = "请输入至少两个字" if len(text) < _SHORTEST else f"最多 {_LONGEST} 个字"
    from_on = _day(filters, errors, "from_on")
    to_on = _day(filters, errors, "to_on")
    if from_on and to_on and from_on > to_on:
        errors["to_on"] = "结束日期早于开始日期"
    query = SearchQuery(
        text=text,
        plan_no=filters["plan_no"],
        task_no=filters["task_no"],
        department=filters["department"],
        from_on=from_on,
        to_on=to_on,
        result_type=filters["result_type"],
    )
    return SearchForm(filters, errors, query)


def _day(filters: Mapping[str, str | None], errors: dict[str, str | None], field: str) -> date | None:
    stated = filters[field]
    if stated is None:
        return None
    try:
        return date.fromisoformat(stated)
    except ValueError:
        errors[field] = "日期应写成年-月-日，例如 2026-03-01"
        return None
