"""Steps after a draw: who may ask for a substitution, attest to it, approve it; as people of a led ceremony."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx2

from shared.runtime.principal import INSPECTOR, Principal
from shared.values.ids import new_id
from tests.builders.people import a_department_admin, an_inspector
from tests.integration.draw.conftest import Led

GONE: dict[str, Any] = {
    "reason_code": "object_not_found",
    "reason": "登记住所无人，电话停机",
    "evidence": "照片 A-0317",
}
SEEN = {"evidence": "登记机关查询结果，照片 B-0102"}


async def visits_of(led: Led) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await led.get(led.committer, f"/v1/visits?draw={led.draw_id}&page_size=200"))[
        "items"
    ]
    return found


async def standing(led: Led) -> list[dict[str, Any]]:
    return [visit for visit in await visits_of(led) if visit["state"] == "assigned"]


def class_of(led: Led, visit: dict[str, Any]) -> str:
    return next(str(row["class"]) for row in led.registry.objects if row["entity_id"] == visit["entity_id"])


async def replaceable(led: Led) -> list[dict[str, Any]]:
    """Visits to objects of class A, of whom few are drawn: somebody comes next."""
    return [visit for visit in await standing(led) if class_of(led, visit) == "A"]


def officer_of(led: Led, visit: dict[str, Any], department: str = "scjg", place: int = 0) -> Principal:
    """The officer who holds that seat."""
    seats = [seat for seat in visit["seats"] if seat["department"] == department and not seat["is_expert"]]
    return an_inspector(UUID(seats[place]["inspector_id"]), department, led.district)


def a_colleague(led: Led, department: str = "yjj") -> Principal:
    """Some certificate holder of another department that takes part."""
    person = an_inspector(new_id(), department, led.district)
    assert INSPECTOR in person.roles
    return person


def unable(who: Principal, **changes: Any) -> dict[str, Any]:
    body = {
        "reason_code": "inspector_recused",
        "reason": "配偶在该企业任职",
        "evidence": "本人申报表 2026-17",
        "inspector_id": str(who.inspector_id),
    }
    return body | changes


async def ask(
    led: Led, who: Principal, visit: dict[str, Any], body: dict[str, Any], expect: int | None = 201
) -> httpx2.Response:
    return await led.post(who, f"/v1/visits/{visit['visit_id']}/substitutions", body, expect)


async def confirm(led: Led, who: Principal, request_id: str, expect: int | None = 200) -> httpx2.Response:
    return await led.post(who, f"/v1/substitutions/{request_id}/confirmation", SEEN, expect)


async def approve(led: Led, who: Principal, request_id: str, expect: int | None = 200) -> httpx2.Response:
    return await led.post(who, f"/v1/substitutions/{request_id}/approval", None, expect)


async def substituted(led: Led, visit: dict[str, Any], who: Principal, body: dict[str, Any]) -> dict[str, Any]:
    """Asked for by `who`, attested by the food and drug department, approved by the joint office."""
    request_id = (await ask(led, who, visit, body)).json()["id"]
    other = "sthj" if who.department == "yjj" else "yjj"
    await confirm(led, a_department_admin(other, led.district), request_id)
    done: dict[str, Any] = (await approve(led, led.committer, request_id)).json()
    return done
