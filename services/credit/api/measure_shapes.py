"""How the catalogue of measures is shown, and how a next version is proposed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.credit.api.shapes import Instant
from services.credit.domain.measures import (
    Area,
    BaseItem,
    BaseList,
    ListKind,
    Measure,
    MeasureCatalogue,
    RepairTerms,
)
from services.credit.domain.proposals import STATE_NAMES, Proposal, ProposalState
from shared.runtime.http import In, Out

Code = Annotated[str, Field(min_length=1, max_length=60)]
Name = Annotated[str, Field(min_length=1, max_length=500)]


class AreaPart(In):
    """一个惩戒领域。"""

    code: Code = Field(description="领域代码", examples=["government_procurement"])
    name: Name = Field(description="领域名称", examples=["政府采购"])


class ListPart(In):
    """一个名单。"""

    code: Code = Field(description="名单代码", examples=["serious_violations"])
    name: Name = Field(description="名单名称", examples=["严重违法失信企业名单"])
    needs_consent: bool = Field(False, description="列入是否须上级机关同意", examples=[True])
    earliest_repair_months: int | None = Field(
        None, ge=0, le=120, description="列入满几个月后方可申请修复，为空表示随时", examples=[12]
    )


class BaseItemPart(In):
    """基础清单的一项。"""

    code: Code = Field(description="代码", examples=["restrict_honours"])
    name: Name = Field(description="名称", examples=["限制参加评先评优"])


class BasePart(In):
    """措施所依据的基础清单。"""

    title: Name = Field(description="名称", examples=["全国失信惩戒措施基础清单"])
    items: list[BaseItemPart] = Field(description="允许设立的措施种类", max_length=200)


class MeasurePart(In):
    """一项措施。停用的措施保留，lists 为空。"""

    code: Code = Field(description="措施代码", examples=["CJ-RYCH-01"])
    name: Name = Field(description="措施", examples=["限制授予荣誉称号"])
    area: Code = Field(description="领域代码", examples=["honours"])
    legal_basis: Name = Field(description="依据", examples=["《全国失信惩戒措施基础清单》"])
    executing_department: Name = Field(description="执行部门", examples=["荣誉授予部门"])
    term_months: int | None = Field(None, ge=1, le=600, description="期限（月），为空表示至移出名单为止", examples=[36])
    lists: list[Code] = Field(description="触发它的名单", max_length=50, examples=[["serious_violations"]])
    base_item: str | None = Field(None, max_length=60, description="基础清单中的种类", examples=["restrict_honours"])


class RepairTermsPart(In):
    """信用修复的办理时限。"""

    acceptance_days: int = Field(2, ge=1, le=60, description="受理时限（工作日）", examples=[2])
    decision_days: int = Field(15, ge=1, le=120, description="自受理起作出决定的时限（工作日）", examples=[15])


class MeasureProposalIn(In):
    """下一版惩戒措施清单。"""

    title: Name = Field(description="名称", examples=["区级联合惩戒措施清单"])
    areas: list[AreaPart] = Field(description="领域", max_length=200)
    lists: list[ListPart] = Field(description="名单", max_length=200)
    measures: list[MeasurePart] = Field(description="措施", max_length=1000)
    base: BasePart = Field(description="基础清单")
    repair: RepairTermsPart = Field(default_factory=RepairTermsPart, description="信用修复时限")
    note: Name = Field(description="修订说明", examples=["增加荣誉称号的限制期限"])

    def catalogue(self) -> MeasureCatalogue:
        return MeasureCatalogue(
            version=0,
            title=self.title,
            areas=tuple(Area(one.code, one.name) for one in self.areas),
            lists=tuple(ListKind(**one.model_dump()) for one in self.lists),
            measures=tuple(Measure(**one.model_dump() | {"lists": frozenset(one.lists)}) for one in self.measures),
            base=BaseList(self.base.title, tuple(BaseItem(one.code, one.name) for one in self.base.items)),
            repair=RepairTerms(**self.repair.model_dump()),
        )


class MeasureDecisionIn(In):
    """审定。"""

    accept: bool = Field(description="是否启用", examples=[True])
    reason: str | None = Field(None, max_length=500, description="意见", examples=["同意启用"])


class MeasureCatalogueOut(Out):
    """一版惩戒措施清单。"""

    version: int = Field(description="版本，未启用的为 0", examples=[1])
    title: str = Field(description="名称", examples=["区级联合惩戒措施清单"])
    areas: list[AreaPart] = Field(description="领域")
    lists: list[ListPart] = Field(description="名单")
    measures: list[MeasurePart] = Field(description="措施")
    base: BasePart | None = Field(description="基础清单，早期版本没有")
    repair: RepairTermsPart = Field(description="信用修复时限")

    @classmethod
    def of(cls, one: MeasureCatalogue) -> MeasureCatalogueOut:
        base = one.base
        return cls(
            version=one.version,
            title=one.title,
            areas=[AreaPart(code=area.code, name=area.name) for area in one.areas],
            lists=[
                ListPart(
                    code=kind.code,
                    name=kind.name,
                    needs_consent=kind.needs_consent,
                    earliest_repair_months=kind.earliest_repair_months,
                )
                for kind in one.lists
            ],
            measures=[_measure(measure) for measure in one.measures],
            base=BasePart(title=base.title, items=[BaseItemPart(code=item.code, name=item.name) for item in base.items])
            if base.title
            else None,
            repair=RepairTermsPart(acceptance_days=one.repair.acceptance_days, decision_days=one.repair.decision_days),
        )


def _measure(measure: Measure) -> MeasurePart:
    return MeasurePart(
        code=measure.code,
        name=measure.name,
        area=measure.area,
        legal_basis=measure.legal_basis,
        executing_department=measure.executing_department,
        term_months=measure.term_months,
        lists=sorted(measure.lists),
        base_item=measure.base_item,
    )


class MeasureProposalOut(Out):
    """一份修订稿。"""

    proposal_id: UUID = Field(description="修订稿编号")
    note: str = Field(description="修订说明", examples=["增加荣誉称号的限制期限"])
    based_on: int = Field(description="依据的版本", examples=[1])
    state: ProposalState = Field(description="状态：open、activated、rejected", examples=["open"])
    state_name: str = Field(description="状态名称", examples=["待审定"])
    version: int | None = Field(description="启用后的版本", examples=[2])
    reason: str | None = Field(description="审定意见", examples=["同意启用"])
    proposed_by: str = Field(description="提出人", examples=["officer:zhang"])
    proposed_at: Instant = Field(description="提出时间")
    decided_by: str | None = Field(description="审定人", examples=["officer:li"])
    decided_at: Instant | None = Field(description="审定时间")

    @classmethod
    def of(cls, one: Proposal) -> MeasureProposalOut:
        return cls(
            proposal_id=one.id,
            note=one.note,
            based_on=one.based_on or 1,
            state=one.state,
            state_name=STATE_NAMES[one.state],
            version=one.version,
            reason=one.reason,
            proposed_by=one.proposed_by,
            proposed_at=one.proposed_at,
            decided_by=one.decided_by,
            decided_at=one.decided_at,
        )


class MeasureProposalDetailOut(Out):
    """修订稿及全文。"""

    proposal: MeasureProposalOut = Field(description="修订稿")
    catalogue: MeasureCatalogueOut = Field(description="全文")
