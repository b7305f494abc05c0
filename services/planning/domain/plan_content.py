"""What a plan (抽查计划) says, and the rules it obeys: N1, N2, N3, N7, I2, B19, B20 (工作方案二（二）、二（四）)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.batches import check_batches, require_batches
from services.planning.domain.items import ItemLevel, ListedItem
from services.planning.domain.openings import UNRULED, Opening
from services.planning.domain.per_class import PerClass
from services.planning.domain.ratios import check_floor, check_ratios, check_visit_caps
from services.planning.domain.rules import Rules
from services.planning.domain.special import SpecialInspection, check_special
from services.planning.domain.windows import Window
from shared.values.errors import Invalid


class SoleDepartmentWithoutGround(Invalid):
    """非联合不双随机 (工作方案二（四）; N2): alone only on a legal ground, which is published with the plan."""

    message = "单部门抽查计划必须写明不联合的法定理由"


class SoleGroundNotListed(Invalid):
    """The rule `sole_grounds` lists the legal grounds for acting alone (N2)."""

    message = "所写的单部门抽查理由不在{rule}所列的法定理由之中，可用的有：{grounds}"


class DepartmentWithoutItem(Invalid):
    message = "计划中的部门 {department} 没有抽查事项"


class ItemOfOtherDepartment(Invalid):
    message = "事项 {code} 属于 {department}，该部门未参加本计划"


class ItemNotInForce(Invalid):
    """A plan is made from the published lists in force for its year (I4).

    国办发〔2024〕54号: items that are not published may not be used.
    """

    message = "有 {count} 个事项不在现行公布的抽查事项清单中：{items}"


class ItemTwice(Invalid):
    message = "事项 {item} 重复选用"


@dataclass(frozen=True, slots=True)
class LibraryVersion:
    """The scope (抽查范围): a saved condition of registry in one version. Only registry evaluates it."""

    id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class ChosenItem:
    """An item as the plan chose it, with the list version it comes from (I4)."""

    item_id: UUID
    list_id: UUID
    list_version: int
    department: str
    code: str
    name: str
    level: ItemLevel
    ratio_cap_ppm: int | None

    @classmethod
    def of(cls, listed: ListedItem) -> ChosenItem:
        item = listed.item
        return cls(
            listed.id,
            listed.list_id,
            listed.list_version,
            listed.department,
            item.code,
            item.name,
            item.level,
            item.ratio_cap_ppm,
        )


@dataclass(frozen=True, slots=True)
class PlanContent:
    """One saving of a plan. `ratios` in ppm of the class's objects; `visit_caps`: visits an object of the class may get
    in the year, None where neither the plan nor the district sets any; `method` is a code of `vocabulary`; `opening`:
    when the names of the drawn open (M2); `batches`: into how many the draw orders the objects of key items, 0 for none
    (I2)."""

    title: str
    participants: tuple[str, ...]
    items: tuple[ChosenItem, ...]
    library: LibraryVersion
    ratios: PerClass
    visit_caps: PerClass | None
    window: Window
    method: str
    sole_ground: str | None = None
    special: SpecialInspection | None = None
    opening: Opening = UNRULED
    batches: int = 0

    @property
    def levels(self) -> frozenset[ItemLevel]:
        return frozenset(item.level for item in self.items)

    @property
    def quiet_kind(self) -> str | None:
        """What the exceptions from quiet days call it (B16)."""
        return "special" if self.special else None

    def departments(self, initiator: str) -> tuple[str, ...]:
        """发起部门 first, then 参与部门."""
        return (initiator, *(one for one in self.participants if one != initiator))

    def items_of(self, department: str) -> tuple[ChosenItem, ...]:
        return tuple(item for item in self.items if item.department == department)


def choose_items(wanted: Sequence[UUID], in_force: Collection[ListedItem]) -> tuple[ChosenItem, ...]:
    """The items with the ids `wanted`, in that order. Raises ItemTwice or ItemNotInForce."""
    known = {listed.id: listed for listed in in_force}
    chosen: dict[UUID, ChosenItem] = {}
    missing: list[str] = []
    for item_id in wanted:
        if item_id in chosen:
            raise ItemTwice(item=known[item_id].item.code)
        if item_id in known:
            chosen[item_id] = ChosenItem.of(known[item_id])
        else:
            missing.append(str(item_id))
    if missing:
        raise ItemNotInForce(count=len(missing), items="、".join(missing[:5]))
    return tuple(chosen.values())


def require_still_in_force(items: Sequence[ChosenItem], in_force: Collection[ListedItem]) -> None:
    """The lists the plan was made from still stand. Raises ItemNotInForce naming the items that do not."""
    standing = {(listed.id, listed.list_id) for listed in in_force}
    gone = [item.code for item in items if (item.item_id, item.list_id) not in standing]
    if gone:
        raise ItemNotInForce(count=len(gone), items="、".join(gone[:5]))


def check_plan(content: PlanContent, initiator: str, year: int, rules: Rules) -> None:
    """Raises the named error of the first rule that `content` breaks; see the module's errors and those of `ratios`."""
    content.window.require_within(year)
    departments = content.departments(initiator)
    if len(departments) == 1:
        _check_ground(content.sole_ground, rules)
    _check_departments(content, departments)
    check_ratios(content.ratios, content.items)
    check_floor(content.ratios, rules)
    check_batches(content.batches, content.levels)
    require_batches(content.batches, content.levels, content.ratios, rules)
    if content.special is not None:
        check_special(content.special, content.window, initiator, rules)
    if content.visit_caps is not None:
        check_visit_caps(content.visit_caps, rules)


def _check_ground(stated: str | None, rules: Rules) -> None:
    ground, listed = (stated or "").strip(), rules.sole_grounds
    if not ground:
        raise SoleDepartmentWithoutGround
    if listed and not any(one.key == ground or one.text in ground for one in listed):
        grounds = "；".join(one.text for one in listed)
        raise SoleGroundNotListed(grounds=grounds, rule=rules.cite("sole_grounds"))


def _check_departments(content: PlanContent, departments: tuple[str, ...]) -> None:
    for item in content.items:
        if item.department not in departments:
            raise ItemOfOtherDepartment(code=item.code, department=item.department)
    for department in departments:
        if not content.items_of(department):
            raise DepartmentWithoutItem(department=department)
