"""Departments (部门) that take part in joint supervision. They are data: no code knows one by name (B10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from shared.values.errors import Invalid, NotFound, Refused
from shared.values.text import search_key


class DepartmentCodeTaken(Refused):
    message = "部门代码 {code} 已被使用"


class DepartmentUsccInvalid(Invalid):
    message = "部门统一社会信用代码 {uscc} 无效"


class DepartmentUnknown(NotFound):
    message = "没有代码为 {code} 的部门"


@dataclass(frozen=True, slots=True)
class DepartmentContent:
    """What a row of a file sets."""

    code: str
    name: str
    short_name: str
    uscc: str | None


@dataclass(frozen=True, slots=True)
class Department:
    """`code` is the short stable key used everywhere (SCJG); `version` counts changes from 1."""

    id: UUID
    district: str
    code: str
    name: str
    short_name: str
    uscc: str | None
    version: int = 1

    def renamed(self, name: str, short_name: str) -> Department:
        return replace(self, name=name, short_name=short_name, version=self.version + 1)


def spellings(departments: Iterable[Department]) -> Mapping[str, str]:
    """Every accepted way to write a department (code in any case, full or short name), folded → its code."""
    return {
        search_key(written): department.code
        for department in departments
        for written in (department.name, department.short_name, department.code)
    }
