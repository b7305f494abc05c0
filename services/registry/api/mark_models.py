"""What department tags and licences look like over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from services.registry.api.fields import Plain
from services.registry.domain.marks import Mark, MarkContent, MarkKind
from services.registry.usecases.read_entities import MarkedEntity
from shared.runtime.http import In, Out

MARK: dict[str, Any] = {
    "kind": "licence",
    "name": "食品生产许可证",
    "number": "SC10141032200018",
    "valid_from": "2024-03-01",
    "valid_until": "2029-02-28",
    "note": "2025 年度核查合格",
}
MARK_SHOWN: dict[str, Any] = MARK | {
    "id": "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f92",
    "version": 1,
    "entity_id": "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90",
    "department": "SCJG",
    "changed_by": "officer:zhang",
    "changed_at": "2026-11-24T09:30:00+08:00",
}


class MarkIn(In):
    """给检查对象加标签，或登记其许可证。"""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [MARK]})

    kind: MarkKind = Field(description="tag 标签、licence 许可证")
    name: Plain = Field(description="标签，或许可证的种类", min_length=1, max_length=64)
    number: Plain | None = Field(None, description="许可证证号，许可证必填", min_length=1, max_length=100)
    valid_from: date = Field(description="有效期起")
    valid_until: date | None = Field(None, description="有效期止（含当日）；不填为长期")
    note: Plain | None = Field(None, description="备注", max_length=200)

    def content(self) -> MarkContent:
        return MarkContent(self.kind.value, self.name, self.number, self.valid_from, self.valid_until, self.note)


class MarkOut(Out):
    """一个部门给检查对象的标签，或为其登记的许可证。"""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [MARK_SHOWN]})

    id: UUID = Field(description="编号")
    version: int = Field(description="版本")
    entity_id: UUID = Field(description="检查对象标识")
    department: str = Field(description="登记部门")
    kind: str = Field(description="tag 标签、licence 许可证")
    name: str = Field(description="标签，或许可证的种类")
    number: str | None = Field(description="许可证证号")
    valid_from: date = Field(description="有效期起")
    valid_until: date | None = Field(description="有效期止；空为长期")
    note: str | None = Field(description="备注")
    changed_by: str = Field(description="由谁登记")
    changed_at: datetime = Field(description="本版本的时间")

    @classmethod
    def of(cls, mark: Mark) -> MarkOut:
        return cls.model_validate(mark_values(mark))


class MarkedEntityOut(MarkOut):
    """标签或许可证，带检查对象的名称。"""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [MARK_SHOWN | {"entity_name": "洛阳市孟津区示例面业有限公司", "uscc": "91410308MA0000001U"}]
        },
    )

    entity_name: str = Field(description="检查对象名称")
    uscc: str | None = Field(description="统一社会信用代码")

    @classmethod
    def listed(cls, found: MarkedEntity) -> MarkedEntityOut:
        return cls.model_validate(mark_values(found.mark) | {"entity_name": found.entity_name, "uscc": found.uscc})


def mark_values(mark: Mark) -> dict[str, Any]:
    """The members of `MarkOut`."""
    names = ("id", "version", "entity_id", "department", "changed_by", "changed_at")
    content = {name: getattr(mark.content, name) for name in MarkContent.__slots__}
    return content | {name: getattr(mark, name) for name in names}
