"""Objects of inspection (检查对象): enterprises and other subjects, also products, projects, sites, behaviours (L1).

`id` is the only key between services: a USCC may be absent or corrected. What a department or a file can set is the
`EntityContent`; the credit class and the last visit are copies of what credit and results told.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.values.errors import Forbidden, Invalid, NotFound, Refused


class EntityUnknown(NotFound):
    message = "没有编号或统一社会信用代码为 {key} 的检查对象"


class EntityKeyTaken(Refused):
    message = "该{field}已属于另一个检查对象"


class EntityInvalid(Invalid):
    """`errors` says which fields are wrong: pointer, code and Chinese message."""

    message = "检查对象的信息有 {count} 处不符合要求"

    def __init__(self, errors: list[dict[str, str]]) -> None:
        self.errors = errors
        super().__init__(count=len(errors))


class NotResponsible(Forbidden):
    """谁审批谁监管、谁主管谁监管: only a department that answers for the object edits it (L6)."""

    message = "部门 {department} 不是该检查对象的监管部门，不能修改"


class EntityKind(StrEnum):
    """Kinds of objects; readers must accept kinds that come later."""

    ENTERPRISE = "enterprise"
    INDIVIDUAL_BUSINESS = "individual_business"
    COOPERATIVE = "cooperative"
    PRODUCT = "product"
    PROJECT = "project"
    SITE = "site"
    BEHAVIOUR = "behaviour"


class RegistrationStatus(StrEnum):
    """登记状态, domain-facts section 3."""

    ACTIVE = "active"
    DEREGISTERED = "deregistered"
    REVOKED = "revoked"
    ANNULLED = "annulled"
    MOVED_OUT = "moved_out"


KIND_LABELS: Final = {
    EntityKind.ENTERPRISE: "企业",
    EntityKind.INDIVIDUAL_BUSINESS: "个体工商户",
    EntityKind.COOPERATIVE: "农民专业合作社",
    EntityKind.PRODUCT: "产品",
    EntityKind.PROJECT: "项目",
    EntityKind.SITE: "场所",
    EntityKind.BEHAVIOUR: "行为",
}
STATUS_LABELS: Final = {
    RegistrationStatus.ACTIVE: "存续",
    RegistrationStatus.DEREGISTERED: "注销",
    RegistrationStatus.REVOKED: "吊销",
    RegistrationStatus.ANNULLED: "撤销",
    RegistrationStatus.MOVED_OUT: "迁出",
}
# GB 32100-2015: registration department 9 (工商), class 1 enterprise, 2 individual business, 3 farmers' cooperative.
KIND_OF_USCC: Final = {
    "91": EntityKind.ENTERPRISE,
    "92": EntityKind.INDIVIDUAL_BUSINESS,
    "93": EntityKind.COOPERATIVE,
}
_TYPE_WORDS: Final = (
    ("个体工商户", EntityKind.INDIVIDUAL_BUSINESS),
    ("合作社", EntityKind.COOPERATIVE),
    *((word, EntityKind.ENTERPRISE) for word in ("公司", "企业", "合伙", "所有制", "股份", "分支机构")),
)


def derived_kind(registered_type: str | None, uscc: str | None) -> EntityKind | None:
    """The kind where a file has no column for it: by the first two characters of the USCC (GB 32100-2015), else by the
    registrar's type text (企业类型). None when neither says."""
    if uscc is not None and uscc[:2] in KIND_OF_USCC:
        return KIND_OF_USCC[uscc[:2]]
    text = registered_type or ""
    return next((kind for word, kind in _TYPE_WORDS if word in text), None)


@dataclass(frozen=True, slots=True)
class EntityContent:
    """What an edit or a row of a file sets. Valid by construction of `import_rows.read_entity`."""

    kind: str
    name: str
    name_key: str
    uscc: str | None
    external_no: str | None
    status: str
    registered_on: date | None
    region_code: str
    address: str | None
    industry_code: str | None
    industry_edition: str | None
    departments: tuple[str, ...]
    tags: tuple[str, ...]
    producer_external_no: str | None
    legal_rep_phone: str | None


@dataclass(frozen=True, slots=True)
class Entity:
    """One version of an object; `version` counts changes from 1, whoever made them."""

    id: UUID
    district: str
    version: int
    change_set_id: UUID
    changed_at: datetime
    content: EntityContent
    credit_class: str = "U"
    last_visit_on: date | None = None

    def revised(self, content: EntityContent, change_set_id: UUID, at: datetime) -> Entity:
        return replace(self, content=content, version=self.version + 1, change_set_id=change_set_id, changed_at=at)

    def check_editor(self, department: str) -> None:
        """Raises NotResponsible unless the department answers for the object, or nobody does yet (L6)."""
        if self.content.departments and department not in self.content.departments:
            raise NotResponsible(department=department)


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version with who made it and by what: `origin` edit, import or event (L7)."""

    entity: Entity
    origin: str
    actor: str


def exclusion_ground(status: str) -> str | None:
    """Why an object of a library cannot be drawn, None when it can: it is gone by the registrar's own record."""
    return None if status == RegistrationStatus.ACTIVE else f"status_{status}"


def changed_fields(before: EntityContent, after: EntityContent) -> tuple[str, ...]:
    """Names of the fields that differ; `name_key` follows `name` and is not told."""
    names = (field.name for field in fields(EntityContent) if field.name != "name_key")
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))
