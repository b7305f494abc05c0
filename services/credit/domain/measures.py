"""Joint-punishment measures (联合惩戒措施) as data: which list triggers which measure in which area, and why (C4).

Outside 全国失信惩戒措施基础清单 no measure is allowed, so what is not in the catalogue is never raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from services.credit.domain.days import add_months
from shared.values.errors import Invalid, NotFound


class AreaUnknown(Invalid):
    message = "没有“{area}”这个惩戒领域，可查询：{known}"


class ListUnknown(Invalid):
    message = "没有“{list_code}”这个名单，可用：{known}"


class MeasureProposalUnknown(NotFound):
    message = "没有编号为 {proposal_id} 的惩戒措施清单修订稿"


class MeasureVersionUnknown(NotFound):
    message = "没有第 {version} 版惩戒措施清单"


class MeasureOutsideBaseList(Invalid):
    message = "措施 {measure} 不在《{base}》之内，清单之外不得设立惩戒措施"


class MeasureCatalogueInvalid(Invalid):
    message = "惩戒措施清单有误：{reason}"


@dataclass(frozen=True, slots=True)
class Area:
    """`government_procurement` 政府采购 and the like."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ListKind:
    """`abnormal_operations` 经营异常名录 and the like. `needs_consent`: an entry needs the superior's consent;
    `earliest_repair_months`: before that a removal by repair is not heard (None: at any time)."""

    code: str
    name: str
    needs_consent: bool = False
    earliest_repair_months: int | None = None


@dataclass(frozen=True, slots=True)
class BaseItem:
    """A kind of measure that 全国失信惩戒措施基础清单 allows."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class BaseList:
    """The national base list (or what a supplement adds to it) by which the measures are checked."""

    title: str = ""
    items: tuple[BaseItem, ...] = ()


@dataclass(frozen=True, slots=True)
class RepairTerms:
    """Working days of repair (信用修复): to accept an application, to decide it from its acceptance."""

    acceptance_days: int = 2
    decision_days: int = 15


@dataclass(frozen=True, slots=True)
class Measure:
    """`term_months` None: as long as the entity is on the list. `lists`: entries of these trigger it; none: out of use.
    `base_item`: the item of the base list that allows it."""

    code: str
    name: str
    area: str
    legal_basis: str
    executing_department: str
    term_months: int | None
    lists: frozenset[str]
    base_item: str | None = None

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
    base: BaseList = BaseList()
    repair: RepairTerms = RepairTerms()

    def triggered_by(self, list_code: str) -> tuple[Measure, ...]:
        return tuple(measure for measure in self.measures if list_code in measure.lists)

    def area(self, code: str) -> Area:
        """Raises AreaUnknown."""
        for area in self.areas:
            if area.code == code:
                return area
        raise AreaUnknown(area=code, known="、".join(f"{area.code}（{area.name}）" for area in self.areas))

    def list_kind(self, code: str) -> ListKind:
        """Raises ListUnknown."""
        for kind in self.lists:
            if kind.code == code:
                return kind
        raise ListUnknown(list_code=code, known="、".join(f"{kind.code}（{kind.name}）" for kind in self.lists))

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

    def allowed_after(self, before: MeasureCatalogue) -> MeasureCatalogue:
        """Itself, if it may follow `before`: every measure stands on the base list (清单之外不得设立), and what
        flags and entries may name is still there; a measure out of use keeps its line without lists.

        Raises MeasureOutsideBaseList, MeasureCatalogueInvalid.
        """
        allowed = {item.code for item in self.base.items}
        for measure in self.measures:
            if measure.base_item not in allowed:
                raise MeasureOutsideBaseList(measure=measure.code, base=self.base.title)
            if not (measure.legal_basis.strip() and measure.executing_department.strip()):
                raise MeasureCatalogueInvalid(reason=f"措施 {measure.code} 须写明依据和执行部门")
        for name, kept, new in (
            ("领域", {one.code for one in before.areas}, {one.code for one in self.areas}),
            ("名单", {one.code for one in before.lists}, {one.code for one in self.lists}),
            ("措施", {one.code for one in before.measures}, {one.code for one in self.measures}),
        ):
            if gone := sorted(kept - new):
                raise MeasureCatalogueInvalid(reason=f"不能删去{name} {'、'.join(gone)}，停用的措施保留但不对应名单")
        return self.checked()
