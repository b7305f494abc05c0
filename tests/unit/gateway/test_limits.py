"""Allowances, the breaker and the retry budget (SEC21): pure counting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.breaker import FAILURES_TO_OPEN, OPEN_SECONDS, Breaker, RetryBudget
from gateway.domain.limits import DAY, MINUTE, Purse, QuotaExceeded, RateExceeded, Window, portion_of, refusal


@given(st.integers(1, 10**9))
def test_a_portion_is_a_twentieth_and_small_limits_are_counted_one_by_one(limit: int) -> None:
    assert 1 <= portion_of(limit) <= max(1, limit // 20)
    assert limit >= 40 or portion_of(limit) == 1


@given(st.floats(0, 4e9), st.sampled_from([MINUTE, DAY]))
def test_retry_after_leads_into_the_next_window(now: float, seconds: int) -> None:
    window = Window.at(seconds, now)
    left = window.left(now)
    assert 1 <= left <= seconds + 1
    assert Window.at(seconds, now + left).number == window.number + 1


def test_a_purse_spends_what_it_received_and_no_more() -> None:
    purse = Purse(Window(MINUTE, 7))
    assert not purse.spend()
    purse.receive(2)
    assert [purse.spend(), purse.spend(), purse.spend()] == [True, True, False]
    assert (purse.is_exhausted, purse.taken) == (False, 2)
    purse.receive(0)
    assert purse.is_exhausted


def test_the_refusal_says_which_limit_and_when_to_come_again() -> None:
    minute, day = refusal(Window(MINUTE, 0), 600, 50.0), refusal(Window(DAY, 0), 9, 50.0)
    assert (type(minute), minute.params) == (RateExceeded, {"limit": 600, "retry_after": 11})
    assert (type(day), day.params["limit"]) == (QuotaExceeded, 9)


def test_the_breaker_opens_after_failures_in_a_row_and_lets_one_probe_through() -> None:
    breaker = Breaker()
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.failed(1.0)
    breaker.succeeded()
    for _ in range(FAILURES_TO_OPEN):
        assert breaker.may_call(1.0)
        breaker.failed(1.0)
    assert not breaker.may_call(1.0 + OPEN_SECONDS / 2)
    probing = 1.0 + OPEN_SECONDS
    assert (breaker.may_call(probing), breaker.may_call(probing)) == (True, False)
    breaker.failed(probing)
    assert not breaker.may_call(probing + OPEN_SECONDS / 2)
    assert breaker.may_call(probing + OPEN_SECONDS)
    breaker.gave_up()
    assert breaker.may_call(probing + OPEN_SECONDS)
    breaker.succeeded()
    assert breaker.may_call(0.0)


def test_retries_are_a_tenth_of_the_requests() -> None:
    budget = RetryBudget()
    while budget.spend():
        pass
    spent = 0
    for _ in range(100):
        budget.earn()
        spent += budget.spend()
    assert 9 <= spent <= 10
