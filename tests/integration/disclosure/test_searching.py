"""One search box: two characters and more, prefix and inside, widths, pinyin initials, codes, filters, pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.disclosure.domain.names import QueryTooLong, QueryTooShort
from services.disclosure.domain.views import SearchPage, SearchQuery
from services.disclosure.usecases.search_public import AskSearch, PeriodReversed, search_public
from tests.builders.disclosure import PUBLISHED_AT, a_body, a_finding, a_plan, a_task, exempted, published
from tests.integration.disclosure.conftest import PublicDistrict

NAMES = (
    "宏达商贸（洛阳）有限公司",
    "洛阳宏达机械有限公司",
    "孟津区ＡＢＣ软件有限公司",
    "孟津区示例食品店",
    "远大宏运物流有限公司",
)


@pytest.fixture
async def stocked(here: PublicDistrict) -> PublicDistrict:
    plan = a_plan()
    task = a_task(plan)
    await here.hear(plan, task)
    for number, name in enumerate(NAMES):
        await here.hear(
            published(
                a_body(
                    entity_name=name,
                    uscc=f"91410308MA{number:07d}X",
                    task_id=task.task_id,
                    task_no=task.task_no,
                    plan_id=plan.plan_id,
                    department="XFJY" if number == 3 else "SCJG",
                    concluded_on=date(2026, 11, 1) + timedelta(days=number),
                    published_at=PUBLISHED_AT + timedelta(hours=number),
                    outcome_codes=["6"] if number == 1 else ["1"],
                    findings=[a_finding()] if number == 1 else [],
                )
            )
        )
    return here


async def found(here: PublicDistrict, text: str | None = None, **filters: object) -> SearchPage:
    return await search_public(AskSearch(SearchQuery(text=text, **filters)), here.reading())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("宏达", [NAMES[0], NAMES[1]]),
        ("宏达机械", [NAMES[1]]),
        ("远大宏", [NAMES[4]]),
        ("商贸(洛阳)", [NAMES[0]]),
        ("abc", [NAMES[2]]),
        ("ＡＢ", [NAMES[2]]),
        ("hdsm", [NAMES[0]]),
        ("hd", [NAMES[0]]),
        ("lyhd", [NAMES[1]]),
        ("乌有", []),
    ],
)
async def test_a_name_is_found_by_its_beginning_its_inside_and_its_initials(
    stocked: PublicDistrict, text: str, names: list[str]
) -> None:
    page = await found(stocked, text)
    assert [hit.name for hit in page.hits] == names
    assert page.total == len(names)


async def test_an_exact_code_leads_to_the_thing_itself(stocked: PublicDistrict) -> None:
    assert (await found(stocked, "410308202601")).exact == "/p/410308202601"
    assert (await found(stocked, "410308202603091001")).exact == "/t/410308202603091001"
    page = await found(stocked, "９１410308ma0000000x")
    assert page.exact is not None
    assert page.exact.startswith("/e/")


async def test_filters_narrow_a_name_and_stand_alone(stocked: PublicDistrict) -> None:
    assert [hit.name for hit in (await found(stocked, "宏达", result_type="problem")).hits] == [NAMES[1]]
    assert [hit.name for hit in (await found(stocked, "孟津", department="XFJY")).hits] == [NAMES[3]]
    alone = await found(stocked, from_on=date(2026, 11, 4), plan_no="410308202601")
    assert [line.entity_name for line in alone.lines] == [NAMES[4], NAMES[3]]
    assert (await found(stocked, task_no="none")).total == 0
    with pytest.raises(PeriodReversed):
        await found(stocked, from_on=date(2026, 2, 1), to_on=date(2026, 1, 1))


async def test_what_is_too_short_or_too_long_is_said(stocked: PublicDistrict) -> None:
    with pytest.raises(QueryTooShort):
        await found(stocked, "宏")
    with pytest.raises(QueryTooLong):
        await found(stocked, "宏达" * 60)
    assert (await found(stocked, "100%_")).hits == ()


async def test_pages_hold_every_hit_once(here: PublicDistrict) -> None:
    bodies = [a_body(entity_name=f"{'宏达' if n % 3 == 0 else '大'}宏达{n:02d}号店", uscc=None) for n in range(25)]
    await here.hear(*(published(body) for body in bodies))
    seen: list[str] = []
    after = None
    while True:
        page = await search_public(AskSearch(SearchQuery(text="宏达"), 4, after), here.reading())
        seen += [hit.name for hit in page.hits]
        assert page.total == 25
        if page.next_key is None:
            break
        after = page.next_key
    assert len(seen) == len(set(seen)) == 25
    assert seen[:9] == sorted(name for name in seen if name.startswith("宏达"))


async def test_the_interface_pages_by_cursor_and_says_304(here: PublicDistrict) -> None:
    bodies = [a_body(entity_name=f"宏达{n:02d}号店", uscc=None) for n in range(5)]
    await here.hear(*(published(body) for body in bodies))
    first = await here.get("/v1/search", q="宏达", page_size=3)
    second = await here.get("/v1/search", q="宏达", page_size=3, cursor=first.json()["next"])
    names = [hit["name"] for answer in (first, second) for hit in answer.json()["entities"]]
    assert sorted(names) == [body.entity_name for body in bodies]
    assert (await here.get("/v1/search", q="宏达", cursor="AAAA")).status_code == 400


async def test_what_is_taken_down_is_not_found_any_more(here: PublicDistrict) -> None:
    body = a_body(entity_name="免予公示商贸有限公司")
    await here.hear(published(body))
    assert (await found(here, "免予公示")).total == 1
    await here.hear(exempted(body))
    assert (await found(here, "免予公示")).total == 0


async def test_another_district_finds_nothing_of_ours(stocked: PublicDistrict) -> None:
    """B10: the table of names stands outside row-level security, its queries name the district."""
    elsewhere = PublicDistrict(stocked.served, f"{stocked.district}-e")
    assert (await found(elsewhere, "宏达")).total == 0
