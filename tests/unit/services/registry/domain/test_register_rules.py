"""Marks, duties, leaves, experts, reviews and moments as rules, without a database (L2, L4, L6, L7, L8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.completeness import Completeness, InspectorFigures, ObjectFigures
from services.registry.domain.duties import Duty, DutyContent, DutyIncomplete, DutyTermInvalid, answering
from services.registry.domain.experts import Expert, ExpertContent, ExpertNotActive, ExpertNotSuspended
from services.registry.domain.leaves import Leave, LeaveTermInvalid
from services.registry.domain.marks import Mark, MarkContent, MarkOverlaps, check_no_overlap, tags_on
from services.registry.domain.moments import MomentMalformed, read_moment
from services.registry.domain.reviews import Review, Reviewable, ReviewState, standings
from shared.values.ids import new_id
from tests.builders.registry import TODAY, an_entity, an_inspector_row

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SINCE = date(2020, 1, 1)
days = st.dates(date(2020, 1, 1), date(2020, 3, 1))


def a_mark(kind: str = "tag", name: str = "重点企业", department: str = "SCJG", **term: date | None) -> Mark:
    content = MarkContent(kind, name, "1" if kind == "licence" else None, term.get("since") or SINCE, term.get("until"))
    return Mark(new_id(), "d", 1, new_id(), NOW, new_id(), department, content, "officer:a")


def a_duty(department: str, licence: str | None = None, industry: str | None = None, **term: date) -> Duty:
    basis, edition = ("approval", None) if licence else ("industry", "2017")
    content = DutyContent(
        basis, licence, edition, industry, department, "依据", term.get("since", SINCE), term.get("until")
    )
    return Duty(new_id(), "d", 1, new_id(), NOW, content, "officer:a")


@given(days, days, days, st.one_of(st.none(), days))
def test_a_term_includes_both_its_days_and_overlap_means_a_day_that_both_cover(
    since: date, other: date, day: date, until: date | None
) -> None:
    until = until if until is None or until >= since else since
    one, two = (
        a_mark(since=since, until=until).content,
        a_mark(since=other, until=day if day >= other else other).content,
    )
    covered = [SINCE + timedelta(days=n) for n in range(90)]
    assert one.overlaps(two) == two.overlaps(one) == any(one.holds_on(d) and two.holds_on(d) for d in covered)


def test_a_department_says_a_thing_of_an_object_once_at_a_time() -> None:
    mark = a_mark()
    check_no_overlap(mark, [mark, a_mark(department="YJJ"), a_mark(name="其他"), a_mark("licence")])
    with pytest.raises(MarkOverlaps, match="长期"):
        check_no_overlap(mark, [a_mark(until=None)])


def test_the_tags_of_a_day_are_the_registers_own_and_those_whose_term_covers_it() -> None:
    marks = [a_mark(), a_mark(name="旧的", until=date(2021, 1, 1)), a_mark("licence", "许可证")]
    assert tags_on(["食品生产"], marks, TODAY) == ("重点企业", "食品生产")


def test_the_issuer_of_a_licence_answers_unless_the_map_names_another() -> None:
    """谁审批谁监管; 审管分离 is said by the map (L6)."""
    licence = a_mark("licence", "取水许可证", "SPJ")
    entity = an_entity(departments=(), industry_code=None, industry_edition=None)
    assert [one.department for one in answering(entity, [licence], [], TODAY)] == ["SPJ"]
    moved = a_duty("SLJ", licence="取水许可证")
    assert [one.department for one in answering(entity, [licence], [moved], TODAY)] == ["SLJ"]
    over = a_duty("SLJ", licence="取水许可证", until=date(2021, 1, 1))
    assert [one.department for one in answering(entity, [licence], [over], TODAY)] == ["SPJ"]
    assert answering(entity, [a_mark("licence", "取水许可证", until=date(2021, 1, 1))], [moved], TODAY) == ()


def test_the_department_of_a_trade_answers_for_what_lies_in_it_in_its_edition() -> None:
    """谁主管谁监管 (L6)."""
    food = a_duty("SCJG", industry="13")
    told = answering(an_entity(departments=("YJJ",)), [], [food, a_duty("JTJ", industry="54")], TODAY)
    assert [(one.department, one.ground) for one in told] == [("SCJG", "industry"), ("YJJ", "declared")]
    assert answering(an_entity(departments=(), industry_edition="2011"), [], [food], TODAY) == ()


def test_a_duty_is_by_a_licence_or_by_a_trade_and_ends_after_it_begins() -> None:
    a_duty("SCJG", industry="C").content.check()
    for wrong in (
        DutyContent("approval", None, None, None, "SCJG", "依据", SINCE),
        DutyContent("approval", "许可证", "2017", "13", "SCJG", "依据", SINCE),
        DutyContent("industry", None, None, "13", "SCJG", "依据", SINCE),
    ):
        with pytest.raises(DutyIncomplete):
            wrong.check()
    with pytest.raises(DutyTermInvalid):
        a_duty("SCJG", licence="许可证", until=date(2019, 1, 1)).content.check()


def a_leave(starts_on: date, ends_on: date, *, is_cancelled: bool = False) -> Leave:
    return Leave(
        new_id(), "d", 1, new_id(), NOW, "SCJG", new_id(), starts_on, ends_on, "年休假", is_cancelled, "officer:a"
    )


def test_a_leave_covers_both_its_days_unless_it_is_cancelled() -> None:
    leave = a_leave(date(2026, 12, 1), date(2026, 12, 3))
    assert [leave.covers(date(2026, 11, 30) + timedelta(days=n)) for n in range(5)] == [False, True, True, True, False]
    assert not leave.cancelled(new_id(), NOW, "officer:b").covers(date(2026, 12, 2))
    assert not leave.overlaps(a_leave(date(2026, 12, 3), date(2026, 12, 3), is_cancelled=True))
    with pytest.raises(LeaveTermInvalid):
        a_leave(date(2026, 12, 2), date(2026, 12, 1))


def test_an_officer_on_leave_may_not_inspect_however_valid_his_certificate() -> None:
    assert an_inspector_row().standing(TODAY, on_leave=True).ground == "on_leave"
    assert an_inspector_row(status="suspended").standing(TODAY, on_leave=True).ground == "suspended"


def an_expert(**changes: object) -> Expert:
    values = {
        "expert_no": "ZJ1",
        "name": "李示例",
        "kind": "person",
        "organisation": None,
        "fields": (),
        "title": None,
        "qualification": None,
        "valid_until": None,
        "phone": None,
        "status": "active",
    }
    return Expert(new_id(), "d", 1, new_id(), NOW, ExpertContent(**values | changes))  # type: ignore[arg-type]


def test_an_expert_may_advise_while_active_and_through_the_last_day_of_his_term() -> None:
    """B2, L4."""
    assert an_expert().standing(TODAY).valid
    assert an_expert(valid_until=TODAY).standing(TODAY).valid
    assert an_expert(valid_until=TODAY - timedelta(days=1)).standing(TODAY).ground == "qualification_expired"
    suspended = an_expert().suspended("资质复审", new_id(), NOW)
    assert (suspended.standing(TODAY).ground, suspended.status_reason) == ("suspended", "资质复审")
    with pytest.raises(ExpertNotActive, match="暂停"):
        suspended.suspended("再次", new_id(), NOW)
    back = suspended.reinstated(new_id(), NOW)
    assert (back.standing(TODAY).valid, back.status_reason, back.version) == (True, None, 3)
    with pytest.raises(ExpertNotSuspended):
        back.reinstated(new_id(), NOW)


def a_review(of: Reviewable) -> Review:
    return Review(
        new_id(), "d", new_id(), 2026, of.department, of.subject, of.library_id, of.library_version, 1, None, "a", NOW
    )


def test_a_review_is_missing_until_the_last_day_of_the_year_and_overdue_after() -> None:
    """L7, G4: by 31 December."""
    library = Reviewable("SCJG", "objects", new_id(), 2, "食品")

    def state(reviews: list[Review], today: date) -> str:
        return standings([library], reviews, 2026, today)[0].state

    assert state([], date(2026, 12, 31)) == ReviewState.MISSING
    assert state([], date(2027, 1, 1)) == ReviewState.OVERDUE
    older = a_review(Reviewable("SCJG", "objects", library.library_id, 1))
    assert state([older], TODAY) == ReviewState.CHANGED_SINCE
    assert state([older, a_review(library)], TODAY) == ReviewState.SIGNED
    assert state([a_review(Reviewable("SCJG", "objects", new_id(), 2))], TODAY) == ReviewState.MISSING


def test_completeness_is_nothing_without_a_library_and_halves_objects_and_people() -> None:
    """L8: the figure as it is defined."""

    def score(libraries: int, complete: int, valid: int) -> int:
        objects, people = ObjectFigures(10, 10, 10, 10, complete), InspectorFigures(4, valid)
        return Completeness("SCJG", "局", libraries, objects, people, None, 0).score

    assert (score(0, 10, 4), score(1, 10, 4), score(1, 5, 1), score(1, 0, 0)) == (0, 100, 37, 0)
    assert Completeness("SCJG", "局", 1, ObjectFigures(), InspectorFigures(), None, 0).score == 0


def test_a_day_is_read_as_known_at_its_end_and_an_instant_as_it_is() -> None:
    """Dates are Asia/Shanghai."""
    day = read_moment("2026-11-24", TODAY)
    assert (day.on, day.known_at) == (TODAY, datetime(2026, 11, 24, 15, 59, 59, 999999, tzinfo=UTC))
    night = read_moment("2026-11-23T20:00:00+00:00", TODAY)
    assert (night.on, night.known_at) == (TODAY, datetime(2026, 11, 23, 20, tzinfo=UTC))
    assert read_moment("2026-11-24T04:00:00", TODAY) == night
    assert read_moment("2026-11-24T04:00:00 08:00", TODAY) == night, "a plus sign lost in the address"
    assert read_moment(None, TODAY).known_at is None
    for odd in ("昨天", "2026-13-01", "2026"):
        with pytest.raises(MomentMalformed):
            read_moment(odd, TODAY)
