"""Data-error tickets (纠错工单, B23)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.disclosure.domain.tickets import (
    ALPHABET,
    Outcome,
    SecondReaderNeeded,
    Subject,
    SubjectKind,
    Ticket,
    TicketEmpty,
    TicketNotOpen,
    TicketState,
    TicketTooLong,
    check_words,
    code_hash,
    code_of,
    number_of,
)
from shared.values.ids import new_id

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def a_ticket() -> Ticket:
    subject = Subject(SubjectKind.RESULT, str(new_id()))
    return Ticket(new_id(), 1, "SCJG", "2026112400000001", b"h", subject, "日期有误", AT, date(2026, 12, 22))


def test_an_answer_is_read_by_another_person_before_anybody_sees_it() -> None:
    answered = a_ticket().answered(Outcome.CORRECTED, "已更正", "officer:a", AT)
    assert answered.shown_answer is None
    with pytest.raises(SecondReaderNeeded):
        answered.moderated(True, True, "", "officer:a", AT)
    closed = answered.moderated(True, True, "", "officer:b", AT)
    assert (closed.state, closed.is_shown, closed.shown_answer) == (TicketState.CLOSED, True, "已更正")


def test_an_answer_that_is_not_fit_goes_back_to_be_looked_into_again() -> None:
    answered = a_ticket().answered(Outcome.NOT_CLEAR, "无法核查", "officer:a", AT)
    back = answered.moderated(False, True, "请写明依据", "officer:b", AT)
    assert (back.state, back.is_shown, back.shown_answer) == (TicketState.OPEN, False, None)
    assert back.answered(Outcome.CORRECTED, "已更正", "officer:c", AT).state is TicketState.ANSWERED


def test_a_closed_ticket_is_answered_and_read_no_more() -> None:
    closed = a_ticket().answered(Outcome.CORRECTED, "已更正", "a", AT).moderated(True, False, "", "b", AT)
    with pytest.raises(TicketNotOpen):
        closed.answered(Outcome.CORRECTED, "再次", "c", AT)
    with pytest.raises(TicketNotOpen):
        closed.moderated(True, True, "", "c", AT)


def test_a_ticket_is_overdue_after_its_day_until_it_is_closed() -> None:
    ticket = a_ticket()
    assert not ticket.is_overdue(date(2026, 12, 22))
    assert ticket.is_overdue(date(2026, 12, 23))
    closed = ticket.answered(Outcome.CORRECTED, "已更正", "a", AT).moderated(True, False, "", "b", AT)
    assert not closed.is_overdue(date(2026, 12, 23))


def test_a_code_opens_however_it_is_typed_and_a_form_sent_twice_has_the_same() -> None:
    code = code_of("a-form-key-of-some-length")
    assert code == code_of("a-form-key-of-some-length") != code_of("another-form-key")
    assert len(code) == 12
    assert set(code) <= set(ALPHABET)
    assert code_hash(code) == code_hash(f" {code[:4].lower()}-{code[4:8]} {code[8:]} ")
    assert number_of(date(2026, 11, 24), code_hash(code)).startswith("20261124")


def test_a_ticket_says_something_and_not_too_much() -> None:
    with pytest.raises(TicketEmpty):
        check_words("")
    with pytest.raises(TicketTooLong):
        check_words("字" * 2001)
    check_words("字" * 2000)
