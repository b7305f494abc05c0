"""Who may inspect and advise: leaves, capacity, experts; out of later pools at once (L3, L4, L7, B2)."""

from __future__ import annotations

import json
from typing import Any

from shared.values.ids import new_id
from tests.builders.people import the_service
from tests.builders.registry import PHONE, District

ON = "2026-12-01"
INSPECTOR: dict[str, Any] = {
    "inspector_no": "ZF1",
    "name": "张示例",
    "department": "SCJG",
    "certificate_no": "16030800001",
    "valid_until": "2028-12-31",
    "fields": ["食品安全"],
    "phone": PHONE,
}
EXPERT: dict[str, Any] = {
    "expert_no": "ZJ1",
    "name": "李示例",
    "kind": "person",
    "fields": ["食品检验"],
    "qualification": "注册审核员",
    "valid_until": "2028-12-31",
    "phone": PHONE,
}
LEAVE = {"starts_on": "2026-11-25", "ends_on": ON, "reason": "年休假"}


async def made(district: District, who: Any, path: str, body: Any = None, status: int = 201) -> dict[str, Any]:
    async with district.registry.client(who) as client:
        answer = await client.post(path, json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def put(district: District, who: Any, path: str, version: int, body: Any) -> Any:
    headers = {"If-Match": f'"{version}"', "Idempotency-Key": str(new_id())}
    async with district.registry.client(who) as client:
        return await client.put(path, json=body, headers=headers)


async def roster(district: District, on: str = ON) -> dict[str, list[dict[str, Any]]]:
    """What a pool frozen for a day gets: officers and experts."""
    library = await made(
        district, district.office, "/v1/libraries", {"name": f"库{new_id()}", "conditions": {"all": []}}
    )
    body = {"district": district.name, "library_id": library["id"], "library_version": 1, "departments": ["SCJG"]}
    async with district.registry.client(the_service("draw", district.name)) as client:
        answer = await client.post("/internal/v1/snapshots", json=body | {"on": on, "with_experts": True})
    lines = [json.loads(line) for line in answer.content.splitlines()]
    return {kind: [line for line in lines if line["t"] == kind] for kind in ("i", "x")}


async def counted(district: District, on: str) -> int:
    async with district.registry.client(the_service("planning", district.name)) as client:
        answer = await client.post("/internal/v1/inspectors/counts", json={"departments": ["SCJG"], "on": on})
    return sum(row["officers"] for row in answer.json()["items"])


async def test_an_officer_on_leave_is_in_no_pool_of_those_days_and_is_back_after(mengjin: District) -> None:
    """L7: at once; pools, figures and what other services ask agree on it."""
    admin = mengjin.admin("SCJG")
    officer = await made(mengjin, admin, "/v1/inspectors", INSPECTOR | {"capacity": 12})
    path = f"/v1/inspectors/{officer['id']}/leaves"
    assert [(one["status"], one["capacity"]) for one in (await roster(mengjin))["i"]] == [("active", 12)]
    leave = await made(mengjin, admin, path, LEAVE)
    assert [one["status"] for one in (await roster(mengjin))["i"]] == ["on_leave"]
    assert [one["status"] for one in (await roster(mengjin, "2026-12-02"))["i"]] == ["active"]
    assert (await counted(mengjin, ON), await counted(mengjin, "2026-12-02")) == (0, 1)
    async with mengjin.registry.client(the_service("results", mengjin.name)) as client:
        brief = (await client.get(f"/internal/v1/inspectors/{officer['id']}", params={"on": ON})).json()
    assert (brief["valid"], brief["ground"]) == (False, "on_leave")
    cancelled = await made(mengjin, admin, f"{path}/{leave['id']}/cancellation")
    twice = await made(mengjin, admin, f"{path}/{leave['id']}/cancellation", status=409)
    assert (cancelled["is_cancelled"], twice["code"]) == (True, "registry.leave_cancelled")
    assert [one["status"] for one in (await roster(mengjin))["i"]] == ["active"]
    listed = (await mengjin.get(path, admin))["items"]
    assert [(one["version"], one["is_cancelled"]) for one in listed] == [(2, True)]


async def test_leaves_are_the_departments_own_and_do_not_overlap(mengjin: District) -> None:
    admin = mengjin.admin("SCJG")
    officer = await made(mengjin, admin, "/v1/inspectors", INSPECTOR)
    path = f"/v1/inspectors/{officer['id']}/leaves"
    leave = await made(mengjin, admin, path, LEAVE)
    overlap = await made(mengjin, admin, path, LEAVE | {"starts_on": ON, "ends_on": "2026-12-05"}, status=409)
    backwards = await made(mengjin, admin, path, LEAVE | {"ends_on": "2026-11-24"}, status=422)
    foreign = await made(mengjin, mengjin.admin("YJJ"), path, LEAVE, status=404)
    cancelling = f"{path}/{leave['id']}/cancellation"
    not_theirs = await made(mengjin, mengjin.admin("YJJ"), cancelling, status=404)
    assert [one["code"] for one in (overlap, backwards, foreign, not_theirs)] == [
        "registry.leave_overlaps",
        "registry.leave_term_invalid",
        "registry.inspector_unknown",
        "registry.inspector_unknown",
    ]
    async with mengjin.registry.client(mengjin.admin("YJJ")) as client:
        assert (await client.get(path)).status_code == 404


async def test_a_revised_officer_keeps_what_is_sent_and_an_import_leaves_his_capacity(mengjin: District) -> None:
    admin = mengjin.admin("SCJG")
    officer = await made(mengjin, admin, "/v1/inspectors", INSPECTOR | {"capacity": 8})
    path = f"/v1/inspectors/{officer['id']}"
    revised = await put(mengjin, admin, path, 1, INSPECTOR | {"capacity": 4, "regions": ["410308102"]})
    too_many = await put(mengjin, admin, path, 2, INSPECTOR | {"capacity": 1001})
    assert (revised.json()["capacity"], revised.json()["regions"]) == (4, ["410308102"])
    assert too_many.status_code == 422
    assert (await mengjin.get(f"{path}", admin))["capacity"] == 4


async def test_an_expert_is_registered_edited_and_suspended_by_the_office_alone(mengjin: District) -> None:
    """L4: 专家库."""
    office = mengjin.office
    refused = await made(mengjin, mengjin.admin("SCJG"), "/v1/experts", EXPERT, status=403)
    expert = await made(mengjin, office, "/v1/experts", EXPERT)
    taken = await made(mengjin, office, "/v1/experts", EXPERT, status=409)
    wrong = await made(mengjin, office, "/v1/experts", EXPERT | {"expert_no": "ZJ2", "phone": "不是号码"}, status=422)
    assert [one["code"] for one in (refused, taken, wrong)] == [
        "request.role_missing",
        "registry.expert_number_taken",
        "registry.expert_invalid",
    ]
    path = f"/v1/experts/{expert['id']}"
    changed = {name: value for name, value in EXPERT.items() if name != "phone"} | {"fields": ["特种设备"]}
    assert (await put(mengjin, office, path, 1, changed)).json()["phone"] == "138******78"
    assert (await put(mengjin, office, path, 1, changed)).status_code == 412
    assert (await mengjin.get("/v1/experts?field=特种设备&q=李"))["items"][0]["version"] == 2
    assert (await mengjin.get("/v1/experts?kind=institution"))["items"] == []


async def test_a_suspended_or_expired_expert_cannot_be_seated_in_later_pools(mengjin: District) -> None:
    """B2, L7: at once. The pool is told the state and the term, by which it seats or does not."""
    office = mengjin.office
    expert = await made(mengjin, office, "/v1/experts", EXPERT)
    lapsed = {"expert_no": "ZJ2", "name": "王示例", "valid_until": "2026-11-30"}
    await made(mengjin, office, "/v1/experts", EXPERT | lapsed)
    await made(mengjin, office, "/v1/experts", EXPERT | {"expert_no": "ZJ3", "kind": "institution"})
    told = {one["expert_no"]: (one["status"], one["valid_until"]) for one in (await roster(mengjin))["x"]}
    assert told == {"ZJ1": ("active", "2028-12-31"), "ZJ2": ("active", "2026-11-30")}
    able = (await mengjin.get(f"/v1/experts?valid_on={ON}"))["items"]
    assert sorted(one["expert_no"] for one in able) == ["ZJ1", "ZJ3"]
    path = f"/v1/experts/{expert['id']}"
    suspended = await made(mengjin, office, f"{path}/suspensions", {"reason": "资质复审"})
    assert (suspended["status"], suspended["status_reason"]) == ("suspended", "资质复审")
    assert {one["expert_no"]: one["status"] for one in (await roster(mengjin))["x"]}["ZJ1"] == "suspended"
    assert [one["expert_no"] for one in (await mengjin.get(f"/v1/experts?valid_on={ON}"))["items"]] == ["ZJ3"]
    back = await made(mengjin, office, f"{path}/reinstatements")
    again = await made(mengjin, office, f"{path}/reinstatements", status=409)
    assert (back["status"], back["status_reason"], again["code"]) == ("active", None, "registry.expert_not_suspended")
    assert {one["expert_no"]: one["status"] for one in (await roster(mengjin))["x"]}["ZJ1"] == "active"
