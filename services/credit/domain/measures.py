"""Joint-punishment measures (联合惩戒措施) as data: which list triggers which measure in which area, and why (C4).

Outside 全国失信惩戒措施基础清单 no measure is allowed, so what is not in the catalogue is never raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from services.credit.domain.days import add_months
from shared.values.errors import Invalid


class AreaUnknown(Invalid):
    message = "没有“{area}”这个惩戒领域，可查询：{known}"


class MeasureCatalogueInvalid(Invalid):
    message = "惩戒措施清单有误：{reason}"


@dataclass(frozen=True, slots=True)
class Area:
    """`government_procurement` 政府采购 and the like."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ListKind:
    """`abnormal_operations` 经营异常名录 and the like."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Measure:
    """`term_months` None: as long as the entity is on the list. `lists`: entries of these trigger it."""

    code: str
    name: str
    area: str
    legal_basis: str
    executing_department: str
    term_months: int | None
    lists: frozenset[str]

    def last_day(self, starts_on: date, listed_until: date | None) -> date | None:
        """The last day of the measure: its own term or the entry's, whichever ends first; None: open."""
        if self.term_months is None:
            return listed_until
        own = add_months(starts_on, self.term_months) - timedelta(days=1)
        return own if listed_until is None else min(own, listed_until)


@dataclass(frozen=True, slots=True)
class MeasureCatalogue:
    """One version of the catalogue."""

    version: int
    title: str
    areas: tuple[Area, ...]
    lists: tuple[ListKind, ...]
    measures: tuple[Measure, ...]

    def triggered_by(self, list_code: str) -> tuple[Measure, ...]:
        return tuple(measure for measure in self.measures if list_code in measure.lists)

    def area(self, code: str) -> Area:
        """Raises AreaUnknown."""
        for area in self.areas:
            if area.code == code:
                return area
        raise AreaUnknown(area=code, known="、".join(f"{area.code}（{area.name}）" for area in self.areas))

    def list_name(self, code: str) -> str:
        return next((found.name for found in self.lists if found.code == code), code)

    def measure_name(self, code: str) -> str:
        return next((found.name for found in self.measures if found.code == code), code)

    def checked(self) -> MeasureCatalogue:
        """Itself; raises MeasureCatalogueInvalid when a measure names an area or list that is not there."""
        areas, lists = {area.code for area in self.areas}, {found.code for found in self.lists}
        for measure in self.measures:
            if measure.area not in areas or measure.lists - lists:
                raise MeasureCatalogueInvalid(reason=f"措施 {measure.code} 的领域或名单不存在")
        if len({measure.code for measure in self.measures}) != len(self.measures):
            raise MeasureCatalogueInvalid(reason="措施代码重复")
        return self
