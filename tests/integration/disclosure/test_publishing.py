"""What is published, corrected, withdrawn or exempted shows with the commit of the event (R3, R6, N5, N6)."""

from __future__ import annotations

import random
from datetime import date
from itertools import permutations

import pytest

from services.disclosure.domain.gone import ResultTakenDown
from services.disclosure.domain.views import Difference, ResultState
from services.disclosure.usecases.keep_terms import end_terms
from services.disclosure.usecases.show_entity import show_entity
from services.disclosure.usecases.show_plan import show_plan, show_task
from services.disclosure.usecases.show_result import show_result
from tests.builders.disclosure import (
    a_body,
    a_finding,
    a_plan,
    a_task,
    an_adjusted,
    corrected,
    exempted,
    published,
    withdrawn,
)
from tests.integration.disclosure.conftest import PublicDistrict


async def test_a_published_result_has_a_page_and_its_object_too(here: PublicDistrict) -> None:
    body = a_body()
    await here.hear(published(body))
    page = await show_result(body.result_id, here.reading())
    assert (page.line.state, page.line.is_late, page.line.outcomes) == (ResultState.PUBLISHED, False, ("未发现问题",))
    assert page.public_until == date(2031, 11, 20)
    entity = await show_entity(str(body.entity_id), here.reading())
    assert (entity.name, [line.result_id for line in entity.latest]) == (body.entity_name, [body.result_id])
    assert (await show_entity("91410308MA00000019", here.reading())).entity_id == body.entity_id


async def test_a_correction_shows_what_changed_and_why(here: PublicDistrict) -> None:
    body = a_body()
    changed = corrected(body, "复核发现问题", outcome_codes=["6"], findings=[a_finding()])
    await here.hear(published(body), changed)
    page = await show_result(body.result_id, here.reading())
    assert page.line.state is ResultState.CORRECTED
    assert [version.version for version in page.versions] == [2, 1]
    assert page.versions[0].reason == "复核发现问题"
    assert Difference("检查结果", "未发现问题", "通过登记的住所（经营场所）无法联系") in page.versions[0].differences


async def test_a_withdrawn_result_says_so_and_keeps_its_history(here: PublicDistrict) -> None:
    body = a_body()
    await here.hear(published(body), withdrawn(body))
    page = await show_result(body.result_id, here.reading())
    assert (page.line.state, page.versions[0].reason) == (ResultState.WITHDRAWN, "检查对象认定有误")


async def test_an_exempted_result_is_gone_with_its_ground_and_nothing_of_it_is_left(here: PublicDistrict) -> None:
    body = a_body(entity_name="从不该留下的商贸有限公司", uscc="91410308MA0000007F")
    await here.hear(published(body), exempted(body))
    with pytest.raises(ResultTakenDown, match="商业秘密"):
        await show_result(body.result_id, here.reading())
    answer = await here.get(f"/v1/results/{body.result_id}")
    assert (answer.status_code, answer.json()["code"]) == (410, "disclosure.result_taken_down")
    kept = await here.rows("SELECT * FROM result_versions WHERE district = $1")
    assert [(row["body"], row["entity_id"]) for row in kept] == [(None, None)]
    assert await here.rows("SELECT * FROM entities WHERE district = $1") == []
    assert await here.rows("SELECT * FROM search_names WHERE district = $1") == []


async def test_when_the_term_of_publicity_is_over_a_tombstone_with_the_digest_stays(here: PublicDistrict) -> None:
    body = a_body(published_at="2019-01-10T02:00:00Z", concluded_on="2019-01-05", due_on="2019-02-02")
    recent = a_body(entity_id=body.entity_id)
    await here.hear(published(body), published(recent))
    with pytest.raises(ResultTakenDown, match="公示期已于 2024-01-10 届满"):
        await show_result(body.result_id, here.reading())
    entity = await show_entity(str(body.entity_id), here.reading())
    assert [line.result_id for line in entity.results] == [recent.result_id]


async def test_a_term_that_ends_while_the_service_runs_is_ended_by_its_clock(here: PublicDistrict) -> None:
    body = a_body()
    await here.hear(published(body))
    async with here.work() as work:
        await work.driver.execute("UPDATE results SET public_until = '2026-01-01' WHERE district = $1", here.district)
        await work.driver.execute(
            "UPDATE result_versions SET told_at = '2020-01-01' WHERE district = $1", here.district
        )
        await work.commit()
    assert await end_terms(here.work) == 1
    with pytest.raises(ResultTakenDown):
        await show_result(body.result_id, here.reading())
    assert await end_terms(here.work) == 0


FACTS = ("published", "corrected", "again", "withdrawn", "exempted")


@pytest.mark.parametrize("last", ["withdrawn", "corrected", "exempted"])
async def test_order_and_duplicates_of_delivery_change_nothing(here: PublicDistrict, last: str) -> None:
    """R6 under REL8: every order of the same facts, each told twice, ends in the same rows."""
    ends = []
    for order in permutations(range({"corrected": 2, "withdrawn": 3, "exempted": 3}[last])):
        body = a_body()
        changed = corrected(body, outcome_codes=["6"], findings=[a_finding()])
        facts = [published(body), changed]
        if last == "withdrawn":
            facts.append(withdrawn(body, 3))
        if last == "exempted":
            facts.append(exempted(body))
        told = [facts[place] for place in order]
        twice = told + random.Random(str(order)).sample(told, len(told))
        for event in twice:
            await here.hear(event)
        row = (await here.rows("SELECT * FROM results WHERE district = $1 AND result_id = $2", body.result_id))[0]
        versions = await here.rows(
            "SELECT version, body IS NULL AS gone FROM result_versions WHERE district = $1 AND result_id = $2"
            " ORDER BY version",
            body.result_id,
        )
        ends.append((row["state"], row["version"], row["has_problem"], row["published_at"], versions))
    assert all(end == ends[0] for end in ends)
    assert ends[0][0] == last


async def test_a_plan_shows_its_versions_with_differences_and_reasons(here: PublicDistrict) -> None:
    plan = a_plan()
    task = a_task(plan)
    await here.hear(an_adjusted(plan, window_end=date(2026, 9, 30)), plan, task, plan)
    page = await show_plan(plan.plan_no, here.reading())
    assert [(version.version, version.reason) for version in page.versions] == [(2, "汛期顺延"), (1, None)]
    assert page.versions[0].differences == (
        Difference("检查时段", "2026-03-01 至 2026-06-30", "2026-03-01 至 2026-09-30"),
    )
    assert [line.task_no for line in page.tasks] == [task.task_no]
    body = a_body(task_id=task.task_id, plan_id=plan.plan_id)
    await here.hear(published(body))
    shown = await show_task(task.task_no, here.reading())
    assert [line.plan_no for line in shown.results] == [plan.plan_no]
