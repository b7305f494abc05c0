"""How versions of the indicator system are shown, and how one is proposed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.credit.api.shapes import Instant
from services.credit.domain.indicators import (
    Band,
    DirectRule,
    Indicator,
    IndicatorSystem,
    NewForm,
    WarningRule,
)
from services.credit.domain.proposals import STATE_NAMES, Effect, Mover, Proposal
from shared.runtime.http import In, Out
from shared.values.credit_class import CreditClass

Points = Annotated[int, Field(ge=0, le=1000)]


class BandOut(Out):
    """一个分数段，含起点，不含下一段起点。"""

    credit_class: str = Field(description="等级", examples=["B"])
    starts_at: int = Field(description="起点分数（含）", examples=[200])


class IndicatorOut(Out):
    """一个指标。"""

    code: str = Field(description="指标编码", examples=["R030503"])
    name: str = Field(description="指标名称", examples=["双随机抽查：发现问题待后续处理"])
    group: str = Field(description="所属类别", examples=["R0305 双随机抽查"])
    points: list[int] = Field(
        description="分值：第一个为未分级，其后为程度 1–5", examples=[[60, 60, 120, 200, 320, 500]]
    )
    window_months: int | None = Field(description="计入月数，为空表示长期计入", examples=[60])


class DirectRuleOut(Out):
    """直接判定规则。"""

    list_code: str = Field(description="名单代码", examples=["serious_violations"])
    credit_class: str = Field(description="判定等级", examples=["D"])
    basis: str = Field(description="依据", examples=["豫市监办〔2022〕100号"])


class NewFormOut(Out):
    """一种新业态：登记后的观察期内，轻微问题不计分。"""

    code: str = Field(description="代码", examples=["online_retail"])
    name: str = Field(description="名称", examples=["互联网零售"])
    industries: list[str] = Field(description="行业代码前缀（GB/T 4754）", examples=[["5292"]])
    months: int = Field(description="观察期月数，自登记之日起", examples=[12])
    max_level: int = Field(description="不超过此程度的问题不计分", examples=[2])
    basis: str = Field(description="依据", examples=["《优化营商环境条例》第五十五条"])


class WarningRuleOut(Out):
    """何时预警。"""

    jump_classes: int = Field(description="一次升高几级即预警", examples=[2])
    jump_points: int = Field(description="升至 C、D 级且得分一次增加多少即预警", examples=[300])
    cluster_days: int = Field(description="聚集预警的天数", examples=[30])
    cluster_count: int = Field(description="同一行业大类或镇街等级升高的户数", examples=[5])


class IndicatorSystemOut(Out):
    """一版指标体系。"""

    code: str = Field(description="代码", examples=["henan-2022"])
    version: int = Field(description="版本", examples=[1])
    title: str = Field(description="名称", examples=["企业信用风险分类指标体系"])
    legal_basis: str = Field(description="依据", examples=["豫市监办〔2022〕100号"])
    highest: int = Field(description="满分，越高风险越大", examples=[1000])
    bands: list[BandOut] = Field(description="分数段")
    indicators: list[IndicatorOut] = Field(description="指标")
    codes: dict[str, str] = Field(description="检查结果代码、名单代码对应的指标", examples=[{"outcome:8": "R030501"}])
    direct_rules: list[DirectRuleOut] = Field(description="直接判定规则")
    new_forms: list[NewFormOut] = Field(description="实行包容审慎监管的新业态及其观察期")
    warnings: WarningRuleOut = Field(description="预警规则")

    @classmethod
    def of(cls, system: IndicatorSystem) -> IndicatorSystemOut:
        return cls(
            code=system.code,
            version=system.version,
            title=system.title,
            legal_basis=system.legal_basis,
            highest=system.highest,
            bands=[BandOut(credit_class=band.credit_class, starts_at=band.starts_at) for band in system.bands],
            indicators=[
                IndicatorOut(
                    code=one.code,
                    name=one.name,
                    group=one.group,
                    points=list(one.points),
                    window_months=one.window_months,
                )
                for one in system.indicators.values()
            ],
            codes=dict(system.codes),
            direct_rules=[
                DirectRuleOut(list_code=rule.list_code, credit_class=rule.credit_class, basis=rule.basis)
                for rule in system.direct_rules
            ],
            new_forms=[NewFormOut(**asdict(form)) for form in system.new_forms],
            warnings=WarningRuleOut(**asdict(system.warnings)),
        )


class BandIn(In):
    credit_class: CreditClass = Field(description="等级 A、B、C、D", examples=["B"])
    starts_at: Points = Field(description="起点分数（含）", examples=[200])


class IndicatorIn(In):
    code: str = Field(description="指标编码", min_length=1, max_length=40, examples=["R030503"])
    name: str = Field(description="指标名称", min_length=1, max_length=100, examples=["双随机抽查：发现问题待后续处理"])
    group: str = Field(description="所属类别", min_length=1, max_length=100, examples=["R0305 双随机抽查"])
    points: list[Points] = Field(
        description="分值：第一个为未分级，其后为程度 1–5",
        min_length=6,
        max_length=6,
        examples=[[60, 60, 120, 200, 320, 500]],
    )
    window_months: int | None = Field(description="计入月数，为空表示长期计入", ge=1, le=600, examples=[60])


class DirectRuleIn(In):
    list_code: str = Field(description="名单代码", min_length=1, max_length=60, examples=["serious_violations"])
    credit_class: CreditClass = Field(description="判定等级", examples=["D"])
    basis: str = Field(description="依据", min_length=1, max_length=500, examples=["豫市监办〔2022〕100号"])


class NewFormIn(In):
    code: str = Field(description="代码", min_length=1, max_length=60, examples=["online_retail"])
    name: str = Field(description="名称", min_length=1, max_length=100, examples=["互联网零售"])
    industries: list[str] = Field(description="行业代码前缀（GB/T 4754）", min_length=1, examples=[["5292"]])
    months: int = Field(description="观察期月数", ge=1, le=120, examples=[12])
    max_level: int = Field(description="不超过此程度的问题不计分", ge=1, le=5, examples=[2])
    basis: str = Field(description="依据", min_length=1, max_length=500, examples=["《优化营商环境条例》第五十五条"])


class WarningRuleIn(In):
    jump_classes: int = Field(description="一次升高几级即预警", ge=1, le=3, examples=[2])
    jump_points: int = Field(description="升至 C、D 级且得分一次增加多少即预警", ge=1, le=1000, examples=[300])
    cluster_days: int = Field(description="聚集预警的天数", ge=1, le=366, examples=[30])
    cluster_count: int = Field(description="同一行业大类或镇街等级升高的户数", ge=2, le=10000, examples=[5])


class ProposalIn(In):
    """整份下一版指标体系，不是改动之处。"""

    note: str = Field(description="修订理由", min_length=1, max_length=1000, examples=["提高行政处罚的分值"])
    code: str = Field(description="体系代码", min_length=1, max_length=60, examples=["henan-2022"])
    title: str = Field(description="名称", min_length=1, max_length=200, examples=["企业信用风险分类指标体系"])
    legal_basis: str = Field(description="依据", min_length=1, max_length=500, examples=["豫市监办〔2022〕100号"])
    highest: int = Field(description="满分，越高风险越大", ge=1, le=1000, examples=[1000])
    bands: list[BandIn] = Field(
        description="分数段，依次为 A、B、C、D",
        examples=[
            [
                {"credit_class": "A", "starts_at": 0},
                {"credit_class": "B", "starts_at": 200},
                {"credit_class": "C", "starts_at": 500},
                {"credit_class": "D", "starts_at": 750},
            ]
        ],
    )
    indicators: list[IndicatorIn] = Field(description="指标", min_length=1, max_length=500)
    codes: dict[str, str] = Field(description="检查结果代码、名单代码对应的指标", examples=[{"outcome:A": "R030503"}])
    direct_rules: list[DirectRuleIn] = Field(description="直接判定规则", max_length=100)
    new_forms: list[NewFormIn] = Field(description="实行包容审慎监管的新业态", max_length=100)
    warnings: WarningRuleIn = Field(description="预警规则")

    def system(self) -> IndicatorSystem:
        return IndicatorSystem(
            code=self.code,
            version=0,
            title=self.title,
            legal_basis=self.legal_basis,
            highest=self.highest,
            bands=tuple(Band(one.credit_class, one.starts_at) for one in self.bands),
            indicators={
                one.code: Indicator(one.code, one.name, one.group, tuple(one.points), one.window_months)
                for one in self.indicators
            },
            codes=self.codes,
            direct_rules=tuple(DirectRule(one.list_code, one.credit_class, one.basis) for one in self.direct_rules),
            new_forms=tuple(
                NewForm(one.code, one.name, tuple(one.industries), one.months, one.max_level, one.basis)
                for one in self.new_forms
            ),
            warnings=WarningRule(**self.warnings.model_dump()),
        )


class DecisionIn(In):
    accept: bool = Field(description="true 启用，false 不通过", examples=[True])
    reason: str | None = Field(None, description="审定意见", max_length=1000, examples=["同意启用"])


class ProposalOut(Out):
    """一份修订稿。"""

    proposal_id: UUID = Field(description="修订稿编号", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])
    note: str = Field(description="修订理由", examples=["提高行政处罚的分值"])
    based_on: int | None = Field(description="依据的版本，为空表示平台预置版", examples=[1])
    state: str = Field(description="状态：open、activated、rejected", examples=["open"])
    state_name: str = Field(description="状态名称", examples=["待审定"])
    version: int | None = Field(description="启用后的版本", examples=[2])
    reason: str | None = Field(description="审定意见", examples=["同意启用"])
    proposed_by: str = Field(description="提出人", examples=["officer:0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])
    proposed_at: Instant = Field(description="提出时间")
    decided_by: str | None = Field(description="审定人", examples=["officer:0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f91"])
    decided_at: Instant | None = Field(description="审定时间")

    @classmethod
    def of(cls, proposal: Proposal) -> ProposalOut:
        return cls(
            proposal_id=proposal.id,
            note=proposal.note,
            based_on=proposal.based_on,
            state=proposal.state,
            state_name=STATE_NAMES[proposal.state],
            version=proposal.version,
            reason=proposal.reason,
            proposed_by=proposal.proposed_by,
            proposed_at=proposal.proposed_at,
            decided_by=proposal.decided_by,
            decided_at=proposal.decided_at,
        )


class MoveOut(Out):
    """从一级到另一级的户数。"""

    before: str = Field(description="现在的等级", examples=["A"])
    after: str = Field(description="启用后的等级", examples=["B"])
    count: int = Field(description="户数", examples=[12])


class MoverOut(Out):
    """等级会变的一户。"""

    entity_id: UUID = Field(description="检查对象编号", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])
    name: str | None = Field(description="名称", examples=["孟津区丰穗霖保安服务有限公司"])
    uscc: str | None = Field(description="统一社会信用代码", examples=["91410308MXYT81MC3Y"])
    before: str = Field(description="现在的等级", examples=["A"])
    after: str = Field(description="启用后的等级", examples=["B"])
    score_before: int = Field(description="现在的得分", examples=[180])
    score_after: int = Field(description="启用后的得分", examples=[240])

    @classmethod
    def of(cls, mover: Mover) -> MoverOut:
        return cls(**asdict(mover))


class EffectOut(Out):
    """试算：启用后谁会变。"""

    records: int = Field(description="已有信用记录的户数", examples=[12000])
    rescored: int = Field(description="得分会变的户数", examples=[340])
    moves: list[MoveOut] = Field(description="等级变动的户数")
    movers: list[MoverOut] = Field(description="等级会变的检查对象，最多 200 户")

    @classmethod
    def of(cls, effect: Effect) -> EffectOut:
        moves = [MoveOut(before=one, after=other, count=n) for (one, other), n in sorted(effect.moves.items())]
        return cls(
            records=effect.records,
            rescored=effect.rescored,
            moves=moves,
            movers=[MoverOut.of(mover) for mover in effect.movers],
        )
