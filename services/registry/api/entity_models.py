"""What objects of inspection look like over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from services.registry.api.fields import Listed
from services.registry.domain.entities import (
    Entity,
    EntityContent,
    EntityKind,
    PastVersion,
    RegistrationStatus,
    changed_fields,
    exclusion_ground,
)
from services.registry.usecases.edit_entity import KEPT
from shared.runtime.http import In, Out
from shared.runtime.sealed import masked

EXAMPLE: dict[str, Any] = {
    "kind": "enterprise",
    "name": "洛阳市孟津区示例面业有限公司",
    "uscc": "91410308MA0000001U",
    "external_no": "MJ000001",
    "status": "active",
    "registered_on": "2020-05-18",
    "region_code": "410308100",
    "address": "城关镇示例路1号",
    "industry_code": "1310",
    "industry_edition": "2017",
    "departments": ["SCJG"],
    "tags": ["食品生产"],
}
SHOWN: dict[str, Any] = EXAMPLE | {
    "id": "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90",
    "version": 1,
    "producer_external_no": None,
    "legal_rep_phone": "138******78",
    "credit_class": "A",
    "last_visit_on": "2025-09-03",
    "excluded": None,
    "changed_at": "2026-11-24T09:30:00+08:00",
    "change_set_id": "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f91",
}


class EntityIn(In):
    """登记或修改一个检查对象。"""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [EXAMPLE]})

    kind: EntityKind = Field(description="类别", examples=["enterprise"])
    name: str = Field(description="名称", min_length=1, max_length=200)
    uscc: str | None = Field(None, description="统一社会信用代码，有则须有效")
    external_no: str | None = Field(None, description="检查对象编号（外部编号），与信用代码至少填一项")
    status: RegistrationStatus = Field(RegistrationStatus.ACTIVE, description="登记状态")
    registered_on: date | None = Field(None, description="成立日期")
    region_code: str | None = Field(None, description="所在镇街代码；空则由地址推出")
    address: str | None = Field(None, description="地址", max_length=300)
    industry_code: str | None = Field(None, description="行业代码（GB/T 4754）")
    industry_edition: str | None = Field(None, description="行业版本：2011 或 2017")
    departments: list[Listed] = Field(default_factory=list, description="监管部门代码", max_length=30)
    tags: list[Listed] = Field(default_factory=list, description="标签", max_length=50)
    producer_external_no: str | None = Field(None, description="生产单位编号（产品填写）")
    legal_rep_phone: str | None = Field(None, description="法定代表人联系电话；修改时不传则保持原值")

    def cells(self) -> dict[str, str]:
        """The texts that a row of an import file would hold; the telephone travels apart."""
        return {
            name: "、".join(value) if isinstance(value, list) else str(value if value is not None else "")
            for name, value in self.model_dump(mode="json", exclude={"legal_rep_phone"}).items()
        }

    def phone(self) -> str | None:
        return self.legal_rep_phone if "legal_rep_phone" in self.model_fields_set else KEPT


class EntityOut(Out):
    """一个检查对象。"""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [SHOWN]})

    id: UUID = Field(description="检查对象标识，各服务之间只用它")
    version: int = Field(description="版本")
    kind: str = Field(description="类别")
    name: str = Field(description="名称")
    uscc: str | None = Field(description="统一社会信用代码")
    external_no: str | None = Field(description="检查对象编号（外部编号）")
    status: str = Field(description="登记状态")
    registered_on: date | None = Field(description="成立日期")
    region_code: str = Field(description="所在镇街代码（现行）")
    address: str | None = Field(description="地址")
    industry_code: str | None = Field(description="行业代码")
    industry_edition: str | None = Field(description="行业版本")
    departments: list[str] = Field(description="监管部门代码")
    tags: list[str] = Field(description="标签")
    producer_external_no: str | None = Field(description="生产单位编号")
    legal_rep_phone: str | None = Field(description="法定代表人联系电话（隐去中间）")
    credit_class: str = Field(description="信用风险等级 A–D，U 为未分类")
    last_visit_on: date | None = Field(description="最近检查日期")
    excluded: str | None = Field(description="不能被抽取的原因，可以抽取时为空")
    changed_at: datetime = Field(description="本版本的时间")
    change_set_id: UUID = Field(description="变更批次")

    @classmethod
    def of(cls, entity: Entity) -> EntityOut:
        return cls.model_validate(entity_values(entity))


def entity_values(entity: Entity) -> dict[str, Any]:
    """The members of `EntityOut`."""
    about = {name: getattr(entity, name) for name in ("id", "version", "credit_class", "last_visit_on")}
    made = {"changed_at": entity.changed_at, "change_set_id": entity.change_set_id}
    return shown(entity.content) | about | made | {"excluded": exclusion_ground(entity.content.status)}


class PastVersionOut(Out):
    """检查对象的一个历史版本。"""

    origin: str = Field(description="来源：edit 修改、import 批量导入、event 其他服务的事件", examples=["import"])
    actor: str = Field(description="谁", examples=["officer:zhang"])
    changed: list[str] = Field(description="与上一版本不同的字段", examples=[["address"]])
    entity: EntityOut = Field(description="该版本的内容")

    @classmethod
    def of(cls, past: PastVersion, before: PastVersion | None) -> PastVersionOut:
        changed = list(changed_fields(before.entity.content, past.entity.content)) if before else []
        if before and before.entity.credit_class != past.entity.credit_class:
            changed.append("credit_class")
        if before and before.entity.last_visit_on != past.entity.last_visit_on:
            changed.append("last_visit_on")
        return cls(origin=past.origin, actor=past.actor, changed=changed, entity=EntityOut.of(past.entity))


def shown(content: EntityContent) -> dict[str, object]:
    """Fields of the content as everybody of the district may see them: the telephone masked."""
    values = {name: getattr(content, name) for name in EntityContent.__slots__ if name != "name_key"}
    return values | {
        "departments": list(content.departments),
        "tags": list(content.tags),
        "legal_rep_phone": masked(content.legal_rep_phone),
    }
