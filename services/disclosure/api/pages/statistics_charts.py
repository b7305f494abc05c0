"""The statistics as charts: which figures stand in which drawing, and in the table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.disclosure.api.charts import Chart, Series
from services.disclosure.domain.views import GroupFigures, StatisticsPage

_LAST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class StatisticsCharts:
    volume: Chart
    problem_rate: Chart
    on_time: Chart
    months: Chart
    industries: Chart | None
    outcomes: Chart


def charts_of(page: StatisticsPage) -> StatisticsCharts:
    """Groups come in the page's order; a group without results has no rate, which is said and not drawn as 0."""
    months = page.months[-_LAST_MONTHS:]
    return StatisticsCharts(
        volume=_volume("各部门公示的检查结果", "部门", page.departments),
        problem_rate=_rate("各部门问题发现率", "问题发现率", page.departments, "problem_ppm"),
        on_time=_rate("各部门按期公示率", "按期公示率", page.departments, "on_time_ppm"),
        months=_volume("各月作出结论的检查", "月份", months),
        industries=_volume("各行业公示的检查结果", "行业", page.industries) if page.industries else None,
        outcomes=Chart(
            title="检查结果的种类",
            axis="检查结果",
            labels=tuple(words for _, words, _ in page.outcomes),
            series=(Series("条数", tuple(float(number) for _, _, number in page.outcomes)),),
        ),
    )


def _volume(title: str, axis: str, groups: Sequence[GroupFigures]) -> Chart:
    results = Series("检查结果", tuple(float(group.results) for group in groups))
    problems = Series("发现问题", tuple(float(group.problems) for group in groups))
    return Chart(title, axis, tuple(_label(group) for group in groups), (results, problems))


def _rate(title: str, name: str, groups: Sequence[GroupFigures], of: str) -> Chart:
    rates: list[float | None] = []
    for group in groups:
        ppm: int | None = getattr(group, of)
        rates.append(None if ppm is None else ppm / 10_000)
    return Chart(title, "部门", tuple(group.name for group in groups), (Series(name, tuple(rates)),), "%", 1)


def _label(group: GroupFigures) -> str:
    """A month comes as its code, `2026-03`."""
    year, mark, month = group.name.partition("-")
    return f"{int(month)}月" if mark and year.isdecimal() and month.isdecimal() else group.name
