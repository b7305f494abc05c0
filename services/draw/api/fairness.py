"""The yearly fairness report over HTTP, as a page of figures and as a file."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Response
from pydantic import Field

from services.draw.domain.fairness import Evidence
from services.draw.domain.substitution_request import REASON_LABELS, STATE_LABELS, Reason, RequestState
from services.draw.domain.yearly_cuts import Line
from services.draw.domain.yearly_people import PeopleLine
from services.draw.domain.yearly_report import LEVEL, FairnessReport, Named, ReasonRow
from services.draw.usecases.report_fairness import (
    FIRST_YEAR,
    LAST_YEAR,
    fairness_report,
    fairness_report_inside,
)
from shared.runtime.app import Reading
from shared.runtime.exports import EXPORTED, Column, ExportForm, Sheet, at_once, export
from shared.runtime.http import Out

router = APIRouter(prefix="/v1/fairness-reports", tags=["公平性报告"])
Year = Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR, description="年度", examples=[2026])]


class EvidenceOut(Out):
    """一项检验。"""

    statistic: float | None = Field(description="统计量；空表示不可能出现的数目", examples=[12.4])
    degrees: int = Field(description="自由度", examples=[1])
    p: float = Field(description="公平抽取中出现如此偏离的概率", examples=[0.42])

    @classmethod
    def of(cls, evidence: Evidence | None) -> EvidenceOut | None:
        if evidence is None:
            return None
        known = evidence.statistic if evidence.statistic < float("inf") else None
        return cls(statistic=known, degrees=evidence.degrees, p=evidence.p)


class FairnessLineOut(Out):
    """一个等级、区域、行业或部门：设计与实际。"""

    label: str = Field(description="类别", examples=["A"])
    had: int = Field(description="在名册中（或应检查）的数目，各次抽取合计", examples=[1300])
    expected: float = Field(description="按设计平均应有的数目", examples=[39.0])
    found: int = Field(description="实际数目", examples=[41])
    evidence: EvidenceOut | None = Field(description="检验；没有随机成分的为空")

    @classmethod
    def of(cls, line: Line) -> FairnessLineOut:
        return cls(
            label=line.label,
            had=line.had,
            expected=line.expected,
            found=line.found,
            evidence=EvidenceOut.of(line.evidence),
        )


class FairnessPeopleOut(Out):
    """一个部门的人员配备。"""

    department: str = Field(description="部门代码", examples=["scjg"])
    officers: int = Field(description="上过名录的人员数", examples=[40])
    seats: int = Field(description="人次", examples=[312])
    least: int = Field(description="最少的一人", examples=[5])
    most: int = Field(description="最多的一人", examples=[11])
    alike: int = Field(description="条件相同、可以相互比较的人员数", examples=[28])
    load: EvidenceOut | None = Field(description="检查次数是否均等；人员或抽取次数太少的为空")
    pairing: EvidenceOut | None = Field(description="搭档是否随机；人员或抽取次数太少的为空")

    @classmethod
    def of(cls, line: PeopleLine) -> FairnessPeopleOut:
        return cls(
            department=line.department,
            officers=line.officers,
            seats=line.seats,
            least=line.least,
            most=line.most,
            alike=line.alike,
            load=EvidenceOut.of(line.load),
            pairing=EvidenceOut.of(line.pairing),
        )


class FairnessReasonOut(Out):
    """一种事由的递补。"""

    reason_code: str = Field(description="事由", examples=["object_not_found"])
    reason_label: str = Field(description="事由名称", examples=["通过登记的住所无法联系检查对象"])
    state: str = Field(description="状态", examples=["applied"])
    state_label: str = Field(description="状态名称", examples=["已递补"])
    times: int = Field(description="次数", examples=[4])

    @classmethod
    def of(cls, row: ReasonRow) -> FairnessReasonOut:
        return cls(
            reason_code=row.reason_code,
            reason_label=REASON_LABELS[Reason(row.reason_code)],
            state=row.state,
            state_label=STATE_LABELS[RequestState(row.state)],
            times=row.times,
        )


class ImprobableOut(Out):
    """一项公平抽取中难以出现的数目：应当查看的地方，不是对任何人的认定。"""

    name: str = Field(description="检验名称", examples=["区域 410308001"])
    text: str = Field(
        description="说明",
        examples=["区域 410308001：多于设计 5.2 个标准差，公平抽取中出现的概率约为 2.0e-07"],
    )
    p: float = Field(description="概率", examples=[2e-07])

    @classmethod
    def of(cls, named: Named) -> ImprobableOut:
        return cls(name=named.name, text=named.text, p=named.p)


class FairnessReportOut(Out):
    """一年的抽取与其设计是否相符。"""

    year: int = Field(description="年度（冻结名册之日）", examples=[2026])
    draws: int = Field(description="已公布结果的抽取次数", examples=[24])
    voided_draws: int = Field(description="已作废的抽取次数", examples=[1])
    objects: int = Field(description="在名册中的对象数，各次合计", examples=[31200])
    drawn: int = Field(description="抽中的对象数", examples=[936])
    tests: int = Field(description="检验项数；概率门槛按项数校正（Bonferroni）", examples=[57])
    level: float = Field(description="整份报告的概率门槛", examples=[0.001])
    improbable: list[ImprobableOut] = Field(description="难以出现的数目；空表示与设计相符")
    classes: list[FairnessLineOut] = Field(description="按信用风险等级，不打扰名单单列")
    classes_undisturbed: list[FairnessLineOut] = Field(description="不打扰名单之内按信用风险等级")
    regions: list[FairnessLineOut] = Field(description="按区域")
    industries: list[FairnessLineOut] = Field(description="按行业大类（GB/T 4754）")
    inspectors: list[FairnessPeopleOut] = Field(description="人员检查次数与搭档，按部门")
    substitutions: list[FairnessReasonOut] = Field(description="递补，按事由")
    objects_substituted: list[FairnessLineOut] = Field(description="对象递补，按区域")
    inspectors_substituted: list[FairnessLineOut] = Field(description="人员递补，按部门")

    @classmethod
    def of(cls, report: FairnessReport) -> FairnessReportOut:
        return cls(
            year=report.year,
            draws=report.draws,
            voided_draws=report.voided,
            objects=report.objects,
            drawn=report.drawn,
            tests=report.tests,
            level=LEVEL,
            improbable=list(map(ImprobableOut.of, report.named)),
            classes=list(map(FairnessLineOut.of, report.classes)),
            classes_undisturbed=list(map(FairnessLineOut.of, report.undisturbed)),
            regions=list(map(FairnessLineOut.of, report.regions)),
            industries=list(map(FairnessLineOut.of, report.industries)),
            inspectors=list(map(FairnessPeopleOut.of, report.people)),
            substitutions=list(map(FairnessReasonOut.of, report.reasons)),
            objects_substituted=list(map(FairnessLineOut.of, report.objects_given_up)),
            inspectors_substituted=list(map(FairnessLineOut.of, report.officers_given_up)),
        )


Row = tuple[str, str, int | None, str, int, str]
"""Block, label, had, expected, found, p: figures with a point as text, as the export writes whole numbers only."""
SHEET: Final[Sheet[Row]] = Sheet(
    "抽取公平性报告",
    [
        Column("项目", lambda row: row[0]),
        Column("类别", lambda row: row[1]),
        Column("应有范围", lambda row: row[2]),
        Column("按设计平均", lambda row: row[3]),
        Column("实际", lambda row: row[4]),
        Column("概率", lambda row: row[5]),
    ],
)


def _rows(report: FairnessReport) -> list[Row]:
    blocks = {
        "等级": report.classes,
        "不打扰名单等级": report.undisturbed,
        "区域": report.regions,
        "行业": report.industries,
        "对象递补（区域）": report.objects_given_up,
        "人员递补（部门）": report.officers_given_up,
    }
    rows: list[Row] = [("难以出现", named.text, None, "", 1, f"{named.p:.1e}") for named in report.named]
    rows += [
        (block, line.label, line.had, f"{line.expected:.2f}", line.found, _p(line.evidence))
        for block, lines in blocks.items()
        for line in lines
    ]
    rows += [("检查次数", line.department, line.officers, "", line.seats, _p(line.load)) for line in report.people]
    rows += [("搭档", line.department, line.alike, "", line.seats, _p(line.pairing)) for line in report.people]
    return rows + [
        ("递补事由", f"{REASON_LABELS[Reason(one.reason_code)]}（{STATE_LABELS[RequestState(one.state)]}）", None, "",
         one.times, "")
        for one in report.reasons
    ]  # fmt: skip


def _p(evidence: Evidence | None) -> str:
    return "" if evidence is None else f"{evidence.p:.4g}"


@router.get(
    "/{year}",
    response_model=FairnessReportOut,
    summary="年度公平性报告",
    description="由一年内冻结并已公布结果的抽取统计：等级、区域、行业的抽中数与设计，人员检查次数与搭档，递补事由；"
    "公平抽取中难以出现的一律列明。联席会议办公室、审计和监督机关可见。",
)
async def get_fairness_report(year: Year, work: Reading) -> FairnessReportOut:
    return FairnessReportOut.of(await fairness_report(year, work))


@router.get(
    "/{year}/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出年度公平性报告",
    description="同一报告的 CSV 或 XLSX。",
)
async def export_fairness_report(year: Year, work: Reading, form: ExportForm) -> Response:
    async with work:
        rows = _rows(await fairness_report_inside(year, work))
        return await export(work, SHEET, at_once(rows), form, year)
