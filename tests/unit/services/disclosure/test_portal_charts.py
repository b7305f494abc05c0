"""A drawing and the table beside it tell the same numbers, because both come from one object (`experience.md` 1.1)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.disclosure.api.charts import Chart, Series, bars, lines
from services.disclosure.api.pages.statistics_charts import charts_of
from tests.builders import portal
from tests.builders.portal_pages import PAGES
from tests.support.html_page import read_page

values = st.lists(st.none() | st.floats(0, 1e7, allow_nan=False), min_size=1, max_size=14)


def a_chart(*series: tuple[float | None, ...], unit: str = "", digits: int = 0) -> Chart:
    labels = tuple(f"第{at}月" for at in range(1, len(series[0]) + 1))
    return Chart("各月", "月份", labels, tuple(Series(f"第{at}组", one) for at, one in enumerate(series)), unit, digits)


def told_in(svg: str) -> list[str]:
    return re.findall(r'class="value"[^>]*>([^<]+)<', svg)


@given(values)
def test_bars_tell_every_number_of_the_table(numbers: list[float | None]) -> None:
    chart = a_chart(tuple(numbers))
    assert told_in(bars(chart)) == [told for _, row in chart.rows for told in row]


@given(values)
def test_lines_tell_every_number_that_there_is(numbers: list[float | None]) -> None:
    chart = a_chart(tuple(numbers))
    assert told_in(lines(chart)) == [told for _, (told,) in chart.rows if told != "无数据"]


@given(values)
def test_a_bar_is_as_long_as_its_number(numbers: list[float | None]) -> None:
    chart = a_chart(tuple(numbers))
    widths = [float(width) for width in re.findall(r'<rect x="0" y="\d+" width="([\d.]+)%"', bars(chart))]
    drawn = [number for number in numbers if number is not None and number / chart.top * 78 > 0]
    assert len(widths) == len(drawn)
    assert all(abs(width - number / chart.top * 78) <= 0.01 for width, number in zip(widths, drawn, strict=True))


def test_what_is_absent_is_said_and_not_drawn_as_nothing() -> None:
    chart = a_chart((None, 0.0, 12.5), unit="%", digits=1)
    assert told_in(bars(chart)) == ["无数据", "0.0%", "12.5%"]
    assert told_in(lines(chart)) == ["0.0%", "12.5%"]
    assert "<line" in lines(chart)


def test_the_second_row_differs_by_shape_and_not_by_colour_alone() -> None:
    drawn = lines(a_chart((1.0, 2.0), (2.0, 1.0)))
    assert drawn.count("<circle") == 2
    assert drawn.count('class="p1"') == 2


def test_a_label_cannot_break_out_of_the_drawing() -> None:
    chart = Chart('"><script>', "部门", ("<b>",), (Series("<i>", (1.0,)),))
    for drawn in (bars(chart), lines(chart)):
        assert "<script>" not in drawn
        assert "<b>" not in drawn
        assert "<i>" not in drawn


def test_every_label_has_a_number() -> None:
    with pytest.raises(ValueError, match="one number"):
        Chart("各月", "月份", ("一月", "二月"), (Series("条数", (1.0,)),))


def test_the_statistics_page_shows_the_same_numbers_in_drawing_and_table() -> None:
    shown = next(one for one in PAGES if one.name == "statistics")
    html = shown.html()
    figures = html.split('<figure class="figure">')[1:]
    assert len(figures) == 6
    for figure in figures:
        table = [one.text for one in read_page(figure).all("td")]
        drawn = told_in(figure)
        assert sorted(drawn) == sorted(told for told in table if told != "无数据" or told in drawn)


def test_a_group_without_results_has_no_rate() -> None:
    charts = charts_of(portal.statistics())
    shown = [charts.problem_rate.told(rate) for rate in charts.problem_rate.series[0].values]
    assert shown == ["10.0%", "15.0%", "无数据"]
    assert charts.months.labels[0] == "1月"
