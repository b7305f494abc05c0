"""Objects and inspectors edited one by one, through commit: L3, L6, L7, REL20, SEC3."""

from __future__ import annotations

import asyncio
from typing import Any

from shared.values.ids import new_id
from tests.builders.people import an_auditor
from tests.builders.registry import INSPECTOR_HEADER, PHONE, District, a_file, a_uscc, inspector_line

ENTITY: dict[str, Any] = {
    "kind": "enterprise",
    "name": "孟津示例有限公司",
    "uscc": a_uscc(1),
    "region_code": "410308100",
    "departments": ["SCJG"],
    "tags": ["食品生产"],
    "legal_rep_phone": PHONE,
}
INSPECTOR: dict[str, Any] = {
    "inspector_no": "ZF1",
    "name": "张示例",
    "department": "SCJG",
    "certificate_no": "16030800001",
    "valid_until": "2028-12-31",
    "fields": ["食品安全"],
    "phone": PHONE,
}


def based_on(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"', "Idempotency-Key": str(new_id())}


async def test_an_object_is_registered_edited_and_its_history_says_who_and_what(mengjin: District) -> None:
    """L7: every change is a version with who, when and what."""
    admin = mengjin.admin("SCJG")
    async with mengjin.registry.client(admin) as client:
        made = await client.post("/v1/entities", json=ENTITY)
        changed = {name: value for name, value in ENTITY.items() if name != "legal_rep_phone"} | {
            "name": "孟津新名有限公司"
        }
        path = f"/v1/entities/{made.json()['id']}"
        edited = await client.put(path, json=changed, headers=based_on(1))
        found = await client.get(f"/v1/entities/{a_uscc(1)}")
        history = (await client.get(f"{path}/history")).json()["items"]
    assert (made.status_code, made.headers["etag"], made.headers["location"]) == (201, '"1"', path)
    assert (edited.status_code, edited.headers["etag"]) == (200, '"2"')
    assert (found.json()["name"], found.json()["legal_rep_phone"]) == ("孟津新名有限公司", "138******78")
    assert [(past["entity"]["version"], past["changed"], past["origin"], past["actor"]) for past in history] == [
        (2, ["name"], "edit", admin.subject),
        (1, [], "edit", admin.subject),
    ]


async def test_an_edit_without_or_with_a_stale_version_is_refused(mengjin: District) -> None:
    """REL20: lost update impossible."""
    async with mengjin.registry.client(mengjin.admin("SCJG")) as client:
        path = f"/v1/entities/{(await client.post('/v1/entities', json=ENTITY)).json()['id']}"
        without = await client.put(path, json=ENTITY, headers={"Idempotency-Key": "k"})
        await client.put(path, json=ENTITY | {"name": "先改的"}, headers=based_on(1))
        stale = await client.put(path, json=ENTITY | {"name": "后改的"}, headers=based_on(1))
        found = await client.get(path)
    assert (without.status_code, stale.status_code) == (428, 412)
    assert found.json()["name"] == "先改的"


async def test_of_two_writers_at_once_each_version_is_written_once(mengjin: District) -> None:
    """REL20: the final state is that of a serial history."""
    async with mengjin.registry.client(mengjin.admin("SCJG")) as client:
        path = f"/v1/entities/{(await client.post('/v1/entities', json=ENTITY)).json()['id']}"

        async def write(name: str) -> list[int]:
            written = []
            for turn in range(10):
                version = (await client.get(path)).json()["version"]
                body = ENTITY | {"name": f"{name}{turn}"}
                if (await client.put(path, json=body, headers=based_on(version))).status_code == 200:
                    written.append(version + 1)
            return written

        one, other = await asyncio.gather(write("甲"), write("乙"))
        final = (await client.get(path)).json()["version"]
    assert sorted(one + other) == list(range(2, final + 1))


async def test_the_rules_of_a_row_are_the_rules_of_an_edit(mengjin: District) -> None:
    wrong = ENTITY | {"uscc": a_uscc(1)[:-1] + "I", "region_code": "410308999", "departments": ["CGJ"]}
    async with mengjin.registry.client(mengjin.office) as client:
        answer = await client.post("/v1/entities", json=wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "registry.entity_invalid")
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/uscc", "uscc.alphabet"),
        ("/region_code", "region.unknown"),
        ("/departments", "registry.department_unknown"),
    }


async def test_only_a_department_that_answers_for_the_object_edits_it(mengjin: District) -> None:
    """L6."""
    async with mengjin.registry.client(mengjin.admin("SCJG")) as client:
        path = f"/v1/entities/{(await client.post('/v1/entities', json=ENTITY)).json()['id']}"
        not_own = await client.post("/v1/entities", json=ENTITY | {"uscc": a_uscc(2), "departments": ["YJJ"]})
    async with mengjin.registry.client(mengjin.admin("YJJ")) as client:
        foreign = await client.put(path, json=ENTITY | {"departments": ["YJJ"]}, headers=based_on(1))
        seen = await client.get(path)
    assert (not_own.status_code, foreign.status_code) == (403, 403)
    assert foreign.json()["code"] == "registry.not_responsible"
    assert seen.status_code == 200


async def test_a_code_belongs_to_one_object(mengjin: District) -> None:
    async with mengjin.registry.client(mengjin.admin("SCJG")) as client:
        await client.post("/v1/entities", json=ENTITY)
        again = await client.post("/v1/entities", json=ENTITY | {"name": "另一个"})
    assert (again.status_code, again.json()["code"]) == (409, "registry.entity_key_taken")
    assert "统一社会信用代码" in again.json()["detail"]


async def test_a_list_is_narrowed_searched_and_paged(mengjin: District) -> None:
    async with mengjin.registry.client(mengjin.office) as client:
        for number in range(1, 6):
            body = {
                "uscc": a_uscc(number),
                "name": f"孟津第{number}面业",
                "kind": "site" if number == 5 else "enterprise",
            }
            await client.post("/v1/entities", json=ENTITY | body)
        first = (await client.get("/v1/entities?kind=enterprise&page_size=3")).json()
        rest = (await client.get("/v1/entities", params={"kind": "enterprise", "cursor": first["next"]})).json()
        by_name = (await client.get("/v1/entities", params={"q": "第３面"})).json()["items"]
        by_code = (await client.get("/v1/entities", params={"q": a_uscc(4).lower()})).json()["items"]
        nothing = (await client.get("/v1/entities?town=410308102&tag=食品生产&department=SCJG")).json()["items"]
        misspelt = await client.get("/v1/entities?knd=site")
        foreign = await client.get("/v1/entities", params={"cursor": "WyJ4Il0="})
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [3, 1, None]
    assert [row["name"] for row in by_name] == ["孟津第3面业"]
    assert [row["uscc"] for row in by_code] == [a_uscc(4)]
    assert (nothing, misspelt.status_code) == ([], 400)
    assert (foreign.status_code, foreign.json()["code"]) == (400, "request.bad_cursor")


async def test_a_product_is_joined_to_its_producer_even_if_that_comes_later(mengjin: District) -> None:
    product = {"kind": "product", "name": "小麦粉", "external_no": "P1", "producer_external_no": "MJ1"} | {
        name: ENTITY[name] for name in ("region_code", "departments")
    }
    async with mengjin.registry.client(mengjin.office) as client:
        path = f"/v1/entities/{(await client.post('/v1/entities', json=product)).json()['id']}"
        alone = (await client.get(path)).json()["producer_id"]
        producer = (await client.post("/v1/entities", json=ENTITY | {"external_no": "MJ1"})).json()["id"]
        joined = (await client.get(path)).json()["producer_id"]
    assert (alone, joined) == (None, producer)


async def test_an_inspector_is_suspended_at_once_and_reinstated(mengjin: District) -> None:
    """L3, L7: a suspension takes effect at once for later pools and is kept."""
    async with mengjin.registry.client(mengjin.admin("SCJG")) as client:
        made = (await client.post("/v1/inspectors", json=INSPECTOR)).json()
        path = f"/v1/inspectors/{made['id']}"
        suspended = await client.post(f"{path}/suspensions", json={"reason": "接受调查"})
        again = await client.post(f"{path}/suspensions", json={"reason": "接受调查"})
        back = await client.post(f"{path}/reinstatements")
        kept = await client.put(
            path, json={k: v for k, v in INSPECTOR.items() if k != "phone"} | {"name": "张新名"}, headers=based_on(3)
        )
    assert (suspended.status_code, suspended.json()["status"], suspended.json()["status_reason"]) == (
        201,
        "suspended",
        "接受调查",
    )
    assert (again.status_code, again.json()["code"]) == (409, "registry.inspector_not_active")
    assert (back.json()["status"], back.json()["version"]) == ("active", 3)
    assert (kept.json()["name"], kept.json()["phone"]) == ("张新名", "138******78")


async def test_inspectors_are_seen_by_their_department_the_office_and_auditors(mengjin: District) -> None:
    """SEC3: another department is told that there is no such officer."""
    async with mengjin.registry.client(mengjin.admin("SCJG")) as client:
        path = f"/v1/inspectors/{(await client.post('/v1/inspectors', json=INSPECTOR)).json()['id']}"
    seen = {}
    readers = {"own": mengjin.admin("SCJG"), "other": mengjin.admin("YJJ")}
    for name, who in (readers | {"office": mengjin.office, "auditor": an_auditor(mengjin.name)}).items():
        async with mengjin.registry.client(who) as client:
            seen[name] = (
                (await client.get(path)).status_code,
                len((await client.get("/v1/inspectors")).json()["items"]),
            )
    assert seen == {"own": (200, 1), "other": (404, 0), "office": (200, 1), "auditor": (200, 1)}
    async with mengjin.registry.client(mengjin.admin("YJJ")) as client:
        hidden = await client.post(f"{path}/suspensions", json={"reason": "越权"})
        taken = await client.post("/v1/inspectors", json=INSPECTOR | {"department": "YJJ", "inspector_no": "ZF9"})
        foreign = await client.post("/v1/inspectors", json=INSPECTOR)
    assert (hidden.status_code, taken.status_code, foreign.status_code) == (404, 409, 403)
    assert "执法证号" in taken.json()["detail"]


async def test_inspectors_are_found_by_field_town_and_valid_certificate(mengjin: District) -> None:
    lines = [
        inspector_line(1),
        inspector_line(2, valid_until="2020-01-01"),
        inspector_line(3, regions="平乐镇", fields="特种设备"),
    ]
    await mengjin.import_file(a_file(INSPECTOR_HEADER, *lines), kind="inspectors")

    async def found(query: str) -> list[str]:
        return [row["inspector_no"] for row in (await mengjin.get(f"/v1/inspectors?{query}"))["items"]]

    assert await found("valid_on=2026-11-24") == ["ZF00001", "ZF00003"]
    assert await found("town=410308100") == ["ZF00001", "ZF00002"]
    assert await found("field=特种设备&department=SCJG&q=示例") == ["ZF00003"]
