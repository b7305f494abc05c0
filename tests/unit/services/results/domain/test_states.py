"""The life of a result: legal moves move, illegal ones are refused by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.results.domain import states
from services.results.domain.states import Act, State, after
from shared.values.errors import Refused

LEGAL = {
    ("assigned", "record"): "draft",
    ("assigned", "call_off"): "called_off",
    ("draft", "revise"): "draft",
    ("returned", "revise"): "draft",
    ("draft", "sign"): "draft",
    ("draft", "submit"): "submitted",
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("submitted", "refer"): "legal_review",
    ("legal_review", "confirm"): "approved",
    ("legal_review", "return"): "returned",
    ("approved", "exempt"): "exempted",
    ("assigned", "excuse"): "excused",
    ("excused", "reinstate"): "assigned",
    ("approved", "publish"): "published",
    ("published", "correct"): "published",
    ("published", "withdraw"): "withdrawn",
}
UNMOVING = (Act.ASSIGN, Act.RESCHEDULE)
"""Steps of the history that no act of an officer makes."""
REFUSALS = {
    "record": "results.cannot_record",
    "revise": "results.cannot_revise",
    "sign": "results.cannot_sign",
    "submit": "results.cannot_submit",
    "approve": "results.cannot_review",
    "return": "results.cannot_review",
    "publish": "results.cannot_publish",
    "correct": "results.cannot_correct",
    "withdraw": "results.cannot_withdraw",
    "call_off": "results.cannot_call_off",
    "refer": "results.cannot_review",
    "confirm": "results.cannot_review_legally",
    "exempt": "results.cannot_exempt",
    "excuse": "results.cannot_excuse",
    "reinstate": "results.cannot_reinstate",
}


@pytest.mark.parametrize("act", [act for act in Act if act not in UNMOVING])
@pytest.mark.parametrize("state", list(State))
def test_every_act_moves_from_its_own_states_and_is_refused_by_name_from_all_others(state: State, act: Act) -> None:
    expected = LEGAL.get((state.value, act.value))
    if expected is not None:
        assert after(state, act).value == expected
        return
    with pytest.raises(Refused) as refused:
        after(state, act)
    assert refused.value.code == REFUSALS[act.value]
    assert state.chinese in refused.value.detail


@given(st.lists(st.sampled_from([act for act in Act if act not in UNMOVING]), max_size=30))
def test_nothing_is_published_that_was_not_approved_and_nothing_returns_from_withdrawal(acts: list[Act]) -> None:
    state, approved = State.ASSIGNED, False
    for act in acts:
        try:
            moved = after(state, act)
        except Refused:
            continue
        if moved is State.PUBLISHED:
            assert approved
        approved = approved or moved is State.APPROVED
        assert state not in (State.WITHDRAWN, State.CALLED_OFF, State.EXEMPTED)
        state = moved


def test_every_state_has_its_chinese_name() -> None:
    assert len({state.chinese for state in State}) == len(State)
    assert set(states.UNPUBLISHED) == {State.DRAFT, State.SUBMITTED, State.LEGAL_REVIEW, State.RETURNED, State.APPROVED}
