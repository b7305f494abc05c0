"""What registry tells the other services."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from services.registry.domain.entities import Entity, exclusion_ground
from services.registry.domain.inspectors import Inspector, Standing
from shared.runtime.http import In, Out


class SnapshotIn(In):
    """要冻结的名册。"""

    district: str = Field(description="地区，须与令牌一致", examples=["mengjin"])
    library_id: UUID = Field(description="名录库编号")
    library_version: int = Field(description="名录库版本", ge=1, examples=[1])
    departments: list[str] = Field(description="要其执法检查人员的部门", max_length=100, examples=[["SCJG", "YJJ"]])
    on: date = Field(description="抽取之日", examples=["2026-12-01"])
    with_experts: bool = Field(False, description="是否也要专家")


class IdsIn(In):
    """要查询的标识；两种可以同时给出。"""

    ids: list[UUID] = Field(default_factory=list, description="标识", max_length=10000)
    usccs: list[str] = Field(
        default_factory=list, description="统一社会信用代码", max_length=10000, examples=[["91410308MA0000001U"]]
    )


class InspectorIdsIn(In):
    """要查询的执法检查人员和日期。"""

    ids: list[UUID] = Field(description="标识", max_length=10000)
    on: date = Field(description="在哪一天", examples=["2026-12-01"])


class DepartmentBriefOut(Out):
    """其他服务需要知道的部门。"""

    code: str = Field(description="部门代码", examples=["SCJG"])
    name: str = Field(description="名称", examples=["孟津区市场监督管理局"])
    short_name: str = Field(description="简称", examples=["区市场监管局"])


class EntityBriefOut(Out):
    """其他服务需要知道的检查对象。"""

    entity_id: UUID = Field(description="检查对象标识")
    version: int = Field(description="版本", examples=[1])
    uscc: str | None = Field(description="统一社会信用代码", examples=["91410308MA0000001U"])
    external_no: str | None = Field(description="外部编号", examples=["MJ000001"])
    name: str = Field(description="名称", examples=["孟津示例食品有限公司"])
    kind: str = Field(description="类别", examples=["enterprise"])
    status: str = Field(description="登记状态", examples=["active"])
    region: str = Field(description="所在镇街代码", examples=["410308100"])
    address: str | None = Field(description="地址", examples=["城关镇示例路 1 号"])
    industry_code: str | None = Field(description="行业代码", examples=["1310"])
    industry_edition: str | None = Field(description="行业版本", examples=["2017"])
    departments: list[str] = Field(description="监管部门代码", examples=[["SCJG"]])
    tags: list[str] = Field(description="标签", examples=[["食品生产"]])
    credit_class: str = Field(description="信用风险等级", examples=["B"])
    last_visit_on: date | None = Field(description="最近检查日期")
    excluded: str | None = Field(description="不能被抽取的原因", examples=["status_revoked"])

    @classmethod
    def of(cls, entity: Entity) -> EntityBriefOut:
        content = entity.content
        same = ("uscc", "external_no", "name", "kind", "status", "address", "industry_code", "industry_edition")
        values: dict[str, Any] = {name: getattr(content, name) for name in same}
        return cls.model_validate(
            values
            | {
                "entity_id": entity.id,
                "version": entity.version,
                "region": content.region_code,
                "departments": list(content.departments),
                "tags": list(content.tags),
                "credit_class": entity.credit_class,
                "last_visit_on": entity.last_visit_on,
                "excluded": exclusion_ground(content.status),
            }
        )


class EntitiesOut(Out):
    """找到的检查对象；没有的不列出。"""

    items: list[EntityBriefOut] = Field(description="按标识排列")


class InspectorBriefOut(Out):
    """一名执法检查人员在某日的情况。"""

    inspector_id: UUID = Field(description="执法检查人员标识")
    version: int = Field(description="当日的版本", examples=[1])
    inspector_no: str = Field(description="执法人员编号", examples=["ZF00001"])
    name: str = Field(description="姓名", examples=["张示例"])
    department: str = Field(description="部门代码", examples=["SCJG"])
    certificate_no: str = Field(description="执法证号", examples=["16030800001"])
    valid_until: date = Field(description="证件有效期至")
    status: str = Field(description="状态", examples=["active"])
    regions: list[str] = Field(description="执法区域", examples=[["410308"]])
    tags: list[str] = Field(description="执法领域和业务专长", examples=[["食品安全"]])
    on: date = Field(description="在哪一天")
    valid: bool = Field(description="当日是否可以执法检查：在岗且证件有效")
    ground: str | None = Field(description="不可以的原因", examples=["certificate_expired"])

    @classmethod
    def of(cls, inspector: Inspector, on: date, standing: Standing) -> InspectorBriefOut:
        content = inspector.content
        return cls(
            inspector_id=inspector.id,
            version=inspector.version,
            inspector_no=content.inspector_no,
            name=content.name,
            department=content.owner_department,
            certificate_no=content.certificate_no,
            valid_until=content.valid_until,
            status=content.status,
            regions=list(content.regions),
            tags=sorted({*content.fields, *content.expertise}),
            on=on,
            valid=standing.valid,
            ground=standing.ground,
        )


class InspectorsOut(Out):
    """找到的执法检查人员；没有的不列出。"""

    items: list[InspectorBriefOut] = Field(description="按标识排列")


class ChangeSetOut(Out):
    """一个变更批次。"""

    id: UUID = Field(description="变更批次")
    kind: str = Field(description="内容", examples=["entities"])
    origin: str = Field(description="来源：edit、import、event", examples=["import"])
    owner_department: str | None = Field(description="部门", examples=["SCJG"])
    row_count: int = Field(description="版本数", examples=[20000])
    recorded_at: datetime = Field(description="时间")


class ChangeRowsOut(Out):
    """变更批次的一页：每行是它写下的一个版本。

    entities：entity_id、version、uscc、external_no、name、kind、status、region、industry_code、industry_edition、registered_on；
    inspectors：inspector_id、version、department、certificate_no、valid_until、status；其他内容没有行。
    """

    change_set: ChangeSetOut = Field(description="变更批次")
    items: list[dict[str, Any]] = Field(description="按标识排列的版本", examples=[[{"t": "o"}]])
    next: UUID | None = Field(description="下一页的 after；为空表示没有更多")
