"""The columns of exported lists (导出): what an officer reads under which header. No personal fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.registry.domain.completeness import Completeness
from services.registry.domain.duties import BASIS_LABELS, Duty
from services.registry.domain.entities import KIND_LABELS, STATUS_LABELS, Entity, exclusion_ground
from services.registry.domain.experts import EXPERT_KIND_LABELS, Expert
from services.registry.domain.inspectors import INSPECTOR_STATUS_LABELS, Inspector
from services.registry.domain.libraries import MembershipChange
from services.registry.domain.marks import MARK_KIND_LABELS
from services.registry.domain.reviews import STATE_LABELS, SUBJECT_LABELS, ReviewStanding
from services.registry.usecases.read_entities import MarkedEntity
from shared.runtime.exports import Column, Sheet


def _said(labels: Mapping[Any, str], value: str) -> str:
    """The Chinese word of a code; a code that came later stands for itself."""
    return {str(code): word for code, word in labels.items()}.get(value, value)


ENTITY_COLUMNS: Final[tuple[Column[Entity], ...]] = (
    Column("检查对象标识", lambda one: str(one.id)),
    Column("检查对象编号", lambda one: one.content.external_no),
    Column("名称", lambda one: one.content.name),
    Column("统一社会信用代码", lambda one: one.content.uscc),
    Column("类别", lambda one: _said(KIND_LABELS, one.content.kind)),
    Column("登记状态", lambda one: _said(STATUS_LABELS, one.content.status)),
    Column("成立日期", lambda one: one.content.registered_on),
    Column("所在镇街代码", lambda one: one.content.region_code),
    Column("地址", lambda one: one.content.address),
    Column("行业代码", lambda one: one.content.industry_code),
    Column("行业版本", lambda one: one.content.industry_edition),
    Column("监管部门", lambda one: one.content.departments),
    Column("标签", lambda one: one.content.tags),
    Column("生产单位编号", lambda one: one.content.producer_external_no),
    Column("信用风险等级", lambda one: one.credit_class),
    Column("最近检查日期", lambda one: one.last_visit_on),
    Column("可以抽取", lambda one: exclusion_ground(one.content.status) is None),
)
ENTITIES: Final = Sheet("检查对象", ENTITY_COLUMNS)
LIBRARY_OBJECTS: Final = Sheet("名录库对象", ENTITY_COLUMNS)
UNANSWERED: Final = Sheet("无部门监管的检查对象", ENTITY_COLUMNS)
INSPECTORS: Final[Sheet[Inspector]] = Sheet(
    "执法检查人员",
    (
        Column("执法人员编号", lambda one: one.content.inspector_no),
        Column("姓名", lambda one: one.content.name),
        Column("部门", lambda one: one.content.owner_department),
        Column("执法证号", lambda one: one.content.certificate_no),
        Column("发证机关", lambda one: one.content.issuer),
        Column("证件有效期至", lambda one: one.content.valid_until),
        Column("执法领域", lambda one: one.content.fields),
        Column("业务专长", lambda one: one.content.expertise),
        Column("执法区域", lambda one: one.content.regions),
        Column("每月检查次数上限", lambda one: one.content.capacity),
        Column("状态", lambda one: _said(INSPECTOR_STATUS_LABELS, one.content.status)),
    ),
)
EXPERTS: Final[Sheet[Expert]] = Sheet(
    "专家",
    (
        Column("专家编号", lambda one: one.content.expert_no),
        Column("姓名或名称", lambda one: one.content.name),
        Column("类型", lambda one: _said(EXPERT_KIND_LABELS, one.content.kind)),
        Column("工作单位", lambda one: one.content.organisation),
        Column("专业领域", lambda one: one.content.fields),
        Column("职称", lambda one: one.content.title),
        Column("资质证书", lambda one: one.content.qualification),
        Column("资质有效期至", lambda one: one.content.valid_until),
        Column("状态", lambda one: _said(INSPECTOR_STATUS_LABELS, one.content.status)),
    ),
)
MARKS: Final[Sheet[MarkedEntity]] = Sheet(
    "标签和许可证",
    (
        Column("检查对象", lambda one: one.entity_name),
        Column("统一社会信用代码", lambda one: one.uscc),
        Column("种类", lambda one: _said(MARK_KIND_LABELS, one.mark.content.kind)),
        Column("名称", lambda one: one.mark.content.name),
        Column("证号", lambda one: one.mark.content.number),
        Column("登记部门", lambda one: one.mark.department),
        Column("有效期起", lambda one: one.mark.content.valid_from),
        Column("有效期止", lambda one: one.mark.content.valid_until),
        Column("备注", lambda one: one.mark.content.note),
    ),
)
DUTIES: Final[Sheet[Duty]] = Sheet(
    "监管职责",
    (
        Column("依何确定", lambda one: _said(BASIS_LABELS, one.content.basis)),
        Column("许可证", lambda one: one.content.licence),
        Column("行业代码", lambda one: one.content.industry_code),
        Column("行业版本", lambda one: one.content.industry_edition),
        Column("监管部门", lambda one: one.content.department),
        Column("依据", lambda one: one.content.legal_basis),
        Column("启用日期", lambda one: one.content.valid_from),
        Column("停用日期", lambda one: one.content.valid_until),
    ),
)


def _of_the_object(column: Column[Entity]) -> Column[MembershipChange]:
    return Column(column.title, lambda one: column.value(one.entity))


DIFFERENCE: Final[Sheet[MembershipChange]] = Sheet(
    "名录库变动",
    (
        Column("变动", lambda one: "进入" if one.entered else "离开"),
        *(_of_the_object(column) for column in ENTITY_COLUMNS),
    ),
)
REVIEWS: Final[Sheet[ReviewStanding]] = Sheet(
    "名录库年度核查",
    (
        Column("部门", lambda one: one.wanted.department),
        Column("库", lambda one: _said(SUBJECT_LABELS, one.wanted.subject)),
        Column("名称", lambda one: one.wanted.name),
        Column("情况", lambda one: _said(STATE_LABELS, one.state)),
        Column("签署人", lambda one: one.review.signed_by if one.review else None),
        Column("签署时间", lambda one: one.review.signed_at if one.review else None),
        Column("签署时的数量", lambda one: one.review.members if one.review else None),
        Column("说明", lambda one: one.review.note if one.review else None),
    ),
)
COMPLETENESS: Final[Sheet[Completeness]] = Sheet(
    "名录库完备度",
    (
        Column("部门代码", lambda one: one.department),
        Column("部门", lambda one: one.name),
        Column("名录库数", lambda one: one.libraries),
        Column("检查对象数", lambda one: one.objects.total),
        Column("有镇街的", lambda one: one.objects.with_town),
        Column("有行业的", lambda one: one.objects.with_industry),
        Column("有信用等级的", lambda one: one.objects.with_class),
        Column("三项齐全的", lambda one: one.objects.complete),
        Column("执法检查人员数", lambda one: one.inspectors.total),
        Column("可以执法检查的", lambda one: one.inspectors.valid),
        Column("三十日内证件到期的", lambda one: one.inspectors.expiring),
        Column("最近导入时间", lambda one: one.last_import_at),
        Column("尚未签署的核查", lambda one: one.reviews_open),
        Column("完备度", lambda one: one.score),
    ),
)
