"""Library conditions as SQL. Every leaf is two-valued (`coalesce`), so `not` means what `conditions.holds` means.

Tags are those of the object and those that departments gave it for a term that covers the day (`marks.tags_on`).
"""

from __future__ import annotations

from typing import Any

from services.registry.domain.conditions import (
    All,
    AnyOf,
    Between,
    Condition,
    Has,
    In,
    InIndustry,
    InRegion,
    Not,
)
from services.registry.domain.marks import MarkKind
from services.registry.domain.moments import Moment
from services.registry.storage.moments import moment_values, rows_at
from shared.values.industry import IndustryCode
from shared.values.region import significant

_DIVISIONS = range(1, 98)
EVERYTHING = All(())


class ConditionSql:
    """`where` is the SQL text over the columns of `entities`, `values` its named parameters. `source` are the objects
    as of the moment, to be selected from under that name."""

    def __init__(self, condition: Condition, moment: Moment, prefix: str = "c") -> None:
        """Conditions that stand in one statement have a `prefix` each for their parameters."""
        self._prefix = prefix
        self.values: dict[str, Any] = dict(moment_values(moment))
        self._moment = moment
        self.source = rows_at("entities", moment)
        self.where = self._part(condition)

    def _bind(self, value: object, sql_type: str) -> str:
        name = f"{self._prefix}{len(self.values)}"
        self.values[name] = value
        return f"CAST(:{name} AS {sql_type})"

    def _part(self, condition: Condition) -> str:
        match condition:
            case All(parts):
                return "(" + " AND ".join(["true", *map(self._part, parts)]) + ")"
            case AnyOf(parts):
                return "(" + " OR ".join(["false", *map(self._part, parts)]) + ")"
            case Not(part):
                return f"(NOT {self._part(part)})"
            case _:
                return f"coalesce({self._leaf(condition)}, false)"

    def _leaf(self, condition: Condition) -> str:
        match condition:
            case In(field, values):
                return f"{field} = ANY ({self._bind(list(values), 'text[]')})"
            case InRegion(codes):
                return self._begins("region_code", [significant(code) for code in codes])
            case InIndustry(industries):
                return " OR ".join(["false", *(self._industry(industry) for industry in industries)])
            case Has("tags", values, True):
                return " AND ".join(self._tagged([value]) for value in values)
            case Has("tags", values, False):
                return self._tagged(list(values))
            case Has(field, values, every):
                return f"{field} {'@>' if every else '&&'} {self._bind(list(values), 'text[]')}"
            case Between(field, since, until):
                lower = f" AND {field} >= {self._bind(since, 'date')}" if since else ""
                upper = f" AND {field} <= {self._bind(until, 'date')}" if until else ""
                return f"{field} IS NOT NULL{lower}{upper}"
        raise TypeError(type(condition).__name__)

    def _tagged(self, tags: list[str]) -> str:
        """Has one of the tags: of its own, or of a department by a term that covers the day."""
        bound, on = self._bind(tags, "text[]"), self._bind(self._moment.on, "date")
        return (
            f"(tags && {bound} OR id IN (SELECT entity_id FROM {rows_at('entity_marks', self._moment)}"  # noqa: S608
            f" WHERE kind = '{MarkKind.TAG}' AND name = ANY ({bound}) AND valid_from <= {on}"
            f" AND (valid_until IS NULL OR valid_until >= {on})))"
        )

    def _begins(self, field: str, prefixes: list[str]) -> str:
        bound = self._bind(prefixes, "text[]")
        return f"EXISTS (SELECT FROM unnest({bound}) AS prefix WHERE starts_with({field}, prefix))"

    def _industry(self, industry: IndustryCode) -> str:
        edition = self._bind(industry.edition.value, "text")
        # A code may be stored as its section letter alone (门类), else as digits.
        own = [industry.code] if industry.division else [industry.section, *divisions_of(industry)]
        return f"(industry_edition = {edition} AND {self._begins('industry_code', own)})"


def divisions_of(section: IndustryCode) -> list[str]:
    """The two-digit divisions (大类) of a section (门类) in its edition."""
    last = 96 if section.edition == "2011" else 97
    every = (IndustryCode(section.edition, f"{number:02d}") for number in _DIVISIONS if number <= last)
    return [division.code for division in every if division.section == section.code]
