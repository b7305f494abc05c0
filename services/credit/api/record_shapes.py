"""How a credit record is shown: class, score, what gave them, and the entries behind."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from services.credit.api.shapes import EntityOut, FlagOut, Instant
from services.credit.domain.entries import Entry
from services.credit.domain.history import HistoryLine
from services.credit.domain.periods import ObservationPeriod
from services.credit.domain.rating import Counted, Explanation, Waived
from services.credit.usecases.read_archive import RecordView
from shared.runtime.http import Out

_KINDS = {
    "fact": "信用信息",
    "listing": "列入名单",
    "reversal": "冲销",
    "class_change": "信用风险等级变动",
    "listing_entered": "列入名单",
    "listing_removed": "移出名单",
    "listing_annulled": "撤销列入",
    "flag_raised": "触发惩戒标记",
    "flag_lifted": "解除惩戒标记",
    "flag_annulled": "撤销惩戒标记",
}


class CountedOut(Out):
    """计入分值的一项事实。"""

    indicator_code: str = Field(description="指标编码", examples=["R030503"])
    indicator_name: str = Field(description="指标名称", examples=["双随机抽查：发现问题待后续处理"])
    source: str = Field(description="来源：results 抽查结果，import 信息导入", examples=["results"])
    fact_key: str = Field(description="来源中的编号", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])
    code: str = Field(description="事实代码：outcome: 检查结果，list: 名单，其余为指标编码", examples=["outcome:6"])
    level: int = Field(description="程度 1–5，0 表示未分级", examples=[3])
    points: int = Field(description="计入分值", examples=[200])
    occurred_on: date = Field(description="发生日期", examples=["2026-11-20"])
    counts_until: date | None = Field(description="自该日起不再计入，为空表示长期计入")

    @classmethod
    def of(cls, counted: Counted) -> CountedOut:
        return cls(
            indicator_code=counted.indicator.code,
            indicator_name=counted.indicator.name,
            source=counted.fact[0],
            fact_key=counted.fact[1],
            code=counted.mark.code,
            level=counted.mark.level,
            points=counted.points,
            occurred_on=counted.mark.occurred_on,
            counts_until=counted.counts_until,
        )


class WaivedOut(Out):
    """观察期内的轻微问题，不计分（包容审慎监管）。"""

    source: str = Field(description="来源", examples=["results"])
    fact_key: str = Field(description="来源中的编号", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])
    code: str = Field(description="事实代码", examples=["outcome:B"])
    level: int = Field(description="程度 1–5", examples=[1])
    occurred_on: date = Field(description="发生日期", examples=["2026-11-20"])

    @classmethod
    def of(cls, waived: Waived) -> WaivedOut:
        mark = waived.mark
        return cls(
            source=waived.fact[0],
            fact_key=waived.fact[1],
            code=mark.code,
            level=mark.level,
            occurred_on=mark.occurred_on,
        )


class ExplanationOut(Out):
    """等级的来由：各项分值之和（不超过满分）落入分数段；直接判定规则优先。"""

    counted: list[CountedOut] = Field(description="计入分值的事实")
    total: int = Field(description="分值之和", examples=[200])
    score: int = Field(description="得分，0–1000，越高风险越大", examples=[200])
    band_class: str = Field(description="按分数段的等级", examples=["B"])
    direct_list: str | None = Field(description="直接判定所依据的名单代码", examples=["serious_violations"])
    direct_basis: str | None = Field(
        description="直接判定的依据", examples=["豫市监办〔2022〕100号：列入严重违法失信名单的，直接判定为D级"]
    )
    credit_class: str = Field(description="等级", examples=["B"])
    waived: list[WaivedOut] = Field(description="观察期内不计分的轻微问题")

    @classmethod
    def of(cls, explanation: Explanation) -> ExplanationOut:
        direct = explanation.direct
        return cls(
            counted=[CountedOut.of(one) for one in explanation.counted],
            total=explanation.total,
            score=explanation.score,
            band_class=explanation.band_class,
            direct_list=direct.list_code if direct else None,
            direct_basis=direct.basis if direct else None,
            credit_class=explanation.credit_class,
            waived=[WaivedOut.of(one) for one in explanation.waived],
        )


class EntryOut(Out):
    """诚信档案中现行有效的一条记录。"""

    entry_id: UUID = Field(description="记录编号")
    kind: str = Field(description="类别：fact 信用信息，listing 列入名单", examples=["fact"])
    title: str = Field(description="内容", examples=["企业公示信息检查：未按规定公示应当公示的信息"])
    indicator_code: str | None = Field(description="对应指标，为空表示不计分", examples=["R0102"])
    level: int = Field(description="程度 1–5，0 表示未分级", examples=[3])
    points: int = Field(description="记入时的分值", examples=[200])
    occurred_on: date = Field(description="发生日期", examples=["2026-11-20"])
    source: str = Field(description="来源：results 抽查结果，import 信息导入", examples=["results"])
    fact_key: str = Field(description="来源中的编号", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])
    fact_version: int = Field(description="事实版本", examples=[1])
    origin: str = Field(description="提供信息的部门或系统", examples=["SCJG"])
    recorded_at: Instant = Field(description="事实公布或提供的时间")

    @classmethod
    def of(cls, entry: Entry) -> EntryOut:
        return cls(
            entry_id=entry.id,
            kind=entry.kind,
            title=entry.title,
            indicator_code=entry.indicator_code,
            level=entry.level,
            points=entry.points,
            occurred_on=entry.occurred_on,
            source=entry.source,
            fact_key=entry.fact_key,
            fact_version=entry.fact_version,
            origin=entry.origin,
            recorded_at=entry.recorded_at,
        )


class ObservationOut(Out):
    """新业态的观察期（包容审慎监管）。"""

    form: str = Field(description="新业态代码", examples=["online_retail"])
    starts_on: date = Field(description="第一日", examples=["2026-06-01"])
    ends_before: date = Field(description="自该日起不在观察期", examples=["2027-06-01"])

    @classmethod
    def of(cls, period: ObservationPeriod) -> ObservationOut:
        return cls(form=period.form, starts_on=period.starts_on, ends_before=period.ends_before)


class CreditRecordOut(Out):
    """一个检查对象的信用记录。"""

    entity: EntityOut = Field(description="检查对象")
    credit_class: str = Field(description="信用风险等级：A、B、C、D，U 为未分类", examples=["B"])
    class_name: str = Field(description="等级名称", examples=["一般风险"])
    score: int = Field(description="得分，0–1000，越高风险越大", examples=[200])
    as_of: date | None = Field(description="评定所依据的日期，未分类时为空", examples=["2026-11-24"])
    indicator_system: str = Field(description="指标体系", examples=["henan-2022"])
    indicator_version: int = Field(description="指标体系版本", examples=[1])
    legal_basis: str = Field(description="分类依据", examples=["豫市监办〔2022〕100号"])
    version: int = Field(description="信用记录版本：已记入的事实和重评次数", examples=[3])
    observation: ObservationOut | None = Field(description="新业态观察期，为空表示没有")
    explanation: ExplanationOut = Field(description="等级的来由")
    entries: list[EntryOut] = Field(description="现行有效的记录，新的在前")
    flags: list[FlagOut] = Field(description="当日有效的联合惩戒标记")

    @classmethod
    def of(cls, view: RecordView) -> CreditRecordOut:
        record, entity, system = view.record, view.entity, view.system
        return cls(
            entity=EntityOut(entity_id=entity.entity_id, uscc=entity.uscc, name=entity.name),
            credit_class=record.credit_class,
            class_name=record.credit_class.label,
            score=record.score,
            as_of=record.as_of if record.version else None,
            indicator_system=system.code,
            indicator_version=system.version,
            legal_basis=system.legal_basis,
            version=record.version,
            observation=ObservationOut.of(record.observation) if record.observation else None,
            explanation=ExplanationOut.of(view.explanation),
            entries=[EntryOut.of(entry) for entry in view.entries],
            flags=[FlagOut.of(flag, view.measures) for flag in view.flags],
        )


class HistoryLineOut(Out):
    """信用历史中的一条：记录、冲销、等级变动、名单与标记的每个版本都在。"""

    at: Instant = Field(description="事实的时间")
    known_from: Instant = Field(description="本平台获知的时间")
    kind: str = Field(description="类别代码", examples=["class_change"])
    kind_name: str = Field(description="类别", examples=["信用风险等级变动"])
    id: str = Field(description="所指记录的编号", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])
    text: str = Field(description="内容", examples=["A→B"])
    reason: str | None = Field(description="更正、撤回或解除的原因", examples=["已移出严重违法失信名单"])
    points: int | None = Field(description="分值变动，等级变动时为得分", examples=[200])
    code: str = Field(description="事实、等级、名单或措施的代码", examples=["B"])

    @classmethod
    def of(cls, line: HistoryLine) -> HistoryLineOut:
        return cls(
            at=line.at,
            known_from=line.known_from,
            kind=line.kind,
            kind_name=_KINDS.get(line.kind, line.kind),
            id=line.id,
            text=line.text,
            reason=line.reason,
            points=line.points,
            code=line.code,
        )
