"""One object of inspection in full: what departments say of it, who answers for it, its visits."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from services.registry.api.entity_models import SHOWN, EntityOut, entity_values
from services.registry.api.mark_models import MARK_SHOWN, MarkOut
from services.registry.domain.duties import Answering
from services.registry.domain.visits import Visit
from services.registry.usecases.read_entities import EntityMoment
from shared.runtime.http import Out

ANSWERING: dict[str, Any] = {
    "department": "SCJG",
    "ground": "approval",
    "because": "食品生产许可证",
    "legal_basis": "《食品安全法》第三十五条",
    "duty_id": "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f93",
}


class AnsweringOut(Out):
    """一个监管部门，以及为何由它监管（谁审批谁监管、谁主管谁监管）。"""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [ANSWERING]})

    department: str = Field(description="部门代码")
    ground: str = Field(description="declared 登记的监管部门、approval 按审批、industry 按行业")
    because: str | None = Field(description="哪个许可证，或哪个行业")
    legal_basis: str | None = Field(description="依据")
    duty_id: UUID | None = Field(description="监管职责的编号；没有则由登记或发证确定")

    @classmethod
    def of(cls, one: Answering) -> AnsweringOut:
        return cls(
            department=one.department,
            ground=one.ground,
            because=one.because,
            legal_basis=one.legal_basis,
            duty_id=one.duty_id,
        )


class EntityDetailOut(EntityOut):
    """一个检查对象，带生产单位、部门标签和许可证、监管部门。"""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                SHOWN
                | {
                    "producer_id": None,
                    "tags_in_force": ["食品生产", "重点企业"],
                    "marks": [MARK_SHOWN],
                    "answering": [ANSWERING],
                }
            ]
        },
    )

    producer_id: UUID | None = Field(None, description="生产单位的检查对象标识")
    tags_in_force: list[str] = Field(description="当日起作用的全部标签：登记的，和各部门在有效期内的")
    marks: list[MarkOut] = Field(description="各部门的标签和许可证，不论是否在有效期内")
    answering: list[AnsweringOut] = Field(description="当日的监管部门；为空即监管真空")

    @classmethod
    def at(cls, found: EntityMoment) -> EntityDetailOut:
        return cls.model_validate(
            entity_values(found.entity)
            | {
                "producer_id": found.producer_id,
                "tags_in_force": list(found.tags),
                "marks": [MarkOut.of(mark) for mark in found.marks],
                "answering": [AnsweringOut.of(one) for one in found.answering],
            }
        )


class VisitOut(Out):
    """一次检查的已公示结果。"""

    result_id: UUID = Field(description="检查结果")
    visit_id: UUID = Field(description="上门检查")
    department: str = Field(description="部门代码", examples=["SCJG"])
    concluded_on: date = Field(description="得出结果的日期", examples=["2026-09-03"])

    @classmethod
    def of(cls, visit: Visit) -> VisitOut:
        return cls(
            result_id=visit.result_id,
            visit_id=visit.visit_id,
            department=visit.department,
            concluded_on=visit.concluded_on,
        )
