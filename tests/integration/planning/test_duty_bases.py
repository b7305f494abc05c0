"""Items rest on the power and duty list (I1): stated per item, a repealed basis flags it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.builders.planning import an_item_body
from tests.integration.planning.conftest import Desk


def a_basis(code: str, **changes: Any) -> dict[str, Any]:
    basis = {
        "code": code,
        "kind": "power",
        "name": f"{code} 食品生产经营监督检查",
        "law": "中华人民共和国食品安全法",
        "article": "第一百一十条",
        "starts_on": "2020-01-01",
    }
    return basis | changes


def a_list(*entries: dict[str, Any], department: str = "scjg", paper: str = "孟政〔2026〕5号") -> dict[str, Any]:
    return {"department": department, "paper": paper, "entries": list(entries)}


async def _today(desk: Desk) -> date:
    async with desk.planning.work(desk.office) as work:
        today: date = work.today
    return today


async def test_once_its_list_is_loaded_every_item_of_a_department_states_its_basis(desk: Desk) -> None:
    """I1."""
    admin = desk.admin("scjg")
    loaded = await desk.post(admin, "/v1/duty-bases", a_list(a_basis("q1"), a_basis("q2", kind="duty")))
    assert (loaded.status_code, loaded.json()) == (201, {"department": "scjg", "version": 1, "entries": 2})
    broken = {
        "planning.duty_basis_missing": an_item_body(),
        "planning.duty_basis_unknown": an_item_body(duty_code="q9"),
    }
    for code, item in broken.items():
        refused = await desk.post(admin, "/v1/item-lists", {"year": desk.year, "items": [item]})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    listed = await desk.publish_list("scjg", an_item_body(duty_code="q2"))
    assert (listed["items"][0]["duty_code"], listed["flags"]) == ("q2", [])
    other = await desk.publish_list("wjw", an_item_body("wjw-001"))
    assert (other["items"][0]["duty_code"], other["flags"]) == (None, [])


async def test_a_repealed_basis_flags_the_items_that_rest_on_it(desk: Desk) -> None:
    """I1: flagged in its list and in the list of flagged items, with the paper of the repeal; submission goes on."""
    admin, yesterday = desk.admin("scjg"), (await _today(desk)) - timedelta(days=1)
    await desk.post(admin, "/v1/duty-bases", a_list(a_basis("q1"), a_basis("q2")))
    await desk.publish_list("scjg", an_item_body("scjg-001", duty_code="q1"), an_item_body("scjg-002", duty_code="q2"))
    assert (await desk.get(desk.office, "/v1/flagged-items")).json()["items"] == []
    repeal = a_list(a_basis("q1", ends_on=yesterday.isoformat()), paper="孟政〔2026〕30号")
    assert (await desk.post(desk.office, "/v1/duty-bases", repeal)).json()["version"] == 2
    (flagged,) = (await desk.get(desk.admin("wjw"), "/v1/flagged-items?department=scjg")).json()["items"]
    assert (flagged["item"]["code"], flagged["reason"], flagged["reason_name"]) == (
        "scjg-001",
        "repealed",
        "所依据的权责事项已经废止",
    )
    assert (flagged["basis"]["paper"], flagged["basis"]["ends_on"]) == ("孟政〔2026〕30号", yesterday.isoformat())
    again = await desk.publish_list("scjg", an_item_body("scjg-001", duty_code="q1"))
    assert [(one["code"], one["reason"]) for one in again["flags"]] == [("scjg-001", "repealed")]


async def test_items_listed_before_the_list_was_loaded_and_bases_not_yet_in_force_are_flagged_too(desk: Desk) -> None:
    """I1."""
    tomorrow = (await _today(desk)) + timedelta(days=1)
    await desk.publish_list("scjg", *(an_item_body(f"scjg-{n}") for n in (1, 2, 3)))
    early = a_basis("q1", starts_on=tomorrow.isoformat())
    await desk.post(desk.office, "/v1/duty-bases", a_list(early, a_basis("q2")))
    first = (await desk.get(desk.office, "/v1/flagged-items?page_size=2")).json()
    rest = (await desk.get(desk.office, f"/v1/flagged-items?page_size=2&cursor={first['next']}")).json()
    assert [(one["item"]["code"], one["reason"]) for one in (*first["items"], *rest["items"])] == [
        ("scjg-1", "missing"),
        ("scjg-2", "missing"),
        ("scjg-3", "missing"),
    ]
    listed = await desk.publish_list("scjg", an_item_body("scjg-1", duty_code="q1"))
    assert [one["reason"] for one in listed["flags"]] == ["not_yet"]


async def test_a_list_of_bases_is_loaded_whole_with_its_paper_or_not_at_all(desk: Desk) -> None:
    """I1: bases are data with validity."""
    broken = {
        "planning.duty_basis_twice": a_list(a_basis("q1"), a_basis("q1")),
        "planning.duty_period_wrong": a_list(a_basis("q1", ends_on="2019-12-31")),
        "planning.duty_list_empty": a_list(),
        "planning.not_your_department": a_list(a_basis("q1"), department="wjw"),
    }
    for code, body in broken.items():
        refused = await desk.post(desk.admin("scjg"), "/v1/duty-bases", body)
        assert refused.json()["code"] == code
    ended = a_basis("q3", ends_on="2021-01-01", name="旧职责")
    await desk.post(desk.admin("scjg"), "/v1/duty-bases", a_list(a_basis("q1"), a_basis("q2"), ended))
    await desk.post(desk.admin("scjg"), "/v1/duty-bases", a_list(a_basis("q2", name="改名")))

    async def found(query: str) -> list[tuple[str, int]]:
        listed = (await desk.get(desk.admin("wjw"), f"/v1/duty-bases?{query}")).json()["items"]
        return [(one["code"], one["version"]) for one in listed]

    assert await found("department=scjg") == [("q1", 1), ("q2", 2), ("q3", 1)]
    assert await found("q=改名") == [("q2", 2)]
    assert await found("standing_on=2026-01-01") == [("q1", 1), ("q2", 2)]
