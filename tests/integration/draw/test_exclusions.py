"""Who may not be visited now stands in the pool with the ground, and who was there last does not go again
(M3, N7, B1, B19, B28, R5)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.draw.messaging.handlers import on_result_moved
from shared.events.envelope import Event, Heard
from shared.events.planning import TaskDepartment, VisitCap
from shared.events.results import PublishedResult, ResultPublishedV1, ResultWithdrawnV1
from shared.runtime.unit_of_work import SHANGHAI
from shared.values.ids import new_id
from tests.builders.draw import DEPARTMENTS, a_registry, a_task
from tests.builders.people import a_department_admin, the_service
from tests.integration.draw.conftest import Led, tell
from tests.integration.draw.substituting import standing
from tests.integration.draw.test_ceremony import verified, verified_by_node

Lead = Callable[..., Awaitable[Led]]
TODAY = datetime.now(SHANGHAI).date()


async def grounds(led: Led) -> dict[str, int]:
    found: dict[str, int] = (await led.get(led.committer, f"/v1/pools/{led.draw_id}"))["excluded_by_ground"]
    return {ground: n for ground, n in found.items() if ground != "revoked"}


async def hear(led: Led, *events: Event) -> None:
    async with led.served.work(the_service("draw", led.district)) as work:
        heard: Any = [Heard(event, new_id(), "results", 1, led.district, work.now) for event in events]
        await on_result_moved(heard, work)
        await work.commit()


def published(entity_id: str, department: str, on: date, outcome: str = "done") -> ResultPublishedV1:
    """A department's public result at an entity, of a check that draw did not assign."""
    result_id = new_id()
    result = PublishedResult(
        result_id=result_id,
        version=1,
        entity_id=UUID(entity_id),
        entity_name="孟津宏远餐饮有限公司",
        uscc=None,
        department=department,
        task_id=new_id(),
        task_no="410308202611249999",
        plan_id=new_id(),
        visit_id=new_id(),
        concluded_on=on,
        due_on=on,
        outcome_codes=["1"],
        findings=[],
        published_at=datetime(2026, 11, 24, tzinfo=UTC),
        outcome=outcome,
    )
    return ResultPublishedV1(aggregate_version=1, result_id=result_id, result=result)


async def another_task(led: Led, **changes: Any) -> None:
    """A second task over the same objects is issued; the ceremony that follows is its own."""
    led.task = a_task(**changes)
    await tell(led.served, led.district, led.task)


async def test_who_reached_the_cap_of_the_year_is_not_drawn_again(lead: Lead, tmp_path: Path) -> None:
    """N7: caps by class; the ground stands in the record, so it can be proved later (M3)."""
    caps = [VisitCap(credit_class=name, visits=1) for name in "AB"]
    led = await lead(visit_caps=caps)
    await led.led_to_result()
    visited = {visit["entity_id"] for visit in await standing(led)}
    capped = [row["entity_id"] for row in led.registry.objects if row["class"] in "ABU" and row["entity_id"] in visited]
    await another_task(led, visit_caps=caps)
    await led.led_to_result()
    assert await grounds(led) == {"frequency_cap": len(capped)}
    again = {visit["entity_id"] for visit in await standing(led)}
    assert not again & set(capped)
    assert again & visited, "class D has no cap and is drawn again"
    await led.act(led.committer, "disclosure", {})
    record = await led.record()
    assert "年度检查次数上限：A 类 1 次、B 类 1 次" in json.loads(record["commitment"])["note"]
    assert verified(record, tmp_path) == "OK record.json"
    assert verified_by_node(record, tmp_path) == "OK record.json"


async def test_a_void_draw_counts_for_no_cap_and_an_undrawn_check_does(lead: Lead) -> None:
    caps = [VisitCap(credit_class=name, visits=1) for name in "ABCD"]
    led = await lead(visit_caps=caps)
    first = led.registry.objects[0]["entity_id"]
    closed = led.registry.objects[1]["entity_id"]
    last_year = led.registry.objects[2]["entity_id"]
    await hear(
        led,
        published(first, "yjj", date(2026, 3, 2)),
        published(closed, "yjj", date(2026, 3, 2), "not_found"),
        published(last_year, "yjj", date(2025, 12, 30)),
    )
    await led.led_to_result()
    await led.act(led.committer, "void-requests", {"reason": "名录库遗漏一个乡镇"})
    await led.act(led.freezer, "void")
    await led.freeze()
    assert await grounds(led) == {"frequency_cap": 1}


async def test_results_that_all_departments_recognise_excuse_an_object(lead: Lead) -> None:
    """R5: all of the task's departments, recent, and still public."""
    led = await lead()
    whole, part, old, taken_back = (row["entity_id"] for row in led.registry.objects[:4])
    recent, long_ago = TODAY - timedelta(days=10), TODAY - timedelta(days=200)
    withdrawn = published(taken_back, "sthj", recent)
    await hear(
        led,
        *(published(whole, department, recent) for department in DEPARTMENTS),
        *(published(part, department, recent) for department in DEPARTMENTS[:2]),
        *(published(old, department, long_ago) for department in DEPARTMENTS),
        *(published(taken_back, department, recent) for department in DEPARTMENTS[:2]),
        withdrawn,
    )
    await hear(
        led,
        ResultWithdrawnV1(
            aggregate_version=2,
            result_id=withdrawn.result_id,
            version=2,
            entity_id=UUID(taken_back),
            reason="录入有误",
            withdrawn_at=datetime(2026, 11, 24, tzinfo=UTC),
        ),
    )
    await led.freeze(recognised_days=90)
    assert await grounds(led) == {"recognised_result": 1}
    await led.post(led.committer, f"/v1/pools/{led.draw_id}/withdrawal", {"reason": "不互认"})
    await led.freeze()
    assert await grounds(led) == {}


async def test_an_object_on_the_no_disturb_list_has_its_own_stratum_for_its_term(lead: Lead) -> None:
    """B19: ground, term, exit by itself or before."""
    led = await lead(no_disturb_floor_ppm=5_000)
    admin = a_department_admin("yjj", led.district)
    now, over, ended = (row["entity_id"] for row in led.registry.objects[:3])

    async def enter(entity_id: str, from_on: date, until_on: date, expect: int = 201) -> Any:
        body = {"entity_id": entity_id, "ground": "重大项目建设期", "from_on": str(from_on), "until_on": str(until_on)}
        return (await led.post(admin, "/v1/no-disturb-entries", body, expect)).json()

    week = timedelta(days=7)
    await enter(now, TODAY - week, TODAY + week)
    await enter(over, TODAY - week, TODAY - timedelta(days=2))
    early = await enter(ended, TODAY - week, TODAY + week)
    path = f"/v1/no-disturb-entries/{early['id']}/ending"
    other = a_department_admin("sthj", led.district)
    assert (await led.post(other, path, None, None)).json()["code"] == "draw.entry_unknown"
    await led.post(admin, path)
    assert (await led.post(admin, path, None, None)).json()["code"] == "draw.entry_ended"
    assert (await enter(now, TODAY, TODAY + week, 409))["code"] == "draw.entry_known"
    assert (await enter(over, TODAY, TODAY - week, 422))["code"] == "draw.entry_without_term"
    assert (await enter(over, TODAY, TODAY + timedelta(days=800), 422))["code"] == "draw.entry_without_term"
    await led.freeze()
    assert await grounds(led) == {}
    pool = await led.get(led.committer, f"/v1/pools/{led.draw_id}")
    floor = next(stratum for stratum in pool["strata"] if stratum["id"] == "undisturbed")
    assert (floor["size"], floor["ppm"], floor["credit_class"]) == (1, 5_000, None)
    assert len((await led.get(other, "/v1/no-disturb-entries"))["items"]) == 3


async def test_the_random_floor_of_the_no_disturb_list_is_proved_like_every_other_draw(
    lead: Lead, tmp_path: Path
) -> None:
    """B19: never zero, and in the committed scope; both verifiers recompute who of the list is drawn."""
    led = await lead(no_disturb_floor_ppm=100_000)
    admin = a_department_admin("yjj", led.district)
    listed = [row["entity_id"] for row in led.registry.objects[:40] if row["excluded"] is None]
    for entity_id in listed:
        body = {"entity_id": entity_id, "ground": "重大项目建设期", "from_on": str(TODAY), "until_on": str(TODAY)}
        await led.post(admin, "/v1/no-disturb-entries", body, 201)
    await led.led_to_result()
    await led.act(led.committer, "disclosure", {})
    record = await led.record()
    assert "不打扰名单对象单独分层，按 10% 随机抽查" in json.loads(record["commitment"])["note"]
    lines = [line.split("\t") for line in record["expected"]["result_text"].splitlines()]
    (floor,) = [line for line in lines if line[0] == "S" and line[2] == "undisturbed"]
    assert int(floor[3]) == len(listed)
    assert abs(int(floor[4]) - len(listed) / 10) < 1
    drawn = {visit["entity_id"] for visit in await standing(led)}
    assert len(drawn & set(listed)) == int(floor[4])
    assert verified(record, tmp_path) == "OK record.json"
    assert verified_by_node(record, tmp_path) == "OK record.json"


async def test_nobody_goes_to_the_same_firm_twice_running(lead: Lead, tmp_path: Path) -> None:
    """B28, B1: the pair becomes a recusal row before the freeze, seen as tokens only (SEC33)."""
    led = await lead()
    await led.led_to_result()
    before = {visit["entity_id"]: visit for visit in await standing(led)}
    await another_task(led)
    await led.led_to_result()
    pool = await led.get(led.committer, f"/v1/pools/{led.draw_id}")
    assert pool["recusals"] == sum(seat["inspector_id"] is not None for v in before.values() for seat in v["seats"])
    assert pool["recusals_by_why"] == {"repeated": pool["recusals"]}
    met = [(visit, before[visit["entity_id"]]) for visit in await standing(led) if visit["entity_id"] in before]
    assert met
    for visit, earlier in met:
        teams = [{seat["inspector_id"] for seat in one["seats"]} - {None} for one in (visit, earlier)]
        assert not teams[0] & teams[1]
    await led.act(led.committer, "disclosure", {})
    assert verified(await led.record(), tmp_path) == "OK record.json"


@pytest.mark.parametrize("asking", [("scjg",), ("scjg", "yjj")])
async def test_experts_sit_where_a_task_asks_for_them_and_count_as_no_officer(
    lead: Lead, tmp_path: Path, asking: tuple[str, ...]
) -> None:
    """B2, L4: two officers all the same; nobody without a valid qualification."""
    registry = a_registry()
    registry.experts = [
        {
            "expert_id": str(new_id()),
            "name": f"专家{n}",
            "expert_no": f"ZJ{n:03d}",
            "valid_until": None if n % 2 else "2028-01-01",
            "fields": ["食品安全"],
            "status": "active" if n else "suspended",
        }
        for n in range(5)
    ]
    parts = [TaskDepartment(department=name, item_ids=[new_id()], experts=int(name in asking)) for name in DEPARTMENTS]
    led = await lead(registry=registry, departments=parts)
    await led.led_to_result()
    known = {row["expert_id"] for row in registry.experts[1:]}
    for visit in await standing(led):
        experts = {seat["department"]: seat["inspector_id"] for seat in visit["seats"] if seat["is_expert"]}
        assert set(experts) == set(asking)
        assert set(experts.values()) <= known
        officers = [seat for seat in visit["seats"] if not seat["is_expert"]]
        assert len(officers) == 2 * len(DEPARTMENTS)
        assert not known & {seat["inspector_id"] for seat in officers}
    await led.act(led.committer, "disclosure", {"with_inspectors": True})
    assert verified(await led.record(), tmp_path) == "OK record.json"
