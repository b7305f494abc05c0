"""Every page in every state: complete, ordered, in Chinese, without script (`experience.md` 1, 1.1; N5, N6, R6, B6)."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from services.disclosure.api.html import STATIC
from tests.builders.portal_pages import PAGES, Shown
from tests.support.html_page import LATIN, PageRead, read_page

ALLOWED = {
    line.split()[0]
    for line in Path(__file__).with_name("latin_allowed.txt").read_text("utf-8").splitlines()
    if line.strip() and not line.startswith("#")
}
BYTES = 60_000
"""A page without its style sheet, before compression: what a phone on a slow network still takes."""
REQUESTS = 3
"""Page, style sheet, mark."""
every_page = pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)


@cache
def html_of(shown_name: str, elder: bool = False) -> str:
    return next(one for one in PAGES if one.name == shown_name).html(elder=elder)


def read(shown: Shown) -> PageRead:
    return read_page(html_of(shown.name))


@every_page
def test_a_page_has_a_title_of_its_own_and_one_first_heading(shown: Shown) -> None:
    page = read(shown)
    assert page.title.strip().endswith(" - 示范市示范区“双随机、一公开”监管公示")
    assert len(page.title) > len(" - 示范市示范区“双随机、一公开”监管公示")
    assert [level for level, _ in page.headings].count(1) == 1
    assert page.all("html")[0].attributes["lang"] == "zh-CN"


@every_page
def test_headings_go_down_one_level_at_a_time(shown: Shown) -> None:
    levels = [level for level, _ in read(shown).headings]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    assert all(text for _, text in read(shown).headings)


@every_page
def test_readers_see_no_latin_word_that_has_no_reason(shown: Shown) -> None:
    page = read(shown)
    found = {word for words in [*page.words, page.title] for word in LATIN.findall(words)}
    assert sorted(found - ALLOWED) == []
    assert [code for code in page.codes if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", code)] == []


@every_page
def test_a_page_needs_no_script_and_no_style_of_its_own(shown: Shown) -> None:
    page = read(shown)
    assert page.all("script", "style", "iframe", "object", "embed") == []
    assert [one for one in page.elements if "style" in one.attributes] == []
    assert [name for one in page.elements for name in one.attributes if name.startswith("on")] == []


@every_page
def test_nothing_comes_from_elsewhere_and_little_comes_at_all(shown: Shown) -> None:
    page = read(shown)
    fetched = [one.attributes["href"] for one in page.all("link") if one.attributes["rel"] in ("stylesheet", "icon")]
    fetched += [one.attributes["src"] for one in page.elements if "src" in one.attributes]
    assert all(address.startswith("/static/") for address in fetched)
    assert len(fetched) + 1 <= REQUESTS
    assert len(html_of(shown.name).encode()) <= BYTES
    outside = [address for address in page.links if not address.startswith(("/", "#"))]
    assert outside == []


@every_page
def test_every_field_has_its_label_and_every_reference_its_target(shown: Shown) -> None:
    page = read(shown)
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    labelled = {one.attributes["for"] for one in page.all("label")}
    fields = [one for one in page.all("input", "select", "textarea") if one.attributes.get("type") != "hidden"]
    assert [one.attributes.get("id") for one in fields if one.attributes.get("id") not in labelled] == []
    named = {name for one in page.elements for name in one.attributes.get("aria-describedby", "").split()}
    named |= {address[1:] for address in page.links if address.startswith("#")}
    assert sorted(named - set(ids)) == []


@every_page
def test_a_table_names_its_columns_and_says_what_it_shows(shown: Shown) -> None:
    page = read(shown)
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(one.attributes.get("scope") in ("col", "row") for one in page.all("th"))
    cells = [one for one in page.all("td") if one.attributes.get("role") == "cell"]
    assert all(one.attributes["data-label"] for one in cells)


@every_page
def test_the_elders_mode_stays_in_every_link_and_form(shown: Shown) -> None:
    page = read_page(html_of(shown.name, elder=True))
    assert "elder" in page.all("html")[0].attributes["class"]
    feeds = ("/feeds/", "/open-data/", "/v1/")
    plain = [
        address
        for address in page.links
        if address.startswith("/") and "mode=elder" not in address and not address.startswith(feeds)
    ]
    back = [one.attributes["href"] for one in page.all("a") if one.text == "返回标准版"]
    assert len(back) == 1
    assert plain == back
    hidden = [one for one in page.all("input") if one.attributes.get("name") == "mode"]
    assert len(hidden) == len(page.all("form"))


@every_page
def test_the_way_back_and_the_way_to_the_text_are_there(shown: Shown) -> None:
    page = read(shown)
    assert page.links[0] == "#main"
    assert page.all("main")[0].attributes["id"] == "main"
    assert "/" in page.links
    assert "/help" in page.links


def test_an_empty_state_says_why_and_what_next() -> None:
    for shown in PAGES:
        page = read(shown)
        for empty in [one for one in page.elements if one.attributes.get("class") == "empty"]:
            assert len(empty.text.strip()) >= len("还没有公布的抽查计划。"), shown.name


def test_a_zero_hit_page_offers_the_name_alone_where_more_was_asked() -> None:
    page = read_page(html_of("search empty"))
    assert "没有找到符合条件的内容。" in page.text
    assert "/search?q=%E6%97%A0%E6%AD%A4" in page.links
    assert "没有查到不等于合规" in page.text


def test_a_wrong_field_is_named_beside_itself() -> None:
    page = read_page(html_of("search wrong"))
    wrong = [one.attributes for one in page.all("input") if one.attributes.get("aria-invalid") == "true"]
    assert [field["name"] for field in wrong] == ["q", "from_on"]
    assert "请输入至少两个字" in page.text


def test_a_result_shows_its_history_its_deadline_and_the_statement_beside_it() -> None:
    """R2, R6, B5, B6."""
    page = read_page(html_of("result"))
    assert "第 2 版" in page.text
    assert "录入时选错结果" in page.text
    assert "逾期公示" in page.text
    assert "许可证现已悬挂" in page.text
    assert "未被抽中、未发现问题，都不等于保证合规" in page.text
    assert "https://gongshi.example.cn/r/0192f3a4-7c1d-7000-8000-000000000002" in page.codes
    assert [one for one in page.all("svg") if one.attributes.get("class") == "qr"]


def test_a_withdrawn_result_says_so_before_anything_else() -> None:
    page = read_page(html_of("result withdrawn"))
    assert page.text.index("这条结果已经撤回") < page.text.index("检查对象录入错误") < page.text.index("检查部门")


def test_a_plan_shows_what_each_version_changed_and_why() -> None:
    """N6."""
    page = read_page(html_of("plan"))
    assert "因汛期顺延" in page.text
    assert [one.text for one in page.all("del")] == ["2026年3月1日至2026年10月31日"]
    assert [one.text for one in page.all("ins")] == ["2026年3月1日至2026年11月30日"]
    assert "法律规定由本部门单独检查" in read_page(html_of("plan bare")).text


def test_an_expired_publication_keeps_its_reason_and_its_digest() -> None:
    page = read_page(html_of("problem 410"))
    assert "公示期满五年" in page.text
    assert any(len(code) == 64 for code in page.codes)


def test_an_error_has_its_code_and_no_more() -> None:
    """SEC26."""
    for shown in PAGES:
        if shown.name.startswith("problem"):
            page = read(shown)
            assert any(code.startswith("disclosure.example_") for code in page.codes)
            assert "Traceback" not in html_of(shown.name)


def test_no_template_is_without_a_page_that_is_tested() -> None:
    """Of the pages of this suite; draws, verifier, statements and tickets have their own."""
    others = ("draw", "verif", "statement", "ticket", "record", "log", "inclusion", "replay")
    parts = {"base.html", "macros.html", "help_topic.html"}
    folder = STATIC.parent / "templates"
    included = {
        name
        for path in folder.glob("*.html")
        for name in re.findall(r'include "([a-z_]+\.html)"', path.read_text("utf-8"))
    }
    pages = {path.name for path in folder.glob("*.html") if not path.name.startswith(others)}
    assert pages - parts - included == {shown.template for shown in PAGES}
