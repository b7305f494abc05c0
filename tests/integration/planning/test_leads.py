"""Leads through commit: registered, checked, disposed of, linked (S1); unlicensed operation by its own rule (S3)."""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.events.planning import LeadClosedV1, LeadRegisteredV1, LeadRescheduledV1
from shared.events.results import CalendarChangedV1
from shared.values.ids import new_id
from tests.integration.planning.conftest import Desk


def a_lead_body(**changes: Any) -> dict[str, Any]:
    body = {
        "kind": "complaint",
        "department": "scjg",
        "received_on": "2026-03-02",
        "summary": "反映餐馆后厨不洁",
        "source_no": "12315-2026-0008",
        "entity_id": str(new_id()),
    }
    return body | changes


def an_unlicensed_body(**changes: Any) -> dict[str, Any]:
    place = {"kind": "unlicensed", "entity_id": None, "place": "城关镇示例路 8 号", "missing": ["business_licence"]}
    return a_lead_body(**place) | changes


async def _registered(desk: Desk, body: dict[str, Any]) -> str:
    await desk.set_rule("region_code", text="410308")
    made = await desk.post(desk.admin("scjg"), "/v1/leads", body)
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


async def test_a_lead_is_registered_checked_disposed_of_and_linked_to_its_results(desk: Desk) -> None:
    """S1: told of without a word of what it says."""
    await desk.set_rule("lead_check_days", limit=15, exceptions=[{"key": "complaint", "limit": 7}])
    path = await _registered(desk, a_lead_body())
    admin, result, plan = desk.admin("scjg"), str(new_id()), str(new_id())
    lead = (await desk.get(admin, path)).json()
    assert (lead["state"], lead["due_on"], lead["lead_no"][:8]) == ("registered", "2026-03-11", "XS410308")
    checked = await desk.post(admin, f"{path}/checks", {"checked_on": "2026-03-05", "finding": "属实"})
    assert (checked.json()["state"], checked.json()["finding"]) == ("checked", "属实")
    body = {"outcome": "inspection_planned", "disposal": "列入二季度抽查", "plan_id": plan}
    closed = await desk.post(admin, f"{path}/disposal", body)
    assert (closed.json()["state"], closed.json()["outcome_name"]) == ("closed", "列入检查")
    linked = await desk.post(admin, f"{path}/links", {"result_ids": [result]})
    assert (linked.json()["result_ids"], linked.json()["plan_id"]) == ([result], plan)
    told = [event for event in await desk.told() if isinstance(event, LeadRegisteredV1 | LeadClosedV1)]
    assert [type(event) for event in told] == [LeadRegisteredV1, LeadClosedV1]
    assert "后厨" not in "".join(event.model_dump_json() for event in told)


async def test_nothing_is_disposed_of_unseen_and_nothing_checked_twice(desk: Desk) -> None:
    """S1."""
    path, admin = await _registered(desk, a_lead_body()), desk.admin("scjg")
    disposal = {"outcome": "no_problem", "disposal": "无"}
    early = await desk.post(admin, f"{path}/disposal", disposal)
    assert (early.status_code, early.json()["code"]) == (409, "planning.lead_not_checked")
    before = await desk.post(admin, f"{path}/checks", {"checked_on": "2026-03-01", "finding": "属实"})
    assert (before.status_code, before.json()["code"]) == (422, "planning.check_before_receipt")
    check = {"checked_on": "2026-03-05", "finding": "属实"}
    await desk.post(admin, f"{path}/checks", check)
    again = await desk.post(admin, f"{path}/checks", check)
    assert (again.status_code, again.json()["code"]) == (409, "planning.lead_not_registered")


async def test_unlicensed_operation_is_handled_by_its_own_rule(desk: Desk) -> None:
    """S3: what is missing, where; guided to a licence or stopped, never merely told to improve."""
    await desk.set_rule("region_code", text="410308")
    admin = desk.admin("scjg")
    broken = {
        "planning.unlicensed_without_missing": an_unlicensed_body(missing=[]),
        "planning.unlicensed_without_place": an_unlicensed_body(place=None),
        "planning.missing_not_for_kind": a_lead_body(missing=["licence"]),
        "planning.lead_without_object": a_lead_body(entity_id=None),
    }
    for code, body in broken.items():
        refused = await desk.post(admin, "/v1/leads", body)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    path = await _registered(desk, an_unlicensed_body())
    await desk.post(admin, f"{path}/checks", {"checked_on": "2026-03-05", "finding": "正在经营"})
    unfit = await desk.post(admin, f"{path}/disposal", {"outcome": "rectified", "disposal": "改正"})
    assert (unfit.status_code, unfit.json()["code"]) == (422, "planning.outcome_not_for_kind")
    assert unfit.json()["detail"] == "“无证无照经营”的线索不能以“责令改正”处理"
    guided = await desk.post(admin, f"{path}/disposal", {"outcome": "guided", "disposal": "引导办照"})
    assert guided.json()["outcome_name"] == "引导办理证照"
    other = await _registered(desk, a_lead_body())
    await desk.post(admin, f"{other}/checks", {"checked_on": "2026-03-05", "finding": "属实"})
    wrong = await desk.post(admin, f"{other}/disposal", {"outcome": "guided", "disposal": "引导"})
    assert wrong.json()["code"] == "planning.outcome_not_for_kind"


async def test_a_lead_is_seen_by_its_department_and_the_office_only(desk: Desk) -> None:
    """SEC3: what people report is not public."""
    path = await _registered(desk, a_lead_body())
    for who, status in ((desk.admin("scjg"), 200), (desk.office, 200), (desk.admin("wjw"), 404)):
        assert (await desk.get(who, path)).status_code == status
    assert (await desk.get(desk.admin("wjw"), "/v1/leads")).json()["items"] == []
    stranger = await desk.post(desk.admin("wjw"), "/v1/leads", a_lead_body())
    assert (stranger.status_code, stranger.json()["code"]) == (403, "planning.not_your_department")
    by_state = (await desk.get(desk.office, "/v1/leads?kind=complaint&state=registered")).json()["items"]
    assert [f"/v1/leads/{one['lead_id']}" for one in by_state] == [path]


async def test_a_notice_told_by_results_moves_the_terms_of_leads_nobody_has_checked(desk: Desk) -> None:
    """R2, S1: those registered before and those registered after; a checked lead keeps its day."""
    await desk.set_rule("lead_check_days", limit=7)
    waiting, checked = await _registered(desk, a_lead_body()), await _registered(desk, a_lead_body())
    admin = desk.admin("scjg")
    await desk.post(admin, f"{checked}/checks", {"checked_on": "2026-03-05", "finding": "属实"})
    notice = CalendarChangedV1(
        aggregate_version=1,
        year=2026,
        document_no="国办发明电〔2026〕1号",
        days_off=[date(2026, 3, 10), date(2026, 3, 11)],
        working_weekends=[date(2026, 3, 7)],
    )
    await desk.hear(notice)
    later = await _registered(desk, a_lead_body())
    due = [(await desk.get(admin, path)).json()["due_on"] for path in (waiting, checked, later)]
    assert due == ["2026-03-12", "2026-03-11", "2026-03-12"]
    (moved,) = [event for event in await desk.told() if isinstance(event, LeadRescheduledV1)]
    assert (str(moved.lead_id), moved.due_on) == (waiting.rpartition("/")[2], date(2026, 3, 12))
    older = notice.model_copy(update={"days_off": [], "working_weekends": []})
    await desk.hear(older)
    assert (await desk.get(admin, waiting)).json()["due_on"] == "2026-03-12"
