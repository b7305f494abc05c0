"""Tags by departments with a term, licences, and the duty map: who answers for an object (L1, L2, L6, L7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.registry.domain.conditions import holds, read_condition
from services.registry.domain.entities import Entity
from services.registry.domain.marks import Mark, tags_on
from services.registry.domain.moments import Moment
from shared.values.ids import new_id
from tests.builders.people import the_service
from tests.builders.registry import District, a_uscc, entity_body, inspector_body

TAG: dict[str, Any] = {"kind": "tag", "name": "重点企业", "valid_from": "2020-01-01"}
LICENCE: dict[str, Any] = {
    "kind": "licence",
    "name": "食品生产许可证",
    "number": "SC101",
    "valid_from": "2020-01-01",
}
DUTY: dict[str, Any] = {
    "basis": "industry",
    "industry_edition": "2017",
    "industry_code": "13",
    "department": "SCJG",
    "legal_basis": "《食品安全法》第六条",
    "valid_from": "2020-01-01",
}


async def made(district: District, who: Any, path: str, body: Any, status: int = 201) -> dict[str, Any]:
    async with district.registry.client(who) as client:
        answer = await client.post(path, json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def put(district: District, who: Any, path: str, version: int, body: Any) -> Any:
    headers = {"If-Match": f'"{version}"', "Idempotency-Key": str(new_id())}
    async with district.registry.client(who) as client:
        return await client.put(path, json=body, headers=headers)


@pytest.fixture
async def stocked(mengjin: District) -> District:
    """1: food, answered for by SCJG. 2: nobody declared, food trade. 3: nobody, no trade. 4: nobody, struck off."""
    nobody: dict[str, Any] = {"departments": [], "tags": []}
    bodies = [
        entity_body(1),
        entity_body(2, **nobody),
        entity_body(3, **nobody, industry_code=None, region_code="410308102"),
        entity_body(4, **nobody, industry_code=None, status="deregistered"),
    ]
    await mengjin.add("/v1/entities", *bodies)
    return mengjin


async def entity(district: District, number: int) -> dict[str, Any]:
    found: dict[str, Any] = await district.get(f"/v1/entities/{a_uscc(number)}")
    return found


async def test_a_departments_tag_counts_for_libraries_through_its_term_and_no_longer(stocked: District) -> None:
    """L2, L7: at once, and only while the term covers the day."""
    admin, one = stocked.admin("YJJ"), await entity(stocked, 1)
    condition = {"field": "tags", "has_all": ["食品生产", "重点企业"]}
    library = await made(stocked, admin, "/v1/libraries", {"name": "重点食品企业", "conditions": condition})
    counts = f"/v1/libraries/{library['id']}/counts"
    assert (await stocked.get(counts))["total"] == 0
    mark = await made(stocked, admin, f"/v1/entities/{one['id']}/marks", TAG)
    assert (await stocked.get(counts))["total"] == 1
    assert (await entity(stocked, 1))["tags_in_force"] == ["重点企业", "食品生产"]
    assert [row["uscc"] for row in (await stocked.get("/v1/entities?tag=重点企业"))["items"]] == [a_uscc(1)]
    ended = TAG | {"valid_until": "2020-12-31"}
    assert (await put(stocked, admin, f"/v1/marks/{mark['id']}", 1, ended)).status_code == 200
    assert (await stocked.get(counts))["total"] == 0
    assert (await entity(stocked, 1))["tags_in_force"] == ["食品生产"]


async def test_a_mark_is_its_departments_own_and_says_a_thing_once(stocked: District) -> None:
    admin, one = stocked.admin("YJJ"), await entity(stocked, 1)
    path = f"/v1/entities/{one['id']}/marks"
    mark = await made(stocked, admin, path, TAG)
    again = await made(stocked, admin, path, TAG, status=409)
    others = await made(stocked, stocked.admin("SLJ"), path, TAG)
    foreign = await put(stocked, stocked.admin("SLJ"), f"/v1/marks/{mark['id']}", 1, TAG)
    stale = await put(stocked, admin, f"/v1/marks/{mark['id']}", 2, TAG)
    numberless = await made(stocked, admin, path, LICENCE | {"number": None}, status=422)
    backwards = await made(stocked, admin, path, LICENCE | {"valid_until": "2019-01-01"}, status=422)
    blank = await made(stocked, admin, path, TAG | {"name": "有 空格"}, status=422)
    assert again["code"] == "registry.mark_overlaps"
    assert others["department"] == "SLJ"
    assert (foreign.status_code, foreign.json()["code"], stale.status_code) == (403, "registry.not_own_mark", 412)
    assert [one["code"] for one in (numberless, backwards, blank)] == [
        "registry.licence_number_missing",
        "registry.mark_term_invalid",
        "registry.mark_name_invalid",
    ]


async def test_licences_that_run_out_are_found_by_the_day(stocked: District) -> None:
    """Domain-facts 21: licence ≤ 30 days."""
    admin, one, two = stocked.admin("SCJG"), await entity(stocked, 1), await entity(stocked, 2)
    async with stocked.registry.work(stocked.office) as work:
        today: date = work.today
    soon, later = str(today + timedelta(days=10)), str(today + timedelta(days=400))
    await made(stocked, admin, f"/v1/entities/{one['id']}/marks", LICENCE | {"valid_until": soon})
    await made(stocked, admin, f"/v1/entities/{two['id']}/marks", LICENCE | {"valid_until": later})
    by = str(today + timedelta(days=30))
    running_out = (await stocked.get(f"/v1/marks?kind=licence&valid_on={today}&expires_by={by}"))["items"]
    named = (await stocked.get("/v1/marks?q=示例2"))["items"]
    assert [(row["uscc"], row["valid_until"]) for row in running_out] == [(a_uscc(1), soon)]
    assert [row["uscc"] for row in named] == [a_uscc(2)]


async def test_who_answers_for_an_object_is_told_with_every_ground(stocked: District) -> None:
    """L6: 谁审批谁监管（发证部门，除非职责另有规定）、谁主管谁监管."""
    two = await entity(stocked, 2)
    assert two["answering"] == []
    await made(stocked, stocked.admin("YJJ"), f"/v1/entities/{two['id']}/marks", LICENCE)
    duty = await made(stocked, stocked.office, "/v1/duty-map", DUTY)
    told = {(row["department"], row["ground"], row["because"]) for row in (await entity(stocked, 2))["answering"]}
    assert told == {("YJJ", "approval", "食品生产许可证"), ("SCJG", "industry", "1310")}
    by_licence = DUTY | {
        "basis": "approval",
        "licence": "食品生产许可证",
        "industry_code": None,
        "industry_edition": None,
        "department": "SLJ",
    }
    await made(stocked, stocked.office, "/v1/duty-map", by_licence)
    ended = DUTY | {"valid_until": "2021-01-01"}
    assert (await put(stocked, stocked.office, f"/v1/duty-map/{duty['id']}", 1, ended)).status_code == 200
    left = [(row["department"], row["ground"]) for row in (await entity(stocked, 2))["answering"]]
    assert left == [("SLJ", "approval")]
    history = (await stocked.get(f"/v1/duty-map/{duty['id']}/history"))["items"]
    assert [(row["version"], row["valid_until"]) for row in history] == [(2, "2021-01-01"), (1, None)]


async def test_the_duty_map_is_the_joint_offices_and_names_known_departments_and_trades(stocked: District) -> None:
    not_office = await made(stocked, stocked.admin("SCJG"), "/v1/duty-map", DUTY, status=403)
    nobody = await made(stocked, stocked.office, "/v1/duty-map", DUTY | {"department": "XXX"}, status=404)
    no_trade = await made(stocked, stocked.office, "/v1/duty-map", DUTY | {"industry_code": "99"}, status=422)
    both = await made(stocked, stocked.office, "/v1/duty-map", DUTY | {"licence": "许可证"}, status=422)
    assert not_office["code"] == "request.role_missing"
    assert nobody["code"] == "registry.department_unknown"
    assert (no_trade["errors"][0]["code"], both["code"]) == ("industry.invalid", "registry.duty_incomplete")


async def test_objects_nobody_answers_for_are_found_counted_and_worked_off(stocked: District) -> None:
    """L6: vacuum closes by a duty for the trade, by a licence, or by a department that is named."""
    path = "/v1/unanswered-entities"

    async def found(query: str = "") -> list[str]:
        return [row["external_no"] for row in (await stocked.get(f"{path}{query}"))["items"]]

    assert await found() == ["MJ000002", "MJ000003"], "struck-off ones are nobody's business"
    assert await stocked.get(f"{path}/counts") == {"total": 2, "by_town": {"410308100": 1, "410308102": 1}}
    assert await found("?town=410308102") == ["MJ000003"]
    assert await found("?kind=site") == []
    await made(stocked, stocked.office, "/v1/duty-map", DUTY)
    assert await found() == ["MJ000003"]
    three = await entity(stocked, 3)
    await made(stocked, stocked.admin("SLJ"), f"/v1/entities/{three['id']}/marks", LICENCE)
    assert await found() == []
    async with stocked.registry.client(stocked.office) as client:
        assert (await client.get(f"{path}/export")).status_code == 200


async def test_what_is_found_in_sets_is_what_is_told_of_each_object(stocked: District) -> None:
    """L6: the list of vacuum and the counts for items are held to `duties.answering`."""
    two, three = await entity(stocked, 2), await entity(stocked, 3)
    await made(stocked, stocked.office, "/v1/duty-map", DUTY | {"department": "YJJ", "industry_code": "C"})
    await made(stocked, stocked.admin("SLJ"), f"/v1/entities/{three['id']}/marks", LICENCE | {"name": "取水许可证"})
    mapped = {"basis": "approval", "licence": "食品生产许可证", "industry_code": None, "industry_edition": None}
    await made(stocked, stocked.office, "/v1/duty-map", DUTY | mapped)
    await made(stocked, stocked.admin("SLJ"), f"/v1/entities/{two['id']}/marks", LICENCE)
    told: dict[str, int] = {}
    for number in (1, 2, 3):
        for department in {row["department"] for row in (await entity(stocked, number))["answering"]}:
            told[department] = told.get(department, 0) + 1
    items = [
        {"item_id": str(new_id()), "department": department, "kinds": ["enterprise"], "fields": []}
        for department in ("SCJG", "YJJ", "SLJ")
    ]
    async with stocked.registry.client(the_service("planning", stocked.name)) as client:
        answer = await client.post("/internal/v1/vacuum/items", json={"items": items, "on": "2026-11-24"})
    counted = {item["department"]: row["objects"] for item, row in zip(items, answer.json()["items"], strict=True)}
    assert counted == told == {"SCJG": 2, "YJJ": 2, "SLJ": 1}


async def test_an_item_is_told_how_many_objects_and_qualified_officers_it_finds(stocked: District) -> None:
    """L6: items with no object, items with no qualified inspector."""
    expired = inspector_body(2, fields=["特种设备"], valid_until="2020-01-01")
    await stocked.add("/v1/inspectors", inspector_body(1), expired, by=stocked.admin("SCJG"))
    await stocked.add("/v1/inspectors", inspector_body(3, department="YJJ"), by=stocked.admin("YJJ"))

    def asked(kinds: list[str], fields: list[str], department: str = "SCJG") -> dict[str, Any]:
        return {"item_id": str(new_id()), "department": department, "kinds": kinds, "fields": fields}

    items = [
        asked(["enterprise"], ["食品安全"]),
        asked(["product"], ["特种设备"]),
        asked(["enterprise", "site"], []),
        asked(["enterprise"], ["食品安全", "特种设备"], "YJJ"),
    ]
    async with stocked.registry.client(the_service("planning", stocked.name)) as client:
        body = {"items": items, "on": "2026-11-24"}
        answer = await client.post("/internal/v1/vacuum/items", json=body)
        none = await client.post("/internal/v1/vacuum/items", json=body | {"items": []})
    assert answer.status_code == 200, answer.text
    found = [(row["objects"], row["inspectors"]) for row in answer.json()["items"]]
    assert found == [(1, 1), (0, 0), (1, 1), (0, 1)]
    assert none.json() == {"items": []}


async def test_behaviours_and_products_belong_to_their_producer(stocked: District) -> None:
    """L1: products, projects, behaviours."""
    body = {"name": "户外广告发布", "kind": "behaviour", "external_no": "XW1", "departments": ["SCJG"]}
    body |= {"region_code": "410308100", "producer_external_no": "MJ000001"}
    await made(stocked, stocked.office, "/v1/entities", body)
    found = (await stocked.get(f"/v1/entities/{a_uscc(1)}/belongings"))["items"]
    assert [(row["kind"], row["name"]) for row in found] == [("behaviour", "户外广告发布")]
    assert (await stocked.get(f"/v1/entities/{a_uscc(2)}/belongings"))["items"] == []


async def test_conditions_on_tags_mean_in_the_database_what_they_mean_in_the_domain(stocked: District) -> None:
    """L2: own tags and those of departments, in force and not, joined and negated, now and on a day of the past."""
    terms: tuple[dict[str, Any], ...] = (
        {},
        {"valid_until": "2021-12-31"},
        {"valid_from": "2022-01-01", "valid_until": "2022-12-31"},
    )
    for number, term in zip((1, 2, 3), terms, strict=True):
        path = f"/v1/entities/{(await entity(stocked, number))['id']}/marks"
        await made(stocked, stocked.admin("YJJ"), path, TAG | term)
        await made(stocked, stocked.admin("SLJ"), path, LICENCE | {"name": "食品生产"})
    leaves: list[dict[str, Any]] = [
        {"field": "tags", "has_any": ["重点企业", "没有"]},
        {"field": "tags", "has_all": ["重点企业", "食品生产"]},
        {"field": "tags", "has_all": ["重点企业"]},
    ]
    async with stocked.registry.work(stocked.office) as work:
        everything = await work.entity_lists.of_library(read_condition({"all": []}), Moment(work.today), 100, None)
        marks = await work.marks.of([one.id for one in everything], Moment(work.today))
        for day in (work.today, date(2021, 6, 1), date(2022, 6, 1), date(2019, 1, 1)):
            held = [_tagged(one, marks, day) for one in everything]
            for written in (*leaves, *({"not": leaf} for leaf in leaves), {"any": leaves}):
                condition = read_condition(written)
                found = await work.entity_lists.of_library(condition, Moment(day), 100, None)
                meant = [one.id for one in held if holds(condition, one)]
                assert [one.id for one in found] == meant, (day, written)


def _tagged(one: Entity, marks: Sequence[Mark], day: date) -> Entity:
    tags = tags_on(one.content.tags, [mark for mark in marks if mark.entity_id == one.id], day)
    return replace(one, content=replace(one.content, tags=tags))
