"""Who may ask for a substitution, attest to it, decide it; and until when (D6, B28, SEC32, SEC33)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.draw.domain.ceremony import SecondPersonNeeded
from services.draw.domain.substitution import Exchange
from services.draw.domain.substitution_request import (
    Applied,
    Attestation,
    Before,
    NotInState,
    NotOfTheVisit,
    OtherDepartmentNeeded,
    Reason,
    RefusalTooLate,
    RequestState,
    SubstitutionRequest,
    VisitNotAssigned,
    WitnessNeeded,
    check_request,
    check_requester,
)
from services.draw.domain.visit_changes import changes, successor_of
from services.draw.domain.visit_plan import PlannedVisit, Seat
from shared.values.ids import new_id

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
FIRST, SECOND, EXPERT = new_id(), new_id(), new_id()


def by(name: str, department: str = "scjg") -> Attestation:
    return Attestation(f"officer:{name}", department, "照片", AT)


def a_request(
    reason: Reason = Reason.OBJECT_CLOSED, inspector: UUID | None = None, joint: bool = True
) -> SubstitutionRequest:
    return SubstitutionRequest(
        id=new_id(),
        draw_id=new_id(),
        visit_id=new_id(),
        object_token=b"\1" * 32,
        inspector_id=inspector,
        reason_code=reason,
        reason="门店\u00a0已关，\n租约到期",
        request=by("a"),
        participants=("scjg", "yjj") if joint else ("scjg",),
    )


def a_visit(token: bytes = b"\1" * 32) -> PlannedVisit:
    seats = (Seat("scjg", 0, False, (), FIRST), Seat("scjg", 1, False, (), None), Seat("yjj", 0, False, (), SECOND))
    ids = (new_id(), new_id(), new_id(), new_id())
    window = date(2026, 11, 24), date(2026, 12, 31)
    return PlannedVisit(*ids, token, 1, seats, *window, assigned_on=date(2026, 11, 20))


def test_two_departments_and_a_third_person() -> None:
    request = a_request()
    with pytest.raises(SecondPersonNeeded):
        request.confirmed(by("a", "yjj"), is_witness=False)
    for stranger in (by("b"), by("b", "jtj")):
        with pytest.raises(OtherDepartmentNeeded):
            request.confirmed(stranger, is_witness=False)
    with pytest.raises(NotInState):
        request.check_approver("officer:c")
    confirmed = request.confirmed(by("b", "yjj"), is_witness=False)
    for same in ("officer:a", "officer:b"):
        with pytest.raises(SecondPersonNeeded):
            confirmed.check_approver(same)
    applied = confirmed.approved("officer:c", AT, Applied(1))
    assert (applied.state, applied.version, applied.decided_by) == (RequestState.APPLIED, 3, "officer:c")
    with pytest.raises(NotInState):
        applied.rejected("officer:c", AT, "太晚")


def test_one_department_needs_a_witness_of_the_ceremony() -> None:
    request = a_request(joint=False)
    with pytest.raises(WitnessNeeded):
        request.confirmed(by("b", "yjj"), is_witness=False)
    assert request.confirmed(by("w", ""), is_witness=True).state is RequestState.CONFIRMED


def test_nobody_turns_down_his_own_request() -> None:
    with pytest.raises(SecondPersonNeeded):
        a_request().rejected("officer:a", AT, "算了")
    assert a_request().rejected("officer:c", AT, "证据不足").opinion == "证据不足"


def test_the_public_reason_tells_of_an_object_and_not_of_an_officer() -> None:
    """SEC33; and it is fit for the log: one line, no odd characters."""
    assert a_request().public_reason == "检查对象已停业或注销：门店 已关， 租约到期"
    assert a_request(Reason.INSPECTOR_RECUSED, FIRST).public_reason == "检查人员依法回避"


@pytest.mark.parametrize(
    ("department", "own", "is_admin", "inspector", "allowed"),
    [
        ("scjg", FIRST, False, None, True),
        ("scjg", None, True, None, True),
        ("jtj", None, True, None, False),
        ("scjg", None, False, None, False),
        ("scjg", FIRST, False, FIRST, True),
        ("scjg", FIRST, False, SECOND, False),
        ("scjg", None, True, FIRST, True),
        ("yjj", None, True, FIRST, False),
        ("yjj", SECOND, False, FIRST, False),
    ],
)
def test_about_an_officer_only_he_or_his_department_asks(
    department: str, own: UUID | None, is_admin: bool, inspector: UUID | None, allowed: bool
) -> None:
    def ask() -> None:
        check_requester(a_visit(), department, own, is_admin=is_admin, inspector_id=inspector)

    if allowed:
        ask()
    else:
        with pytest.raises(NotOfTheVisit):
            ask()


@pytest.mark.parametrize(("on", "in_time"), [(date(2026, 11, 25), True), (date(2026, 11, 26), False)])
def test_declining_without_a_statutory_ground_has_a_deadline(on: date, in_time: bool) -> None:
    """B28: three working days after Friday the 20th; a statutory recusal is heard at any time."""
    check_request(a_visit(), Reason.INSPECTOR_RECUSED, FIRST, Before(), date(2026, 12, 30))
    if in_time:
        check_request(a_visit(), Reason.INSPECTOR_DECLINED, FIRST, Before(), on)
    else:
        with pytest.raises(RefusalTooLate, match="2026-11-25"):
            check_request(a_visit(), Reason.INSPECTOR_DECLINED, FIRST, Before(), on)


def test_a_visit_that_was_given_up_is_not_given_up_again() -> None:
    with pytest.raises(VisitNotAssigned):
        check_request(a_visit().given_up(), Reason.OBJECT_MOVED, None, Before(), date(2026, 11, 24))


def test_a_new_result_gives_up_adds_and_regroups_and_leaves_the_rest_alone() -> None:
    """D6: nobody else is moved."""
    kept, gone, other = (a_visit(bytes([n]) * 32) for n in (1, 2, 3))
    team = (*kept.seats[:2], replace(kept.seats[2], inspector_id=new_id()))
    seats = {kept.object_token: kept.seats, other.object_token: team, b"\4" * 32: kept.seats}
    turned = changes([kept, gone, other, a_visit(b"\5" * 32).given_up()], seats)
    assert [(visit.id, visit.state.value, visit.version) for visit in turned.given_up] == [(gone.id, "substituted", 2)]
    assert turned.added == (b"\4" * 32,)
    assert [(visit.id, visit.seats, visit.version) for visit in turned.regrouped] == [(other.id, team, 2)]


def test_the_successor_is_the_first_that_any_sequence_names() -> None:
    lines = [Exchange("a", "S1", b"x", None), Exchange("b", "S1", b"x", b"y"), Exchange("b", "S1", b"y", b"z")]
    assert (successor_of(b"x", lines), successor_of(b"y", lines), successor_of(b"q", lines)) == (b"y", b"z", None)
