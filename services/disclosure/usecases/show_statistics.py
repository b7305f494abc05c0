"""Statistics of a year: coverage, punctuality, problem rates. Only what is shown is counted, exemptions besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.disclosure.domain.views import GroupFigures, StatisticsPage
from services.disclosure.domain.words import INDUSTRIES, OUTCOMES
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork

MILLION: Final = 1_000_000


async def show_statistics(year: int | None, uow: DisclosureUnitOfWork) -> StatisticsPage:
    """`year` None: this year in Asia/Shanghai."""
    async with uow:
        wanted = year or uow.today.year
        names = dict(await uow.lines.departments())
        exempted = await uow.statistics.exempted(wanted)
        besides = await uow.statistics.besides(wanted)
        everything = await uow.statistics.all(wanted)
        departments = await uow.statistics.by_department(wanted)
        industries = await uow.statistics.by_industry(wanted)
        months = await uow.statistics.by_month(wanted)
        outcomes = await uow.statistics.outcomes(wanted)
        years = await uow.statistics.years()
    return StatisticsPage(
        year=wanted,
        years=tuple(years),
        all=total_of(everything, sum(exempted.values())),
        entities=besides["entities"],
        drawn_tasks=besides["drawn_tasks"],
        tasks=besides["tasks"],
        coverage_ppm=ppm(besides["drawn_tasks"], besides["tasks"]),
        withdrawn=besides["withdrawn"],
        corrected=besides["corrected"],
        departments=_groups(departments, names, exempted),
        industries=_groups(industries, INDUSTRIES, {}),
        months=_groups(months, {}, {}),
        outcomes=tuple((row["code"], OUTCOMES.get(row["code"], row["code"]), row["results"]) for row in outcomes),
    )


def total_of(rows: Sequence[Any], exempted: int) -> GroupFigures:
    empty = {"code": "", "results": 0, "problems": 0, "on_time": 0, "late": 0}
    return _group(rows[0] if rows else empty, {"": "全区"}, {"": exempted})


def _groups(rows: Sequence[Any], names: Mapping[str, str], exempted: Mapping[str, int]) -> tuple[GroupFigures, ...]:
    """Also those of whom only exemptions are known."""
    known = {row["code"] for row in rows}
    silent = [
        {"code": code, "results": 0, "problems": 0, "on_time": 0, "late": 0} for code in exempted if code not in known
    ]
    every = sorted([*rows, *silent], key=lambda row: str(row["code"]))
    return tuple(_group(row, names, exempted) for row in every)


def _group(row: Mapping[str, Any], names: Mapping[str, str], exempted: Mapping[str, int]) -> GroupFigures:
    code = row["code"]
    return GroupFigures(
        code=code,
        name=names.get(code, code),
        results=row["results"],
        problems=row["problems"],
        on_time=row["on_time"],
        late=row["late"],
        exempted=exempted.get(code, 0),
        problem_ppm=ppm(row["problems"], row["results"]),
        on_time_ppm=ppm(row["on_time"], row["results"]),
    )


def ppm(part: int, whole: int) -> int | None:
    """Parts per million, rounded half up; None of nothing."""
    return None if whole == 0 else (part * MILLION * 2 + whole) // (whole * 2)
