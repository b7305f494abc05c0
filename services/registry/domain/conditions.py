"""Library conditions (名录库条件, L2): one JSON form, read and evaluated by registry alone.

{"all": [c…]}, {"any": [c…]}, {"not": c}, and leaves on one field:
{"field": "kind" | "status" | "credit_class" | "uscc" | "external_no", "in": [text…]}
{"field": "region", "within": [code…]}           a code contains what begins with it
{"field": "industry", "within": [{"edition": "2017", "code": "F"}…]}
{"field": "tags" | "departments", "has_any" | "has_all": [text…]}
{"field": "registered_on" | "last_visit_on", "from": date | null, "to": date | null}   both days included
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.registry.domain.entities import Entity
from shared.values.errors import Invalid
from shared.values.industry import IndustryCode, InvalidIndustry, parse_industry
from shared.values.region import is_region, significant

Json = Any
"""JSON as it came; nothing but `read_condition` looks into it."""

IN_FIELDS: Final = frozenset({"kind", "status", "credit_class", "uscc", "external_no"})
HAS_FIELDS: Final = frozenset({"tags", "departments"})
DATE_FIELDS: Final = frozenset({"registered_on", "last_visit_on"})
MAX_DEPTH: Final = 6
MAX_PARTS: Final = 1000


class ConditionMalformed(Invalid):
    message = "名录库条件在 {pointer} 处不符合要求：{reason}"


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class In:
    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InRegion:
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InIndustry:
    industries: tuple[IndustryCode, ...]


@dataclass(frozen=True, slots=True)
class Has:
    field: str
    values: tuple[str, ...]
    every: bool


@dataclass(frozen=True, slots=True)
class Between:
    field: str
    since: date | None
    until: date | None


Condition = All | AnyOf | Not | In | InRegion | InIndustry | Has | Between


def read_condition(found: Json, pointer: str = "", depth: int = 1) -> Condition:
    """Raises ConditionMalformed with the JSON Pointer of the part at fault."""
    if depth > MAX_DEPTH:
        raise ConditionMalformed(pointer=pointer or "/", reason=f"嵌套超过 {MAX_DEPTH} 层")
    if not isinstance(found, Mapping):
        raise ConditionMalformed(pointer=pointer or "/", reason="应为对象")
    names = set(found)
    if names == {"all"} or names == {"any"}:
        (name,) = names
        parts = _list(found[name], f"{pointer}/{name}")
        read = tuple(read_condition(part, f"{pointer}/{name}/{place}", depth + 1) for place, part in enumerate(parts))
        return All(read) if name == "all" else AnyOf(read)
    if names == {"not"}:
        return Not(read_condition(found["not"], f"{pointer}/not", depth + 1))
    return _leaf(found, pointer)


def _leaf(found: Mapping[str, Json], pointer: str) -> Condition:
    field, shape = found.get("field"), frozenset(found) - {"field"}
    read = _LEAVES.get(shape)
    if not isinstance(field, str) or read is None:
        raise ConditionMalformed(pointer=pointer or "/", reason="不认识的条件")
    condition = read(field, found, pointer)
    if condition is None:
        raise ConditionMalformed(pointer=f"{pointer}/field", reason=f"字段 {field[:30]} 不能用这种条件")
    return condition


def _in(field: str, found: Mapping[str, Json], pointer: str) -> Condition | None:
    return In(field, _texts(found["in"], f"{pointer}/in")) if field in IN_FIELDS else None


def _within(field: str, found: Mapping[str, Json], pointer: str) -> Condition | None:
    values = _list(found["within"], f"{pointer}/within")
    if field == "region":
        return InRegion(tuple(_region(value, f"{pointer}/within/{n}") for n, value in enumerate(values)))
    if field == "industry":
        return InIndustry(tuple(_industry(value, f"{pointer}/within/{n}") for n, value in enumerate(values)))
    return None


def _has(field: str, found: Mapping[str, Json], pointer: str) -> Condition | None:
    name = "has_all" if "has_all" in found else "has_any"
    if field not in HAS_FIELDS:
        return None
    return Has(field, _texts(found[name], f"{pointer}/{name}"), name == "has_all")


def _between(field: str, found: Mapping[str, Json], pointer: str) -> Condition | None:
    since, until = (_date(found.get(name), f"{pointer}/{name}") for name in ("from", "to"))
    return Between(field, since, until) if field in DATE_FIELDS else None


_Leaf = Callable[[str, Mapping[str, Json], str], Condition | None]
_LEAVES: Final[Mapping[frozenset[str], _Leaf]] = {
    frozenset({"in"}): _in,
    frozenset({"within"}): _within,
    frozenset({"has_any"}): _has,
    frozenset({"has_all"}): _has,
    frozenset({"from"}): _between,
    frozenset({"to"}): _between,
    frozenset({"from", "to"}): _between,
}


def _list(found: Json, pointer: str) -> list[Json]:
    if not isinstance(found, list) or len(found) > MAX_PARTS:
        raise ConditionMalformed(pointer=pointer, reason=f"应为列表，最多 {MAX_PARTS} 项")
    return found


def _texts(found: Json, pointer: str) -> tuple[str, ...]:
    values = _list(found, pointer)
    if not values or not all(isinstance(v, str) and 0 < len(v) <= 100 and v.isprintable() for v in values):
        raise ConditionMalformed(pointer=pointer, reason="应为非空的文字列表")
    return tuple(dict.fromkeys(values))


def _region(found: Json, pointer: str) -> str:
    if not isinstance(found, str) or not is_region(found):
        raise ConditionMalformed(pointer=pointer, reason="不是区划代码")
    return found


def _industry(found: Json, pointer: str) -> IndustryCode:
    try:
        return parse_industry(str(found["edition"]), str(found["code"]))
    except (InvalidIndustry, KeyError, TypeError) as error:
        raise ConditionMalformed(pointer=pointer, reason="不是行业代码（edition、code）") from error


def _date(found: Json, pointer: str) -> date | None:
    if found is None:
        return None
    try:
        return date.fromisoformat(found)
    except (ValueError, TypeError) as error:
        raise ConditionMalformed(pointer=pointer, reason="日期应写作 2024-01-31") from error


def holds(condition: Condition, entity: Entity) -> bool:
    """Whether the object belongs to the library: the meaning that the SQL form is held to. Its tags are those that
    count on the day (`marks.tags_on`)."""
    match condition:
        case All(parts):
            return all(holds(part, entity) for part in parts)
        case AnyOf(parts):
            return any(holds(part, entity) for part in parts)
        case Not(part):
            return not holds(part, entity)
        case _:
            return _leaf_holds(condition, entity)


def _leaf_holds(condition: Condition, entity: Entity) -> bool:
    content = entity.content
    match condition:
        case In(field, values):
            value = entity.credit_class if field == "credit_class" else getattr(content, field)
            return value in values
        case InRegion(codes):
            return any(content.region_code.startswith(significant(code)) for code in codes)
        case InIndustry(industries):
            return _in_industry(content.industry_edition, content.industry_code, industries)
        case Has(field, values, every):
            owned = set(getattr(content, field))
            return owned.issuperset(values) if every else bool(owned & set(values))
        case Between(field, since, until):
            day = entity.last_visit_on if field == "last_visit_on" else content.registered_on
            return day is not None and (since is None or since <= day) and (until is None or day <= until)
    raise TypeError(type(condition).__name__)


def _in_industry(edition: str | None, code: str | None, industries: tuple[IndustryCode, ...]) -> bool:
    if edition is None or code is None:
        return False
    own = parse_industry(edition, code)
    return any(industry.contains(own) for industry in industries)
