"""Response bodies of leniency and discretion at a finding (裁量)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from services.results.domain.content import Discretion
from services.results.domain.discretion import EarlierFinding, FindingOffers, Offer
from services.results.usecases.discretion import Considered, Possible
from shared.runtime.http import Out


class ChosenOut(Out):
    """选择的裁量情节。"""

    code: str = Field(description="裁量情节代码", examples=["first"])
    reason: str = Field(description="选择的理由", examples=["首次发现，当场改正"])

    @classmethod
    def of(cls, chosen: Discretion | None) -> ChosenOut | None:
        return None if chosen is None else cls(code=chosen.code, reason=chosen.reason)


class EarlierFindingOut(Out):
    """以前公示的同类问题。"""

    result_id: UUID = Field(description="检查结果编号")
    outcome_code: str = Field(description="检查结果代码", examples=["B"])
    concluded_on: date = Field(description="结果形成日期")

    @classmethod
    def of(cls, one: EarlierFinding) -> EarlierFindingOut:
        return cls(result_id=one.result_id, outcome_code=one.outcome_code, concluded_on=one.concluded_on)


class OfferOut(Out):
    """一种裁量情节，以及对这个问题能否选择。"""

    code: str = Field(description="裁量情节代码", examples=["first"])
    text: str = Field(description="名称与条件", examples=["首违不罚：初次违法且危害后果轻微并及时改正"])
    kind: str = Field(
        description="exempt 轻微免罚，first 首违不罚，proved 须当事人举证，lighter 从轻减轻，"
        "ordinary 一般，heavier 从重",
        examples=["first"],
    )
    basis: str = Field(description="依据的条款", examples=["行政处罚法（2021年修订）第三十三条第一款"])
    is_open: bool = Field(description="能否选择", examples=[True])
    why_not: str = Field(description="不能选择的原因", examples=[""])
    earlier: list[EarlierFindingOut] = Field(description="不能算初次的依据")

    @classmethod
    def of(cls, offer: Offer) -> OfferOut:
        row = offer.row
        return cls(
            code=row.code,
            text=row.text,
            kind=row.kind,
            basis=row.basis,
            is_open=offer.is_open,
            why_not=offer.why_not,
            earlier=[EarlierFindingOut.of(one) for one in offer.earlier],
        )


class PossibleOut(Out):
    """对一个还没有保存的问题可以选择的裁量情节。"""

    table_version: int = Field(description="裁量情节代码表的版本", examples=[1])
    effective_on: date = Field(description="该版本的启用日期")
    offers: list[OfferOut] = Field(description="按代码表的顺序")

    @classmethod
    def of(cls, found: Possible) -> PossibleOut:
        offers = [OfferOut.of(offer) for offer in found.offers]
        return cls(table_version=found.table.version, effective_on=found.table.effective_on, offers=offers)


class FindingOffersOut(Out):
    """一个问题的裁量情节。"""

    item_id: UUID = Field(description="事项编号")
    outcome_code: str = Field(description="检查结果代码", examples=["B"])
    text: str = Field(description="问题描述", examples=["未公示食品经营许可证"])
    severity: int = Field(description="严重程度 1–5", examples=[2])
    chosen: ChosenOut | None = Field(description="选择的裁量情节；还没有选择的为空")
    offers: list[OfferOut] = Field(description="按代码表的顺序")

    @classmethod
    def of(cls, one: FindingOffers) -> FindingOffersOut:
        return cls(
            item_id=one.item_id,
            outcome_code=one.finding.outcome_code,
            text=one.finding.text,
            severity=one.finding.severity,
            chosen=ChosenOut.of(one.finding.discretion),
            offers=[OfferOut.of(offer) for offer in one.offers],
        )


class ConsideredOut(Out):
    """一个检查结果的裁量情况。"""

    result_id: UUID = Field(description="检查结果编号")
    table_version: int = Field(description="今天使用的裁量情节代码表版本", examples=[1])
    effective_on: date = Field(description="该版本的启用日期")
    findings: list[FindingOffersOut] = Field(description="各个问题")

    @classmethod
    def of(cls, found: Considered) -> ConsideredOut:
        return cls(
            result_id=found.record.id,
            table_version=found.table.version,
            effective_on=found.table.effective_on,
            findings=[FindingOffersOut.of(one) for one in found.findings],
        )
