"""Libraries, snapshots and what other services ask: L1, L2, L7, and the freezing of pools."""

from __future__ import annotations

import hashlib
import json
from itertools import product
from typing import Any

import pytest

from services.registry.domain.conditions import holds, read_condition
from services.registry.domain.moments import Moment
from tests.builders.people import the_service
from tests.builders.registry import (
    ENTITY_HEADER,
    INSPECTOR_HEADER,
    District,
    a_file,
    a_uscc,
    entity_line,
    inspector_line,
)

FOOD = {"all": [{"field": "tags", "has_any": ["食品生产"]}, {"field": "region", "within": ["410308"]}]}
LEAVES: list[dict[str, Any]] = [
    {"field": "kind", "in": ["enterprise", "site"]},
    {"field": "status", "in": ["active"]},
    {"field": "credit_class", "in": ["U"]},
    {"field": "uscc", "in": [a_uscc(1)]},
    {"field": "region", "within": ["410308102"]},
    {"field": "region", "within": ["410300"]},
    {"field": "industry", "within": [{"edition": "2017", "code": "C"}, {"edition": "2017", "code": "52"}]},
    {"field": "industry", "within": [{"edition": "2011", "code": "13"}]},
    {"field": "tags", "has_any": ["冷链", "餐饮"]},
    {"field": "tags", "has_all": ["冷链", "食品生产"]},
    {"field": "departments", "has_any": ["YJJ"]},
    {"field": "registered_on", "from": "2020-05-18", "to": "2022-01-01"},
    {"field": "last_visit_on", "to": None},
]


@pytest.fixture
async def stocked(mengjin: District) -> District:
    """Objects of several kinds, places, trades and states, and three inspectors."""
    lines = [
        entity_line(1),
        entity_line(2, kind="个体工商户", uscc=a_uscc(2, "92"), region_code="410308102", tags="食品生产、冷链"),
        entity_line(3, status="注销"),
        entity_line(4, kind="场所", uscc="", industry_code="", registered_on="", tags="", departments=""),
        entity_line(5, industry_code="5211", departments="SCJG、YJJ", tags="餐饮", registered_on="2023-01-01"),
        entity_line(6, industry_code="C", industry_edition="2011", region_code="410308102"),
    ]
    assert (await mengjin.import_file(a_file(ENTITY_HEADER, *lines)))["counts"]["new"] == 6
    people = [
        inspector_line(1, expertise="冷链食品、现场勘验"),
        inspector_line(2, status="离岗"),
        inspector_line(3, owner_department="YJJ"),
    ]
    assert (await mengjin.import_file(a_file(INSPECTOR_HEADER, *people), kind="inspectors"))["counts"]["new"] == 3
    return mengjin


async def a_library(district: District, conditions: Any = FOOD, name: str = "食品生产单位") -> dict[str, Any]:
    async with district.registry.client(district.admin("SCJG")) as client:
        made = await client.post("/v1/libraries", json={"name": name, "conditions": conditions})
    assert made.status_code == 201, made.text
    body: dict[str, Any] = made.json()
    return body


async def test_a_library_is_versioned_and_counts_and_previews_any_version(stocked: District) -> None:
    """L2: conditions are saved, versioned, counted by class; what cannot be drawn is counted apart."""
    library = await a_library(stocked)
    path = f"/v1/libraries/{library['id']}"
    narrower = {"all": [FOOD, {"field": "kind", "in": ["enterprise"]}]}
    async with stocked.registry.client(stocked.admin("SCJG")) as client:
        headers = {"If-Match": '"1"', "Idempotency-Key": "k"}
        revised = await client.put(path, json={"name": "食品生产企业", "conditions": narrower}, headers=headers)
        stale = await client.put(
            path, json={"name": "x库", "conditions": FOOD}, headers=headers | {"Idempotency-Key": "l"}
        )
    assert (revised.json()["version"], stale.status_code) == (2, 412)
    first, second = await stocked.get(f"{path}/counts?version=1"), await stocked.get(f"{path}/counts")
    assert (first["total"], first["by_class"], first["excluded"]) == (3, {"A": 0, "B": 0, "C": 0, "D": 0, "U": 3}, 1)
    assert (second["total"], second["by_kind"]) == (2, {"enterprise": 2})
    objects = (await stocked.get(f"{path}/objects?version=1"))["items"]
    assert [(row["external_no"], row["excluded"]) for row in sorted(objects, key=lambda row: row["external_no"])] == [
        ("MJ000001", None),
        ("MJ000002", None),
        ("MJ000003", "status_deregistered"),
        ("MJ000006", None),
    ]
    assert (await stocked.get(f"{path}?version=1"))["conditions"] == FOOD


async def test_another_department_reads_a_library_and_does_not_change_it(stocked: District) -> None:
    library = await a_library(stocked)
    body = {"name": "改名", "conditions": FOOD}
    async with stocked.registry.client(stocked.admin("YJJ")) as client:
        read = await client.get(f"/v1/libraries/{library['id']}")
        changed = await client.put(
            f"/v1/libraries/{library['id']}", json=body, headers={"If-Match": '"1"', "Idempotency-Key": "k"}
        )
    assert (read.status_code, changed.status_code) == (200, 403)


async def test_conditions_mean_in_the_database_what_they_mean_in_the_domain(stocked: District) -> None:
    """L2: the SQL form is held to `conditions.holds`, leaf by leaf, negated and joined."""
    conditions: list[Any] = [*LEAVES, *({"not": leaf} for leaf in LEAVES)]
    conditions += [{"any": [one, {"not": other}]} for one, other in product(LEAVES[:4], LEAVES[8:])]
    async with stocked.registry.work(stocked.office) as work:
        everything = await work.entity_lists.of_library(read_condition({"all": []}), Moment(work.today), 100, None)
        assert len(everything) == 6
        for written in conditions:
            condition = read_condition(written)
            found = await work.entity_lists.of_library(condition, Moment(work.today), 100, None)
            meant = [entity.id for entity in everything if holds(condition, entity)]
            assert [entity.id for entity in found] == meant, written


async def snapshot(district: District, library: dict[str, Any], departments: list[str], **more: Any) -> list[bytes]:
    body = {
        "district": district.name,
        "library_id": library["id"],
        "library_version": library["version"],
        "departments": departments,
        "on": "2026-12-01",
    } | more
    async with district.registry.client(the_service("draw", district.name)) as client:
        answer = await client.post("/internal/v1/snapshots", json=body)
    assert answer.status_code == 200, answer.text
    return answer.content.splitlines(keepends=True)


async def test_a_snapshot_is_canonical_and_ends_with_the_digest_of_all_before(stocked: District) -> None:
    library = await a_library(stocked)
    lines = await snapshot(stocked, library, ["YJJ", "SCJG"])
    head, *middle, last = (json.loads(line) for line in lines)
    assert (head["t"], head["library_version"], head["district"]) == ("h", 1, stocked.name)
    assert head["last_change_set_id"] is not None
    objects = [line for line in middle if line["t"] == "o"]
    people = [line for line in middle if line["t"] == "i"]
    assert middle == [*objects, *people]
    assert [line["entity_id"] for line in objects] == sorted(line["entity_id"] for line in objects)
    assert sorted((line["region"], line["class"], line["excluded"] or "") for line in objects) == [
        ("410308100", "U", ""),
        ("410308100", "U", "status_deregistered"),
        ("410308102", "U", ""),
        ("410308102", "U", ""),
    ]
    assert [(line["department"], line["status"], line["tags"]) for line in people] == [
        ("SCJG", "active", ["冷链食品", "现场勘验", "食品安全"]),
        ("YJJ", "active", ["冷链食品", "食品安全"]),
    ]
    assert last == {
        "t": "e",
        "objects": 4,
        "inspectors": 2,
        "experts": 0,
        "sha256": hashlib.sha256(b"".join(lines[:-1])).hexdigest(),
    }


async def test_a_snapshot_brings_the_experts_when_they_are_asked_for(stocked: District) -> None:
    """L4, B2: persons only; an institution is commissioned and sits on no team."""
    header = "专家编号,姓名,类型,专业领域,资质有效期至,状态"
    lines = (
        "ZJ001,李示例,个人,食品检验、冷链,2028-12-31,在岗",
        "ZJ002,示例检测院,机构,食品检验,,在岗",
        "ZJ003,王示例,,,,暂停",
    )
    assert (await stocked.import_file(a_file(header, *lines), kind="experts"))["counts"]["new"] == 3
    library = await a_library(stocked)
    *before, last = (json.loads(line) for line in await snapshot(stocked, library, ["SCJG"], with_experts=True))
    experts = [line for line in before if line["t"] == "x"]
    assert [(one["expert_no"], one["valid_until"], one["fields"], one["status"]) for one in experts] == [
        ("ZJ001", "2028-12-31", ["冷链", "食品检验"], "active"),
        ("ZJ003", None, [], "suspended"),
    ]
    assert before[-len(experts) :] == experts
    assert (last["experts"], last["inspectors"]) == (2, 1)


async def test_a_snapshot_is_for_services_of_its_own_district(stocked: District) -> None:
    library = await a_library(stocked)
    body = {"library_id": library["id"], "library_version": 1, "departments": [], "on": "2026-12-01"}
    async with stocked.registry.client(stocked.office) as client:
        officer = await client.post("/internal/v1/snapshots", json=body | {"district": stocked.name})
    async with stocked.registry.client(the_service("draw", stocked.name)) as client:
        elsewhere = await client.post("/internal/v1/snapshots", json=body | {"district": "elsewhere"})
        missing = await client.post(
            "/internal/v1/snapshots", json=body | {"district": stocked.name, "library_version": 9}
        )
    assert (officer.status_code, elsewhere.status_code, missing.status_code) == (403, 422, 404)


async def test_a_consumer_pulls_the_rows_of_a_change_set_page_by_page(stocked: District) -> None:
    job = await stocked.import_file(a_file(ENTITY_HEADER, *(entity_line(number) for number in range(11, 16))))
    async with stocked.registry.client(the_service("credit", stocked.name)) as client:
        path = f"/internal/v1/change-sets/{job['change_set_id']}/rows"
        first = (await client.get(path, params={"limit": 3})).json()
        rest = (await client.get(path, params={"limit": 3, "after": first["next"]})).json()
        unknown = await client.get(f"/internal/v1/change-sets/{job['id']}/rows")
    assert first["change_set"]["row_count"] == 5
    assert [row["uscc"] for row in (*first["items"], *rest["items"])] == [a_uscc(number) for number in range(11, 16)]
    assert set(first["items"][0]) >= {
        "entity_id",
        "uscc",
        "external_no",
        "name",
        "kind",
        "status",
        "region",
        "industry_code",
    }
    assert (rest["next"], unknown.status_code) == (None, 404)


async def test_services_ask_for_objects_and_for_inspectors_on_a_day(stocked: District) -> None:
    people = (await stocked.get("/v1/inspectors?department=SCJG&status=active"))["items"]
    inspector_id = people[0]["id"]
    async with stocked.registry.client(stocked.admin("SCJG")) as client:
        await client.post(f"/v1/inspectors/{inspector_id}/suspensions", json={"reason": "接受调查"})
    async with stocked.registry.client(the_service("results", stocked.name)) as client:
        entity = (await client.get(f"/internal/v1/entities/{a_uscc(1)}")).json()
        batch = (await client.post("/internal/v1/entities/batch", json={"usccs": [a_uscc(1), a_uscc(99)]})).json()
        now = (await client.get(f"/internal/v1/inspectors/{inspector_id}")).json()
        early = (await client.get(f"/internal/v1/inspectors/{inspector_id}?on=2020-01-01")).json()
        late = (
            await client.post("/internal/v1/inspectors/batch", json={"ids": [inspector_id], "on": "2030-01-01"})
        ).json()["items"][0]
    assert (entity["name"], [row["entity_id"] for row in batch["items"]]) == (
        "孟津示例1有限公司",
        [entity["entity_id"]],
    )
    assert (now["valid"], now["ground"], now["certificate_no"]) == (False, "suspended", people[0]["certificate_no"])
    assert (early["valid"], early["version"]) == (True, 1)
    assert (late["valid"], late["version"]) == (False, 2)
