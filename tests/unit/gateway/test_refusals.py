"""A flood of refusals leaves few audit rows, and none is lost from the count (SEC12)."""

from __future__ import annotations

from gateway.domain.refusals import MINUTE, MOST_KEPT, OTHERS, Refusal, Refusals


def refusal(route: str = "/v1/accounts", subject: str = "officer:zhang") -> Refusal:
    return Refusal(subject, "SCJG", frozenset({"auditor"}), "gateway", "GET", route, "gateway.role_not_allowed")


def test_the_first_refusal_of_a_minute_is_written_at_once_and_the_rest_of_it_as_one_row() -> None:
    kept = Refusals()
    kept.add(refusal(), 100.0, "a")
    [(who, first)] = kept.take(101.0)
    assert (who, first.times, first.request_id) == (refusal(), 1, "a")
    for at in range(500):
        kept.add(refusal(), 102.0 + at / 100, "b")
    assert kept.take(110.0) == []
    [(_, rest)] = kept.take(100.0 + MINUTE)
    assert (rest.times, rest.first_at, rest.last_at, rest.request_id) == (500, 102.0, 106.99, "b")


def test_a_new_minute_is_written_at_once_again() -> None:
    kept = Refusals()
    kept.add(refusal(), 0.0, "a")
    assert len(kept.take(1.0)) == 1
    assert kept.take(MINUTE) == []
    kept.add(refusal(), MINUTE + 1, "c")
    assert [count.request_id for _, count in kept.take(MINUTE + 2)] == ["c"]


def test_callers_and_routes_are_told_apart() -> None:
    kept = Refusals()
    for one in (refusal(), refusal("/v1/clients"), refusal(subject="anonymous")):
        kept.add(one, 0.0, "a")
    assert len(kept.take(1.0)) == 3


def test_beyond_the_bound_refusals_are_counted_together() -> None:
    kept = Refusals()
    for number in range(MOST_KEPT + 50):
        kept.add(refusal(subject=f"officer:{number}"), 0.0, "a")
    rows = kept.take(1.0)
    assert len(rows) == MOST_KEPT + 1
    assert [count.times for who, count in rows if who.subject == OTHERS] == [50]


def test_what_could_not_be_written_waits_and_keeps_its_beginning() -> None:
    kept = Refusals()
    kept.add(refusal(), 5.0, "a")
    kept.give_back(kept.take(6.0))
    kept.add(refusal(), 7.0, "b")
    [(_, count)] = kept.take(8.0)
    assert (count.times, count.first_at, count.last_at, count.request_id) == (2, 5.0, 7.0, "a")


def test_at_the_end_everything_is_written() -> None:
    kept = Refusals()
    kept.add(refusal(), 0.0, "a")
    kept.take(1.0)
    kept.add(refusal(), 2.0, "b")
    assert [count.times for _, count in kept.take(3.0, everything=True)] == [1]
    assert kept.take(4.0, everything=True) == []
