"""Rules around publication: legal review (R7), exemptions (R3), recognition (R5), follow-ups (R4), statements (B6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.results.domain.code_tables import (
    CodeDaysMissing,
    CodeKindWrong,
    CodeMissing,
    CodeRepeated,
    CodeTableFixed,
    EffectiveInPast,
    check_table,
)
from services.results.domain.follow_ups import (
    Demand,
    FollowUp,
    FollowUpClosed,
    NothingToReinspect,
    NotResponsible,
    OutcomeOfOtherKind,
    ReceiverMissing,
    ResponsibleMissing,
    TooEarlyToFollowUp,
    checked_demand,
)
from services.results.domain.major_decisions import major_grounds
from services.results.domain.officers import ReviewerTookPart, SameReviewer
from services.results.domain.publication import PublicContent, PublicFinding
from services.results.domain.recognition import (
    Cover,
    CoverHasProblem,
    CoverIncomplete,
    CoverUnknown,
    RecognisableItem,
    RecognisableResult,
    check_covers,
    same_items,
)
from services.results.domain.records import Actor, ReasonNeeded
from services.results.domain.statements import (
    Channel,
    RejectionReasonMissing,
    Statement,
    StatementModerated,
    StatementState,
)
from services.results.domain.states import State
from services.results.domain.vocabulary import Code
from shared.values.errors import DomainError
from shared.values.ids import new_id
from tests.builders.results import A_REVIEWER, a_listing, a_record, a_vocabulary, the_recorder, the_vocabularies

TODAY = date(2026, 3, 20)
ITEM = new_id()
KINDS = a_vocabulary(
    "follow_up",
    Code("rectification", "责令改正", None, "own", days=30),
    Code("transfer", "移送其他部门", None, "department", days=10),
    Code("judiciary", "涉嫌犯罪移送司法机关", None, "receiver", days=3),
)
OUTCOMES = a_vocabulary(
    "follow_up_outcome",
    Code("rectified", "已改正", "rectification", "settled"),
    Code("accepted", "已接收", "transfer", "settled"),
)
MAJOR = a_vocabulary(
    "major_decision",
    Code("serious_violations", "列入严重违法失信名单", None, "list"),
    Code("8", "不配合检查情节严重", None, "outcome"),
    Code("4", "问题严重", None, "severity"),
)


def a_public(codes: tuple[str, ...] = ("1",), severity: int = 0, list_code: str = "") -> PublicContent:
    findings = (PublicFinding(ITEM, "亮照检查", codes[0], "问题", severity),) if severity else ()
    listing = a_listing(list_code=list_code) if list_code else None
    return PublicContent("某公司", None, "on_site", "done", TODAY, TODAY, codes, (), findings, listing)


@pytest.mark.parametrize(
    ("content", "grounds"),
    [
        (a_public(), ()),
        (a_public(("B",), severity=3, list_code="abnormal_operations"), ()),
        (a_public(("B",), severity=4), ("问题严重",)),
        (a_public(("8",), severity=1), ("不配合检查情节严重",)),
        (
            a_public(("8",), severity=5, list_code="serious_violations"),
            ("列入严重违法失信名单", "不配合检查情节严重", "问题严重"),
        ),
    ],
)
def test_what_is_major_follows_from_the_table(content: PublicContent, grounds: tuple[str, ...]) -> None:
    """R7."""
    assert major_grounds(content, MAJOR) == grounds


def test_the_legal_review_is_by_a_second_reviewer_without_part() -> None:
    """R7."""
    record = a_record(state=State.SUBMITTED, recorded_by="officer:recorder")
    referred = record.referred(A_REVIEWER)
    assert referred.state is State.LEGAL_REVIEW
    with pytest.raises(SameReviewer):
        referred.confirmed(A_REVIEWER)
    with pytest.raises(ReviewerTookPart):
        referred.confirmed(the_recorder(record))
    confirmed = referred.confirmed(Actor("officer:second", None))
    assert (confirmed.state, confirmed.reviewed_by) == (State.APPROVED, A_REVIEWER.subject)


def test_an_exemption_needs_its_reason_and_an_outsider() -> None:
    """R3."""
    record = a_record(state=State.APPROVED)
    with pytest.raises(ReasonNeeded):
        record.exempted("", A_REVIEWER)
    with pytest.raises(ReviewerTookPart):
        record.exempted("秘密", the_recorder(record))
    assert record.exempted("秘密", A_REVIEWER).state is State.EXEMPTED


def a_result(**changes: object) -> RecognisableResult:
    result = RecognisableResult(
        new_id(), 1, "d", False, "XFJY", ITEM, "某公司", "on_site", "done", date(2026, 3, 1),
        (RecognisableItem(ITEM, "消防检查", ("1",)),),
    )  # fmt: skip
    return replace(result, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (a_result(), ""),
        (a_result(entity_id=new_id()), "不是同一检查对象"),
        (a_result(is_withdrawn=True), "已撤回"),
        (a_result(outcome="closed"), "没有实施检查"),
        (a_result(items=()), "没有实施检查"),
        (a_result(concluded_on=TODAY - timedelta(days=180)), ""),
        (a_result(concluded_on=TODAY - timedelta(days=181)), "已超过 180 天"),
    ],
)
def test_only_a_recent_standing_result_of_the_same_object_is_recognised(result: RecognisableResult, why: str) -> None:
    """R5."""
    found = result.why_not(ITEM, TODAY, 180)
    assert (why in found) if why else found == ""


def test_every_item_owed_needs_a_cover_without_problem() -> None:
    """R5."""
    outcomes, ours = the_vocabularies().outcomes, new_id()
    check_covers(a_result(), (ours,), (Cover(ours, ITEM),), outcomes)
    wrong: list[tuple[RecognisableResult, tuple[UUID, ...], tuple[Cover, ...], type[DomainError]]] = [
        (a_result(), (ours, new_id()), (Cover(ours, ITEM),), CoverIncomplete),
        (a_result(), (ours,), (Cover(new_id(), ITEM),), CoverUnknown),
        (a_result(), (ours,), (Cover(ours, new_id()),), CoverUnknown),
        (a_result(items=(RecognisableItem(ITEM, "x", ("B",)),)), (ours,), (Cover(ours, ITEM),), CoverHasProblem),
        (a_result(items=(RecognisableItem(ITEM, "x", ()),)), (ours,), (Cover(ours, ITEM),), CoverUnknown),
    ]
    for result, owed, covers, refusal in wrong:
        with pytest.raises(refusal):
            check_covers(result, owed, covers, outcomes)
    assert same_items(a_result(), (ours, ITEM)) == (Cover(ITEM, ITEM),)


def test_who_answers_and_until_when_follows_from_the_kind() -> None:
    """R4."""
    assert checked_demand(Demand("rectification", "改正", "XFJY", ""), State.PUBLISHED, "SCJG", KINDS) == ("SCJG", 30)
    assert checked_demand(Demand("transfer", "处理", "XFJY", ""), State.SUBMITTED, "SCJG", KINDS) == ("XFJY", 10)
    assert checked_demand(Demand("judiciary", "移送", "", "公安", 2), State.PUBLISHED, "SCJG", KINDS) == ("SCJG", 2)
    with pytest.raises(ResponsibleMissing):
        checked_demand(Demand("transfer", "处理", "SCJG", ""), State.PUBLISHED, "SCJG", KINDS)
    with pytest.raises(ReceiverMissing):
        checked_demand(Demand("judiciary", "移送", "XFJY", ""), State.PUBLISHED, "SCJG", KINDS)
    with pytest.raises(TooEarlyToFollowUp, match="录入中"):
        checked_demand(Demand("rectification", "改正", "", ""), State.DRAFT, "SCJG", KINDS)


def a_follow_up(**changes: object) -> FollowUp:
    opened = FollowUp(
        new_id(), 1, new_id(), new_id(), new_id(), "某公司", None, "SCJG", "XFJY", "transfer", "处理", "", 10, TODAY,
        date(2026, 4, 3), False,
    )  # fmt: skip
    return replace(opened, **changes)  # type: ignore[arg-type]


def test_a_follow_up_ends_once_with_an_outcome_of_its_kind() -> None:
    """R4."""
    open_one = a_follow_up()
    with pytest.raises(OutcomeOfOtherKind):
        open_one.closed("rectified", "", TODAY, OUTCOMES, KINDS)
    closed = open_one.closed("accepted", "号", date(2026, 4, 3), OUTCOMES, KINDS)
    late = open_one.closed("accepted", "号", date(2026, 4, 4), OUTCOMES, KINDS)
    assert (closed.was_in_time, late.was_in_time, open_one.was_in_time) == (True, False, False)
    assert closed.participants == ("SCJG", "XFJY")
    with pytest.raises(FollowUpClosed):
        closed.closed("accepted", "", TODAY, OUTCOMES, KINDS)
    with pytest.raises(NotResponsible):
        open_one.require_responsible("SCJG")
    with pytest.raises(NothingToReinspect):
        open_one.reinspected(new_id())


def test_a_statement_is_moderated_once_and_refused_with_a_reason_only() -> None:
    """B6."""
    at = datetime(2026, 3, 20, tzinfo=UTC)
    said = Statement(new_id(), 1, "SCJG", new_id(), 1, new_id(), "某公司", Channel.ENTERPRISE, "已改正", "x", at)
    with pytest.raises(RejectionReasonMissing):
        said.moderated(False, "", "officer:r", at)
    shown = said.moderated(True, "", "officer:r", at)
    assert (shown.state, shown.version) == (StatementState.PUBLISHED, 2)
    with pytest.raises(StatementModerated, match="已公开"):
        shown.moderated(False, "改主意", "officer:r", at)


def test_a_districts_table_keeps_the_shape_its_rules_read() -> None:
    """R4, R7: data with a shape; the province's tables are not the district's to change."""
    term = (
        Code("conclusion", "形成结果", None, "working_days", days=10),
        Code("recognition", "互认", None, "calendar_days", days=90),
    )
    check_table("term", "时限", term, TODAY, TODAY)
    wrong: list[tuple[str, tuple[Code, ...], date, type[DomainError]]] = [
        ("outcome", term, TODAY, CodeTableFixed),
        ("term", term, TODAY - timedelta(days=1), EffectiveInPast),
        ("term", (*term, term[0]), TODAY, CodeRepeated),
        ("term", term[:1], TODAY, CodeMissing),
        ("term", (*term, Code("x", "x", None, "own", days=1)), TODAY, CodeKindWrong),
        ("term", (*term, Code("warning_9", "x", None, "warning")), TODAY, CodeDaysMissing),
    ]
    for name, codes, effective_on, refusal in wrong:
        with pytest.raises(refusal):
            check_table(name, "表", codes, effective_on, TODAY)
