"""The power and duty list (权力清单、责任清单) that items rest on (I1): bases as data, each with its time of validity.

A department whose list is loaded states for every item the 权责 it exercises; one whose basis is repealed (or not yet
in force) flags the item, for the department to take it out or to give it another basis. 工作方案二（二）.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from services.planning.domain.items import Item, ListedItem
from shared.values.errors import Invalid


class DutyBasisMissing(Invalid):
    message = "事项 {code}“{name}”没有写明所依据的权责事项，本部门的权责清单已经载入，须逐项对应"


class DutyBasisUnknown(Invalid):
    message = "事项 {code}“{name}”所写的权责事项 {duty_code} 不在本部门的权责清单中"


class DutyBasisTwice(Invalid):
    message = "权责事项 {code} 重复填写"


class DutyPeriodWrong(Invalid):
    message = "权责事项 {code} 的失效日期 {ends_on} 早于生效日期 {starts_on}"


class DutyListEmpty(Invalid):
    message = "没有填写权责事项"


class DutyKind(StrEnum):
    POWER = "power"
    DUTY = "duty"


DUTY_NAMES: Final[Mapping[DutyKind, str]] = {DutyKind.POWER: "权力清单", DutyKind.DUTY: "责任清单"}


@dataclass(frozen=True, slots=True)
class DutyBasis:
    """One entry in one version. `ends_on`: the last day it holds, None while it stands. `paper`: 文号 of the list, or
    of the repeal, that this version came with."""

    department: str
    code: str
    version: int
    kind: DutyKind
    name: str
    law: str
    article: str
    starts_on: date
    ends_on: date | None
    paper: str


class FlagReason(StrEnum):
    """Why an item is flagged."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    REPEALED = "repealed"


FLAG_NAMES: Final[Mapping[FlagReason, str]] = {
    FlagReason.MISSING: "没有写明权责事项",
    FlagReason.UNKNOWN: "权责清单中没有所写的权责事项",
    FlagReason.NOT_YET: "所依据的权责事项尚未生效",
    FlagReason.REPEALED: "所依据的权责事项已经废止",
}


@dataclass(frozen=True, slots=True)
class Flagged:
    """An item in force whose basis does not stand, and the entry it names: None where the list has no such entry."""

    listed: ListedItem
    basis: DutyBasis | None


def check_entries(entries: Sequence[DutyBasis]) -> None:
    """Raises DutyListEmpty, DutyBasisTwice or DutyPeriodWrong."""
    if not entries:
        raise DutyListEmpty
    seen: set[str] = set()
    for one in entries:
        if one.code in seen:
            raise DutyBasisTwice(code=one.code)
        seen.add(one.code)
        if one.ends_on is not None and one.ends_on < one.starts_on:
            raise DutyPeriodWrong(code=one.code, starts_on=one.starts_on, ends_on=one.ends_on)


def flag_of(duty_code: str | None, basis: DutyBasis | None, on: date) -> FlagReason | None:
    """What is wrong on a day with an item of a department whose list is loaded; None: nothing."""
    if duty_code is None:
        return FlagReason.MISSING
    if basis is None:
        return FlagReason.UNKNOWN
    if on < basis.starts_on:
        return FlagReason.NOT_YET
    if basis.ends_on is not None and basis.ends_on < on:
        return FlagReason.REPEALED
    return None


def check_duties(items: Sequence[Item], known: Mapping[str, DutyBasis]) -> None:
    """Every item of a department whose list (`known`, by code) is loaded names an entry of it. A repealed one flags the
    item and does not refuse it (I1). Raises DutyBasisMissing or DutyBasisUnknown."""
    if not known:
        return
    for item in items:
        if item.duty_code is None:
            raise DutyBasisMissing(code=item.code, name=item.name)
        if item.duty_code not in known:
            raise DutyBasisUnknown(code=item.code, name=item.name, duty_code=item.duty_code)
