"""The columns of the district's files, as an officer would fill them in."""

from collections.abc import Mapping
from typing import Final

from demo.district.model import INDUSTRY_EDITION, CreditFact, Entity, Expert, Inspector

ENTITY_COLUMNS: Final = (
    "检查对象编号(外部编号)",
    "名称",
    "统一社会信用代码",
    "类别",
    "登记状态",
    "成立日期",
    "所在镇街代码",
    "地址",
    "行业代码",
    "行业版本",
    "监管部门",
    "标签",
    "生产单位编号",
    "法定代表人联系电话",
)
INSPECTOR_COLUMNS: Final = (
    "执法人员编号",
    "姓名",
    "部门",
    "执法证号",
    "发证机关",
    "证件有效期至",
    "执法领域",
    "业务专长",
    "执法区域",
    "联系电话",
    "状态",
)
EXPERT_COLUMNS: Final = (
    "专家编号",
    "姓名",
    "所在单位",
    "专业领域",
    "职称",
    "资质证书",
    "资质有效期至",
    "联系电话",
    "状态",
)
CREDIT_COLUMNS: Final = (
    "检查对象编号(外部编号)",
    "统一社会信用代码",
    "指标编码",
    "分值",
    "发生日期",
    "信息来源",
    "说明",
)


def entity_cells(entity: Entity, names: Mapping[str, str]) -> tuple[str, ...]:
    """One row under `ENTITY_COLUMNS`; `names` gives the full name of a department code."""
    return (
        entity.external_no,
        entity.name,
        entity.uscc or "",
        entity.kind,
        entity.state,
        entity.registered_on.isoformat(),
        entity.town,
        entity.address,
        entity.industry or "",
        INDUSTRY_EDITION if entity.industry else "",
        "、".join(names[code] for code in entity.departments),
        "、".join(entity.tags),
        entity.producer_no or "",
        entity.phone or "",
    )


def inspector_cells(inspector: Inspector, names: Mapping[str, str]) -> tuple[str, ...]:
    return (
        inspector.number,
        inspector.name,
        names[inspector.department],
        inspector.certificate_no,
        inspector.issuer,
        inspector.valid_until.isoformat(),
        "、".join(inspector.fields),
        "、".join(inspector.expertise),
        "、".join(inspector.regions),
        inspector.phone,
        inspector.state,
    )


def expert_cells(expert: Expert) -> tuple[str, ...]:
    return (
        expert.number,
        expert.name,
        expert.institution,
        expert.field,
        expert.title,
        expert.qualification,
        expert.valid_until.isoformat(),
        expert.phone,
        expert.state,
    )


def credit_cells(fact: CreditFact) -> tuple[str, ...]:
    return (
        fact.entity_no,
        fact.uscc or "",
        fact.indicator,
        str(fact.points),
        fact.occurred_on.isoformat(),
        fact.source,
        fact.text,
    )
