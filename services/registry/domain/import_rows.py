"""One row of an import file, read and judged: a pure function a kind (L5). The vectorised readers are held to these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from services.registry.domain.departments import DepartmentContent
from services.registry.domain.entities import (
    KIND_LABELS,
    EntityContent,
    EntityKind,
    RegistrationStatus,
    derived_kind,
)
from services.registry.domain.experts import ExpertContent, ExpertKind
from services.registry.domain.import_cells import Cells, RowFault, vocabulary
from services.registry.domain.inspectors import ANYWHERE, InspectorContent, InspectorStatus
from services.registry.domain.regions import DistrictRegions
from shared.values import uscc as uscc_code
from shared.values.industry import InvalidIndustry, parse_industry
from shared.values.text import search_key

Content = EntityContent | InspectorContent | ExpertContent | DepartmentContent

KIND_WORDS: Final = vocabulary(
    *((kind.value, (label,)) for kind, label in KIND_LABELS.items()),
    (EntityKind.INDIVIDUAL_BUSINESS.value, ("个体户", "个体")),
    (EntityKind.COOPERATIVE.value, ("合作社", "农专社")),
)
STATUS_WORDS: Final = vocabulary(
    (RegistrationStatus.ACTIVE.value, ("存续", "在业", "开业", "在营")),
    (RegistrationStatus.DEREGISTERED.value, ("注销", "已注销")),
    (RegistrationStatus.REVOKED.value, ("吊销", "已吊销")),
    (RegistrationStatus.ANNULLED.value, ("撤销", "已撤销")),
    (RegistrationStatus.MOVED_OUT.value, ("迁出", "已迁出")),
)
INSPECTOR_WORDS: Final = vocabulary(
    (InspectorStatus.ACTIVE.value, ("在岗", "在职", "在库", "正常", "有效")),
    (InspectorStatus.SUSPENDED.value, ("暂停", "停职", "停用", "暂停执法")),
    (InspectorStatus.ON_LEAVE.value, ("休假", "请假", "借调")),
    (InspectorStatus.LEFT.value, ("离岗", "离职", "调离", "调出", "退休", "注销")),
)
EXPERT_WORDS: Final = vocabulary(
    (ExpertKind.PERSON.value, ("个人", "专家", "自然人")), (ExpertKind.INSTITUTION.value, ("机构", "单位"))
)
_WHOLE_DISTRICT: Final = frozenset({ANYWHERE, "全区", "全市", "不限"})
_EDITIONS: Final = ("2011", "2017")
NEWEST_EDITION: Final = "2017"


class ImportKind(StrEnum):
    """What a file holds."""

    ENTITIES = "entities"
    INSPECTORS = "inspectors"
    EXPERTS = "experts"
    DEPARTMENTS = "departments"


@dataclass(frozen=True)
class DistrictFacts:
    """What rows are judged against: the day, the departments by every accepted spelling, the regions."""

    today: date
    departments: Mapping[str, str]
    regions: DistrictRegions


@dataclass(frozen=True, slots=True)
class RowRead:
    """A row judged: its content, or why not. `faults` empty exactly when `content` is set."""

    content: Content | None
    faults: tuple[RowFault, ...]


def read_row(
    kind: ImportKind, cells: Mapping[str, str], facts: DistrictFacts, defaults: Mapping[str, str] | None = None
) -> RowRead:
    """Judges one row; `cells` are texts by our field names, `defaults` stand in for blank ones."""
    read = Cells(cells, defaults)
    content = _READERS[kind](read, facts)
    return RowRead(None, tuple(read.faults)) if read.faults else RowRead(content, ())


def _entity(read: Cells, facts: DistrictFacts) -> EntityContent:
    name = read.required("name", 200)
    uscc, external_no = _uscc(read), read.text("external_no", 64)
    if not read.raw("uscc") and external_no is None:
        read.fault("external_no", "registry.key_missing", "检查对象编号和统一社会信用代码至少填一项")
    registered_on = _past_date(read, "registered_on", facts)
    edition, industry = _industry(read)
    return EntityContent(
        kind=_kind(read, uscc),
        name=name,
        name_key=search_key(name),
        uscc=uscc,
        external_no=external_no,
        status=read.choice("status", STATUS_WORDS) or RegistrationStatus.ACTIVE.value,
        registered_on=registered_on,
        region_code=_region(read, facts),
        address=read.text("address", 300),
        industry_code=industry,
        industry_edition=edition,
        departments=_departments(read, facts),
        tags=read.tags("tags"),
        producer_external_no=read.text("producer_external_no", 64),
        legal_rep_phone=read.phone("legal_rep_phone"),
    )


ENTITY_CELLS: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": ("kind", "registered_type", "uscc"),
    "status": ("status",),
    "registered_on": ("registered_on",),
    "region_code": ("region_code", "address"),
    "industry": ("industry_code", "industry_edition"),
    "departments": ("departments",),
    "tags": ("tags",),
}
"""What of an object hangs on which cells alone: who reads many rows reads each combination once."""


def read_entity_part(part: str, read: Cells, facts: DistrictFacts) -> object:
    """One part of an object by the rules of `_entity`; for `kind` the USCC must be valid, its first two characters are
    enough. What is wrong stands in `read.faults`."""
    match part:
        case "kind":
            return _kind(read, read.raw("uscc") or None)
        case "status":
            return read.choice("status", STATUS_WORDS) or RegistrationStatus.ACTIVE.value
        case "registered_on":
            return _past_date(read, "registered_on", facts)
        case "region_code":
            return _region(read, facts)
        case "industry":
            return _industry(read)
        case "departments":
            return _departments(read, facts)
        case "tags":
            return read.tags("tags")
    raise KeyError(part)


def _kind(read: Cells, uscc: str | None) -> str:
    """The cell or its default; derived only where the file has no such column: a blank cell is a fault, not a hint."""
    if read.raw("kind"):
        return read.choice("kind", KIND_WORDS) or ""
    if read.has("kind"):
        read.fault("kind", "registry.required", "必填项为空")
        return ""
    derived = derived_kind(read.raw("registered_type"), uscc)
    if derived is None:
        read.fault("kind", "registry.kind_missing", "类别为空，也无法由统一社会信用代码或企业类型推出")
    return derived.value if derived else ""


def _uscc(read: Cells, field: str = "uscc") -> str | None:
    """Valid when present (GB 32100-2015); an individual business may have a registration number only."""
    code = uscc_code.normalise(read.raw(field))
    if not code:
        return None
    problem = uscc_code.validate(code)
    if problem is not None:
        read.fault(field, problem.value, problem.message)
    return code


def _past_date(read: Cells, field: str, facts: DistrictFacts) -> date | None:
    found = read.date(field)
    if found is not None and found > facts.today:
        read.fault(field, "registry.date_in_future", f"日期晚于今天（{facts.today.isoformat()}）")
    return found


def _region(read: Cells, facts: DistrictFacts) -> str:
    """The cell; else the town whose name stands in the address; else the default; else the district's own code."""
    written = read.raw("region_code", with_default=False)
    if not written:
        written = facts.regions.locate(read.raw("address")) or read.raw("region_code") or facts.regions.root or ""
    if not written:
        read.fault("region_code", "registry.region_missing", "所在镇街代码为空，也无法由地址推出")
        return ""
    code = facts.regions.today_of(facts.regions.named(written) or written)
    if code is None:
        read.fault("region_code", "region.unknown", f"区划代码“{written[:20]}”无效，或不属于本区现行区划")
    return code or ""


def _industry(read: Cells) -> tuple[str | None, str | None]:
    text = read.raw("industry_code")
    if not text:
        return None, None
    written = read.raw("industry_edition")
    edition = next((known for known in _EDITIONS if known in written), None if written else NEWEST_EDITION)
    if edition is None:
        read.fault("industry_edition", "registry.edition_unknown", "行业版本应为 2011 或 2017")
        return None, None
    try:
        return edition, parse_industry(edition, text).code
    except InvalidIndustry as error:
        read.fault("industry_code", error.code, error.message)
        return None, None


def _departments(read: Cells, facts: DistrictFacts) -> tuple[str, ...]:
    found = [_department(read, "departments", written, facts) for written in read.many("departments")]
    return tuple(sorted({code for code in found if code}))


def _department(read: Cells, field: str, written: str, facts: DistrictFacts) -> str:
    code = facts.departments.get(search_key(written))
    if code is None:
        read.fault(field, "registry.department_unknown", f"没有登记部门“{written[:30]}”")
    return code or ""


def _inspector(read: Cells, facts: DistrictFacts) -> InspectorContent:
    valid_until = read.date("valid_until")
    if not read.raw("valid_until"):
        read.fault("valid_until", "registry.required", "必填项为空")
    department = read.required("owner_department", 100)
    return InspectorContent(
        inspector_no=read.required("inspector_no", 64),
        name=read.required("name", 50),
        owner_department=_department(read, "owner_department", department, facts) if department else "",
        certificate_no=read.required("certificate_no", 40),
        issuer=read.text("issuer", 100),
        valid_until=valid_until or date.min,
        fields=read.tags("fields"),
        expertise=read.tags("expertise"),
        regions=_regions(read, facts),
        phone=read.phone("phone"),
        status=read.choice("status", INSPECTOR_WORDS) or InspectorStatus.ACTIVE.value,
    )


def _regions(read: Cells, facts: DistrictFacts) -> tuple[str, ...]:
    """Codes or names of towns; blank, 全区 or * is the whole district."""
    written = read.many("regions")
    if not written or _WHOLE_DISTRICT & set(written):
        return (ANYWHERE,)
    found = {part: facts.regions.today_of(facts.regions.named(part) or part) for part in written}
    for part, code in found.items():
        if code is None:
            read.fault("regions", "region.unknown", f"执法区域“{part[:20]}”无效，或不属于本区现行区划")
    return tuple(sorted({code for code in found.values() if code}))


def _expert(read: Cells, facts: DistrictFacts) -> ExpertContent:
    return ExpertContent(
        expert_no=read.required("expert_no", 64),
        name=read.required("name", 100),
        kind=read.choice("kind", EXPERT_WORDS) or ExpertKind.PERSON.value,
        organisation=read.text("organisation", 200),
        fields=read.tags("fields"),
        title=read.text("title", 50),
        qualification=read.text("qualification", 200),
        valid_until=read.date("valid_until"),
        phone=read.phone("phone"),
        status=read.choice("status", INSPECTOR_WORDS) or InspectorStatus.ACTIVE.value,
    )


def _department_row(read: Cells, facts: DistrictFacts) -> DepartmentContent:
    code = read.required("code", 20)
    if code and not (code.isascii() and code.isalnum() and len(code) > 1):
        read.fault("code", "registry.department_code_malformed", "部门代码应为 2 至 20 位字母或数字")
    name = read.required("name", 100)
    return DepartmentContent(
        code=code, name=name, short_name=read.text("short_name", 30) or name[:30], uscc=_uscc(read)
    )


_READERS: Final[Mapping[ImportKind, Callable[[Cells, DistrictFacts], Content]]] = {
    ImportKind.ENTITIES: _entity,
    ImportKind.INSPECTORS: _inspector,
    ImportKind.EXPERTS: _expert,
    ImportKind.DEPARTMENTS: _department_row,
}
