"""Libraries looked after: what came in and went out, yearly reviews, how complete they are (L2, L7, L8)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from shared.values.ids import new_id
from tests.builders.registry import District, a_uscc

FOOD: dict[str, Any] = {"field": "tags", "has_any": ["食品生产"]}
OBJECT: dict[str, Any] = {
    "kind": "enterprise",
    "region_code": "410308100",
    "industry_code": "1310",
    "departments": ["SCJG"],
    "tags": ["食品生产"],
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
        answer = await client.put(path, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def an_object(district: District, number: int, **changes: Any) -> dict[str, Any]:
    body = OBJECT | {"name": f"第{number}号", "uscc": a_uscc(number)} | changes
    return await made(district, district.office, "/v1/entities", body)


async def instant(district: District) -> str:
    async with district.registry.work(district.office) as work:
        now: str = work.now.isoformat()
    return now


@pytest.fixture
async def library(mengjin: District) -> dict[str, Any]:
    for number in (1, 2):
        await an_object(mengjin, number)
    await an_object(mengjin, 3, region_code="410308102")
    body = {"name": "食品生产单位", "conditions": FOOD}
    return await made(mengjin, mengjin.admin("SCJG"), "/v1/libraries", body)


async def test_a_new_version_is_compared_with_the_one_before(mengjin: District, library: dict[str, Any]) -> None:
    """L2: before it is used, an officer sees whom the new conditions bring and whom they drop."""
    path = f"/v1/libraries/{library['id']}"
    async with mengjin.registry.client(mengjin.office) as client:
        alone = await client.get(f"{path}/difference")
    assert (alone.status_code, alone.json()["code"]) == (409, "registry.nothing_to_compare")
    await an_object(mengjin, 4, tags=["餐饮"])
    conditions = {
        "all": [{"field": "tags", "has_any": ["食品生产", "餐饮"]}, {"field": "region", "within": ["410308100"]}]
    }
    await put(mengjin, mengjin.admin("SCJG"), path, 1, {"name": "食品单位", "conditions": conditions})
    told = await mengjin.get(f"{path}/difference")
    assert (told["version"], told["against"]) == (2, 1)
    assert (told["before"], told["after"], told["entered"], told["gone"]) == (3, 3, 1, 1)
    rows = (await mengjin.get(f"{path}/difference/objects"))["items"]
    assert {(row["entered"], row["entity"]["name"]) for row in rows} == {(True, "第4号"), (False, "第3号")}
    first = await mengjin.get(f"{path}/difference/objects?page_size=1")
    rest = await mengjin.get(f"{path}/difference/objects?page_size=1&cursor={first['next']}")
    assert [row["entity"]["name"] for row in (*first["items"], *rest["items"])] == ["第3号", "第4号"]
    only = (await mengjin.get(f"{path}/difference/objects?entered=false"))["items"]
    assert [row["entity"]["name"] for row in only] == ["第3号"]
    async with mengjin.registry.client(mengjin.admin("YJJ")) as client:
        export = await client.get(f"{path}/difference/export")
        objects = await client.get(f"{path}/objects/export?version=1")
    assert {line.split(",")[0] for line in export.text.splitlines()[1:]} == {"进入", "离开"}
    assert len(objects.text.splitlines()) == 4


async def test_a_library_is_compared_with_what_it_held_last_time(mengjin: District, library: dict[str, Any]) -> None:
    """L7: the same conditions, other objects: by what was known then, with the conditions of then."""
    path, then = f"/v1/libraries/{library['id']}", await instant(mengjin)
    one = await mengjin.get(f"/v1/entities/{a_uscc(1)}")
    body = OBJECT | {"name": "第1号", "uscc": a_uscc(1), "tags": []}
    await put(mengjin, mengjin.office, f"/v1/entities/{one['id']}", 1, body)
    await an_object(mengjin, 5)
    narrower = {"all": [FOOD, {"field": "region", "within": ["410308100"]}]}
    await put(mengjin, mengjin.admin("SCJG"), path, 1, {"name": "食品生产单位", "conditions": narrower})
    async with mengjin.registry.client(mengjin.office) as client:
        answer = (await client.get(f"{path}/difference", params={"as_of": then})).json()
        rows = (await client.get(f"{path}/difference/objects", params={"as_of": then})).json()["items"]
        same = (await client.get(f"{path}/difference", params={"as_of": then, "against": 2})).json()
    assert (answer["against"], answer["before"], answer["after"], answer["entered"], answer["gone"]) == (1, 3, 2, 1, 2)
    assert {(row["entered"], row["entity"]["name"]) for row in rows} == {
        (True, "第5号"),
        (False, "第1号"),
        (False, "第3号"),
    }
    assert (same["against"], same["before"], same["entered"], same["gone"]) == (2, 2, 1, 1)


async def test_the_yearly_review_says_who_signed_what_and_what_is_missing(
    mengjin: District, library: dict[str, Any]
) -> None:
    """L7: by 31 December; a library that changed is signed again."""
    async with mengjin.registry.work(mengjin.office) as work:
        year = work.today.year
    admin, path = mengjin.admin("SCJG"), "/v1/library-reviews"
    sign = {"year": year, "subject": "objects", "library_id": library["id"], "note": "已逐户核对"}

    async def states() -> dict[tuple[str, str], str]:
        found = await mengjin.get(f"{path}?year={year}")
        assert (found["due_on"], found["signed"] + found["open"]) == (f"{year}-12-31", len(found["items"]))
        return {(row["department"], row["subject"]): row["state"] for row in found["items"]}

    assert (await states())[("SCJG", "objects")] == "missing"
    review = await made(mengjin, admin, path, sign)
    assert (review["library_version"], review["members"], review["signed_by"]) == (1, 3, admin.subject)
    again = await made(mengjin, admin, path, sign, status=409)
    await put(mengjin, admin, f"/v1/libraries/{library['id']}", 1, {"name": "改名的库", "conditions": FOOD})
    assert (await states())[("SCJG", "objects")] == "changed_since"
    await made(mengjin, admin, path, sign)
    await made(mengjin, admin, path, {"year": year, "subject": "inspectors"})
    await made(mengjin, mengjin.office, path, {"year": year, "subject": "experts"})
    assert await states() == {
        ("SCJG", "objects"): "signed",
        ("SCJG", "inspectors"): "signed",
        ("YJJ", "inspectors"): "missing",
        ("SLJ", "inspectors"): "missing",
        ("joint_office", "experts"): "signed",
    }
    assert [row["state"] for row in (await mengjin.get(f"{path}?year={year}&department=YJJ"))["items"]] == ["missing"]
    assert again["code"] == "registry.review_already_signed"
    past = (await mengjin.get(f"{path}?year={year - 1}"))["items"]
    assert {row["state"] for row in past} == {"overdue"}
    async with mengjin.registry.client(mengjin.office) as client:
        export = await client.get(f"{path}/export?year={year}")
    assert "尚未签署" in export.text


async def test_a_library_is_signed_by_its_keeper_for_a_year_that_is_due(
    mengjin: District, library: dict[str, Any]
) -> None:
    async with mengjin.registry.work(mengjin.office) as work:
        year = work.today.year
    path, sign = "/v1/library-reviews", {"year": year, "subject": "objects", "library_id": library["id"]}
    foreign = await made(mengjin, mengjin.admin("YJJ"), path, sign, status=403)
    early = await made(mengjin, mengjin.admin("SCJG"), path, sign | {"year": year + 1}, status=422)
    vague = await made(mengjin, mengjin.admin("SCJG"), path, {"year": year, "subject": "objects"}, status=422)
    experts = await made(mengjin, mengjin.admin("SCJG"), path, {"year": year, "subject": "experts"}, status=403)
    assert [one["code"] for one in (foreign, early, vague, experts)] == [
        "registry.not_own_review",
        "registry.review_year_invalid",
        "registry.review_subject_invalid",
        "request.role_missing",
    ]


async def test_a_signature_is_told_once_and_stays(mengjin: District, library: dict[str, Any]) -> None:
    async with mengjin.registry.work(mengjin.office) as work:
        year = work.today.year
    sign = {"year": year, "subject": "objects", "library_id": library["id"]}
    review = await made(mengjin, mengjin.admin("SCJG"), "/v1/library-reviews", sign)
    async with mengjin.registry.work(mengjin.office) as work:
        query = text("SELECT type, payload FROM outboxes WHERE district = :district AND aggregate_id = :id")
        (event,) = (await work.connection.execute(query, {"district": mengjin.name, "id": review["id"]})).all()
    assert event.type == "registry.review.signed.v1"
    assert '"members":3' in event.payload.replace(" ", "")
    assert "officer:" not in event.payload, "no officer is named in an event"


async def test_the_office_sees_how_complete_each_departments_libraries_are(
    mengjin: District, library: dict[str, Any]
) -> None:
    """L8: every department is listed, with the figures as they are defined; a department sees its own."""
    await an_object(mengjin, 6, industry_code=None)
    await an_object(mengjin, 7, status="revoked")
    inspector = {"name": "张示例", "department": "SCJG", "fields": ["食品安全"]}
    for number, until in ((1, "2030-01-01"), (2, "2020-01-01")):
        numbers = {"inspector_no": f"ZF{number}", "certificate_no": f"1603{number}", "valid_until": until}
        await made(mengjin, mengjin.admin("SCJG"), "/v1/inspectors", inspector | numbers)
    found = {row["department"]: row for row in (await mengjin.get("/v1/completeness"))["items"]}
    assert set(found) == {"SCJG", "YJJ", "SLJ"}
    market = found["SCJG"]
    assert (market["libraries"], market["objects"], market["objects_with_industry"]) == (1, 4, 3)
    assert (market["objects_with_town"], market["objects_with_class"], market["objects_complete"]) == (4, 0, 0)
    assert (market["inspectors"], market["inspectors_valid"]) == (2, 1)
    assert market["inspectors_by_field"] == {"食品安全": 1}
    assert (market["last_import_at"], market["reviews_open"], market["score"]) == (None, 2, 25)
    assert (found["YJJ"]["objects"], found["YJJ"]["score"]) == (0, 0)
    own = (await mengjin.get("/v1/completeness", mengjin.admin("SCJG")))["items"]
    assert own == [market]
    async with mengjin.registry.client(mengjin.office) as client:
        export = await client.get("/v1/completeness/export?format=csv")
    assert len(export.text.splitlines()) == 4
