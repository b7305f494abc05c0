"""谁检查、谁录入、谁公开 (R1), review by an outsider (R7), corrections and withdrawals that leave history (R6)."""

from __future__ import annotations

from datetime import date

import pytest

from services.results.domain.content import CertificateAnswer
from services.results.domain.officers import (
    CertificateNotValid,
    DidNotInspect,
    NotAnInspector,
    NotAssigned,
    OfficerNotAssigned,
    RecorderNotPresent,
    ReviewerTookPart,
    TwoOfficersNeeded,
    check_certificates,
)
from services.results.domain.records import Actor, InspectionRecord, ReasonNeeded
from services.results.domain.states import CannotPublish, CannotRecord, State
from shared.values.ids import new_id
from tests.builders.results import (
    A_REVIEWER,
    DUE,
    NOW,
    a_content,
    a_listing,
    a_record,
    the_colleague,
    the_recorder,
)


def recorded() -> InspectionRecord:
    record = a_record()
    return record.recorded(a_content(record.assignment), DUE, the_recorder(record))


def approved() -> InspectionRecord:
    record = recorded()
    return record.submitted(the_recorder(record)).approved(A_REVIEWER)


def published() -> InspectionRecord:
    record = approved()
    return record.published(NOW, the_colleague(record))


def test_an_assigned_inspector_records_the_first_draft() -> None:
    record = recorded()
    assert (record.state, record.version, record.revision) == (State.DRAFT, 2, 1)
    assert (record.due_on, record.concluded_on) == (date(2026, 4, 7), date(2026, 3, 9))
    assert record.present_ids == record.assignment.inspector_ids[:2]


def test_an_inspector_who_was_not_assigned_records_nothing() -> None:
    """R1."""
    record = a_record()
    with pytest.raises(NotAssigned):
        record.recorded(a_content(record.assignment), DUE, Actor("officer:other", new_id()))


def test_an_officer_without_certificate_is_no_inspector() -> None:
    """R1, B2."""
    record = a_record()
    with pytest.raises(NotAnInspector):
        record.recorded(a_content(record.assignment), DUE, Actor("officer:clerk", None))


def test_one_officer_alone_does_not_inspect() -> None:
    record = a_record()
    alone = a_content(record.assignment, officers_present=record.assignment.inspector_ids[:1])
    with pytest.raises(TwoOfficersNeeded):
        record.recorded(alone, DUE, the_recorder(record))


def test_the_same_officer_named_twice_is_one() -> None:
    record = a_record()
    first = record.assignment.inspector_ids[0]
    with pytest.raises(TwoOfficersNeeded):
        record.recorded(a_content(record.assignment, officers_present=(first, first)), DUE, the_recorder(record))


def test_an_officer_of_another_team_cannot_be_the_second() -> None:
    record = a_record()
    present = (record.assignment.inspector_ids[0], new_id())
    with pytest.raises(OfficerNotAssigned):
        record.recorded(a_content(record.assignment, officers_present=present), DUE, the_recorder(record))


def test_who_was_not_there_does_not_record() -> None:
    """R1: 谁检查、谁录入."""
    record = a_record()
    present = record.assignment.inspector_ids[1:3]
    with pytest.raises(RecorderNotPresent):
        record.recorded(a_content(record.assignment, officers_present=present), DUE, the_recorder(record))


def test_an_expired_certificate_is_named_with_its_day() -> None:
    """B2: asked of registry for the visit's day."""
    expired = CertificateAnswer(new_id(), "SCJG", "豫C0001", date(2026, 1, 1), "expired", False)
    with pytest.raises(CertificateNotValid) as refused:
        check_certificates([expired], date(2026, 3, 9))
    assert "2026-03-09" in refused.value.detail


def test_a_record_is_made_once() -> None:
    record = recorded()
    with pytest.raises(CannotRecord):
        record.recorded(a_content(record.assignment), DUE, the_recorder(record))


def test_a_called_off_visit_is_not_recorded() -> None:
    record = a_record(state=State.CALLED_OFF)
    with pytest.raises(CannotRecord) as refused:
        record.recorded(a_content(record.assignment), DUE, the_recorder(record))
    assert "已取消" in refused.value.detail


def test_the_recorder_does_not_review_himself() -> None:
    """R7: the account counts, also when it comes without its inspector."""
    record = recorded()
    submitted = record.submitted(the_recorder(record))
    with pytest.raises(ReviewerTookPart):
        submitted.approved(Actor(record.recorded_by, None))


def test_nobody_of_the_team_reviews_the_visit() -> None:
    """R7."""
    record = recorded()
    submitted = record.submitted(the_recorder(record))
    for member in record.assignment.inspector_ids:
        with pytest.raises(ReviewerTookPart):
            submitted.approved(Actor("officer:somebody", member))


def test_a_return_says_why_and_the_team_may_revise() -> None:
    record = recorded()
    submitted = record.submitted(the_recorder(record))
    with pytest.raises(ReasonNeeded):
        submitted.returned("", A_REVIEWER)
    returned = submitted.returned("缺少证据", A_REVIEWER)
    revised = returned.revised(a_content(record.assignment), DUE, the_colleague(record))
    assert (revised.state, revised.revision) == (State.DRAFT, 2)


def test_one_of_those_who_inspected_publishes() -> None:
    """R1: 谁检查、谁公开."""
    record = published()
    assert (record.state, record.public_version, record.published_at) == (State.PUBLISHED, 1, NOW)


def test_an_assigned_inspector_who_was_not_there_does_not_publish() -> None:
    """R1."""
    record = approved()
    with pytest.raises(DidNotInspect):
        record.published(NOW, Actor("officer:third", record.assignment.inspector_ids[2]))


def test_what_was_not_reviewed_is_not_published() -> None:
    """R7."""
    record = recorded()
    with pytest.raises(CannotPublish):
        record.submitted(the_recorder(record)).published(NOW, the_recorder(record))


def test_a_correction_is_a_new_public_version_of_the_same_result() -> None:
    """R6."""
    record = published()
    content = a_content(record.assignment, listing=a_listing())
    corrected = record.corrected(content, "名称有误", A_REVIEWER)
    assert (corrected.state, corrected.public_version, corrected.revision) == (State.PUBLISHED, 2, 2)
    assert (corrected.published_at, corrected.has_listing) == (NOW, True)


def test_a_correction_needs_its_reason_and_an_outsider() -> None:
    """R6: reason and approver."""
    record = published()
    content = a_content(record.assignment)
    with pytest.raises(ReasonNeeded):
        record.corrected(content, "", A_REVIEWER)
    with pytest.raises(ReviewerTookPart):
        record.corrected(content, "名称有误", the_colleague(record))


def test_a_withdrawal_needs_its_reason_and_ends_the_result() -> None:
    """R6."""
    record = published()
    with pytest.raises(ReasonNeeded):
        record.withdrawn("", A_REVIEWER)
    withdrawn = record.withdrawn("对象认定错误", A_REVIEWER)
    assert (withdrawn.state, withdrawn.public_version) == (State.WITHDRAWN, 2)


def test_a_conclusion_is_told_again_only_if_it_changed() -> None:
    record = recorded()
    submitted = record.submitted(the_recorder(record))
    assert submitted.is_conclusion_news
    told = submitted.conclusion_told()
    returned = told.returned("补充", A_REVIEWER)
    same = returned.revised(a_content(record.assignment), DUE, the_recorder(record))
    later = returned.revised(a_content(record.assignment, concluded_on=date(2026, 3, 10)), DUE, the_recorder(record))
    assert not same.is_conclusion_news
    assert later.is_conclusion_news


def test_a_result_is_overdue_from_the_day_after_its_deadline_until_it_is_public() -> None:
    """R2."""
    record = recorded()
    assert not record.is_overdue(date(2026, 4, 7))
    assert record.is_overdue(date(2026, 4, 8))
    assert not published().is_overdue(date(2026, 4, 8))
