"""Words, numbers and codes on their way into and out of pages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.disclosure.api.html import credit_class, day, environment, iso, moment, percent, size
from services.disclosure.api.pages.search_forms import FIELDS, read_form
from services.disclosure.api.qr import qr_svg
from services.disclosure.domain.views import SearchQuery

LATE_EVENING = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)


def test_an_empty_field_asks_nothing() -> None:
    form = read_form(dict.fromkeys(FIELDS, ""))
    assert form.query == SearchQuery()
    assert not form.is_wrong
    assert not form.is_narrowed


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=120)))
def test_no_form_is_too_odd_to_be_read(given_fields: dict[str, str]) -> None:
    form = read_form(dict(given_fields))
    if not form.is_wrong and form.query.text is not None:
        assert 2 <= len(form.query.text) <= 100


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"q": "宏"}, "q"),
        ({"q": "宏" * 101}, "q"),
        ({"from_on": "2026-02-30"}, "from_on"),
        ({"to_on": "昨天"}, "to_on"),
        ({"from_on": "2026-03-02", "to_on": "2026-03-01"}, "to_on"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, str | None], wrong: str) -> None:
    assert [field for field, said in read_form(fields).errors.items() if said] == [wrong]


def test_days_are_those_of_shanghai() -> None:
    assert day(LATE_EVENING) == "2027年1月1日"
    assert moment(LATE_EVENING) == "2027年1月1日 00:30"
    assert iso(LATE_EVENING) == "2027-01-01T00:30:00+08:00"
    assert day(date(2026, 3, 1)) == "2026年3月1日"
    assert day(None) == "未定"


def test_ratios_have_no_more_digits_than_they_need() -> None:
    assert [percent(ppm) for ppm in (50_000, 1_250, 1_000_000, 1)] == ["5%", "0.125%", "100%", "0.0001%"]
    assert percent(None) == "无数据"
    assert [size(octets) for octets in (812, 4_100, 1_900_000)] == ["812 字节", "4.1 kB", "1.9 MB"]
    assert credit_class("D") == "D（高风险）"


def test_a_link_leaves_out_what_is_not_asked_and_keeps_the_mode() -> None:
    text = '{{ link("/search", {"q": "宏达", "cursor": none, "plan_no": ""}, page=2) }}'
    assert environment().from_string(text).render(elder=False) == "/search?q=%E5%AE%8F%E8%BE%BE&amp;page=2"
    assert (
        environment().from_string('{{ link("/p/计划 1") }}').render(elder=True)
        == "/p/%E8%AE%A1%E5%88%92%201?mode=elder"
    )


def test_a_code_is_drawn_without_style_and_with_its_label() -> None:
    svg = qr_svg("https://gongshi.example.cn/r/1", '地址"<b>')
    assert svg.startswith("<svg ")
    assert 'role="img"' in svg
    assert "style=" not in svg
    assert "<b>" not in svg
    assert re.search(r'viewBox="0 0 (\d+) \1"', svg)


def test_two_addresses_have_two_codes_and_one_has_one() -> None:
    assert qr_svg("https://a.cn/1", "码") == qr_svg("https://a.cn/1", "码")
    assert qr_svg("https://a.cn/1", "码") != qr_svg("https://a.cn/2", "码")
