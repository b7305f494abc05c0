"""The smaller rules of an inspection: remote completion, third parties, offline entry, repeats, contacts, undrawn
checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.results.domain.contacts import windows
from services.results.domain.content import Outcome, RemoteCheck, ThirdParty
from services.results.domain.content_rules import TimesContradict, Unfinished, check_complete, check_draft
from services.results.domain.offline import (
    AT_MOST,
    AT_ONCE,
    BackfillReasonNeeded,
    BackfillTooLate,
    OfflineStamp,
    check_stamp,
)
from services.results.domain.remote_rules import (
    RemoteDatesWrong,
    RemoteIncomplete,
    RemoteMisplaced,
    RemoteOnSite,
    RemoteUnresolved,
)
from services.results.domain.repeats import RepeatWithoutFinding, check_repeats
from services.results.domain.third_parties import PayerNotCommissioner, ThirdPartyRepeated, check_third_parties
from services.results.domain.undrawn import (
    Cause,
    CheckEntityDiffers,
    CheckEntityMissing,
    CheckItem,
    CheckPlan,
    CheckTeamTooSmall,
    CheckWindowWrong,
    CheckWithoutItems,
    Origin,
    undrawn_visit,
)
from shared.values.errors import Invalid
from shared.values.ids import new_id
from tests.builders.results import NOW, a_content, an_assignment, an_item, the_vocabularies

ASSIGNMENT = an_assignment()
VOCABULARIES = the_vocabularies()
DAY = date(2026, 3, 9)
REMOTE = RemoteCheck("年报人数与参保人数不一致", DAY, DAY + timedelta(days=2), DAY + timedelta(days=3))


def a_remote(**changes: Any) -> Any:
    return a_content(ASSIGNMENT, **{"outcome": Outcome.REMOTE, "method": "written", "remote": REMOTE} | changes)


def test_a_remote_completion_is_taken_with_all_its_days() -> None:
    """B15."""
    check_draft(a_remote(), ASSIGNMENT.item_ids, VOCABULARIES, NOW)
    check_complete(a_remote(), ASSIGNMENT.item_ids, VOCABULARIES)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"remote": None}, RemoteIncomplete),
        ({"remote": replace(REMOTE, mismatch="")}, RemoteIncomplete),
        ({"method": "on_site"}, RemoteOnSite),
        ({"remote": replace(REMOTE, corrected_on=DAY - timedelta(days=1))}, RemoteDatesWrong),
        ({"remote": replace(REMOTE, rechecked_on=date(2026, 3, 21))}, RemoteDatesWrong),
        ({"outcome": Outcome.DONE}, RemoteMisplaced),
    ],
)
def test_a_remote_completion_that_does_not_hold_is_refused(changes: dict[str, Any], error: type[Invalid]) -> None:
    with pytest.raises(error):
        check_draft(a_remote(**changes), ASSIGNMENT.item_ids, VOCABULARIES, NOW)


def test_a_problem_that_stands_needs_a_visit() -> None:
    items = tuple(an_item(item_id, "B") for item_id in ASSIGNMENT.item_ids)
    with pytest.raises(RemoteUnresolved):
        check_complete(a_remote(items=items), ASSIGNMENT.item_ids, VOCABULARIES)


PARTY = ThirdParty("洛阳某某检测公司", "CMA 171600000000", "菌落总数检验", 120000, "SCJG")


def test_whoever_commissions_pays() -> None:
    """D4, L4: 谁委托、谁付费."""
    check_third_parties([PARTY, replace(PARTY, scope="标签检验", payer="XFJY")], ("SCJG", "XFJY"))
    with pytest.raises(PayerNotCommissioner):
        check_third_parties([replace(PARTY, payer="被检查企业")], ("SCJG", "XFJY"))
    with pytest.raises(ThirdPartyRepeated):
        check_third_parties([PARTY, PARTY], ("SCJG",))


def test_a_commissioned_report_must_have_come_before_officers_stand_by_the_record() -> None:
    with pytest.raises(Unfinished, match="受托机构的报告"):
        check_complete(a_content(ASSIGNMENT, third_parties=(PARTY,)), ASSIGNMENT.item_ids, VOCABULARIES)


def a_stamp(late: timedelta, reason: str = "") -> OfflineStamp:
    return OfflineStamp(new_id(), NOW - late, reason)


def test_an_offline_record_sent_in_time_needs_no_reason() -> None:
    """B13; 深府规〔2025〕6号: ten days, with a reason."""
    content = a_content(ASSIGNMENT, started_at=NOW - timedelta(days=30), ended_at=NOW - timedelta(days=30))
    check_stamp(a_stamp(AT_ONCE), content, NOW)
    check_stamp(a_stamp(AT_MOST, "山区没有信号"), content, NOW)
    with pytest.raises(BackfillReasonNeeded):
        check_stamp(a_stamp(AT_ONCE + timedelta(seconds=1)), content, NOW)
    with pytest.raises(BackfillTooLate):
        check_stamp(a_stamp(AT_MOST + timedelta(seconds=1), "山区没有信号"), content, NOW)


@pytest.mark.parametrize("captured_at", [NOW + timedelta(seconds=1), datetime(2026, 3, 9, tzinfo=NOW.tzinfo)])
def test_a_record_is_captured_after_the_inspection_began_and_before_it_is_sent(captured_at: datetime) -> None:
    with pytest.raises(TimesContradict):
        check_stamp(OfflineStamp(new_id(), captured_at), a_content(ASSIGNMENT), NOW)


def test_the_third_check_without_a_finding_is_held_until_that_officer_explains() -> None:
    """B1."""
    content = a_content(ASSIGNMENT)
    first, second = content.officers_present
    check_repeats(content, {first: 1, second: 0}, ())
    with pytest.raises(RepeatWithoutFinding) as held:
        check_repeats(content, {first: 1, second: 2}, (first,))
    assert held.value.params == {"inspector_id": second, "count": 3}
    check_repeats(content, {second: 2}, (second,))


def test_a_check_that_finds_something_or_nobody_is_not_held() -> None:
    content = a_content(ASSIGNMENT)
    earlier = dict.fromkeys(content.officers_present, 9)
    found = replace(content, items=(an_item(ASSIGNMENT.item_ids[0], "B"),))
    check_repeats(found, earlier, ())
    check_repeats(replace(content, outcome=Outcome.MOVED, items=()), earlier, ())


def test_windows_of_the_caps_end_with_the_day() -> None:
    """B1: more than one a day, two in seven days, three in thirty."""
    assert windows(date(2026, 3, 9)) == (date(2026, 3, 9), date(2026, 3, 3), date(2026, 2, 8), date(2026, 1, 1))


def a_plan(**changes: Any) -> CheckPlan:
    plan = CheckPlan(
        entity_id=None,
        inspector_ids=(new_id(), new_id()),
        items=(CheckItem(new_id(), "食品经营许可检查"),),
        window_start=DAY,
        window_end=DAY + timedelta(days=10),
        basis="投诉举报核查",
    )
    return replace(plan, **changes)


CAUSE = Cause(Origin.LEAD, "XS2026030001", new_id(), lead_id=new_id())


def test_an_undrawn_check_has_no_draw_no_task_and_no_plan() -> None:
    visit_id = new_id()
    visit = undrawn_visit(visit_id, "SCJG", a_plan(), CAUSE, DAY)
    assert {visit.draw_id, visit.task_id, visit.plan_id} == {visit_id}
    assert (visit.origin, visit.entity_id, visit.participants) == ("lead", CAUSE.entity_id, ("SCJG",))


@pytest.mark.parametrize(
    ("changes", "cause", "error"),
    [
        ({"inspector_ids": (new_id(),)}, CAUSE, CheckTeamTooSmall),
        ({"items": ()}, CAUSE, CheckWithoutItems),
        ({"items": (CheckItem(CAUSE.lead_id or new_id(), "甲"),) * 2}, CAUSE, CheckWithoutItems),
        ({"window_end": DAY - timedelta(days=1)}, CAUSE, CheckWindowWrong),
        ({"entity_id": new_id()}, CAUSE, CheckEntityDiffers),
        ({}, replace(CAUSE, entity_id=None), CheckEntityMissing),
    ],
)
def test_an_undrawn_check_that_cannot_be_made_is_refused(
    changes: dict[str, Any], cause: Cause, error: type[Invalid]
) -> None:
    with pytest.raises(error):
        undrawn_visit(new_id(), "SCJG", a_plan(**changes), cause, DAY)
