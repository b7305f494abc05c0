"""What experts and institutions look like over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from services.registry.api.fields import Listed, Plain
from services.registry.domain.experts import Expert, ExpertContent, ExpertKind
from services.registry.domain.inspectors import InspectorStatus
from services.registry.usecases.edit_entity import KEPT
from shared.runtime.http import In, Out
from shared.runtime.sealed import masked

EXPERT: dict[str, Any] = {
    "expert_no": "ZJ0001",
    "name": "李示例",
    "kind": "person",
    "organisation": "洛阳市食品检验所",
    "fields": ["食品检验"],
    "title": "高级工程师",
    "qualification": "注册食品安全审核员",
    "valid_until": "2028-12-31",
    "status": "active",
}
EXPERT_SHOWN: dict[str, Any] = EXPERT | {
    "id": "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f94",
    "version": 1,
    "phone": "138******78",
    "status_reason": None,
    "changed_at": "2026-11-24T09:30:00+08:00",
}


class ExpertIn(In):
    """登记或修改一名专家或一家机构。"""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [EXPERT]})

    expert_no: str = Field(description="专家编号", min_length=1, max_length=64)
    name: str = Field(description="姓名或名称", min_length=1, max_length=100)
    kind: ExpertKind = Field(description="person 个人、institution 机构")
    organisation: str | None = Field(None, description="工作单位", max_length=200)
    fields: list[Listed] = Field(default_factory=list, description="专业领域", max_length=30)
    title: str | None = Field(None, description="职称", max_length=50)
    qualification: str | None = Field(None, description="资质证书", max_length=200)
    valid_until: date | None = Field(None, description="资质有效期至；不填为没有期限")
    phone: str | None = Field(None, description="联系电话；修改时不传则保持原值")
    status: InspectorStatus = Field(InspectorStatus.ACTIVE, description="状态")

    def cells(self) -> dict[str, str]:
        """The texts that a row of an import file would hold; the telephone travels apart."""
        return {
            name: "、".join(value) if isinstance(value, list) else str(value if value is not None else "")
            for name, value in self.model_dump(mode="json", exclude={"phone"}).items()
        }

    def kept_phone(self) -> str | None:
        return self.phone if "phone" in self.model_fields_set else KEPT


class ExpertSuspensionIn(In):
    """暂停专家资格。"""

    reason: Plain = Field(description="原因", min_length=2, max_length=200, examples=["资质复审"])


class ExpertOut(Out):
    """一名专家或一家机构；只提供意见，不计入执法人员。"""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [EXPERT_SHOWN]})

    id: UUID = Field(description="专家标识")
    version: int = Field(description="版本")
    expert_no: str = Field(description="专家编号")
    name: str = Field(description="姓名或名称")
    kind: str = Field(description="类型：person 个人、institution 机构")
    organisation: str | None = Field(description="工作单位")
    fields: list[str] = Field(description="专业领域")
    title: str | None = Field(description="职称")
    qualification: str | None = Field(description="资质证书")
    valid_until: date | None = Field(description="资质有效期至")
    phone: str | None = Field(description="联系电话（隐去中间）")
    status: str = Field(description="状态：active 在岗、on_leave 休假、suspended 暂停、left 离岗")
    status_reason: str | None = Field(description="暂停的原因")
    changed_at: datetime = Field(description="本版本的时间")

    @classmethod
    def of(cls, expert: Expert) -> ExpertOut:
        values = {name: getattr(expert.content, name) for name in ExpertContent.__slots__}
        about = {name: getattr(expert, name) for name in ("id", "version", "status_reason", "changed_at")}
        return cls.model_validate(values | about | {"phone": masked(expert.content.phone)})
