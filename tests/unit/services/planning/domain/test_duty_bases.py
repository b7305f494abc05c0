"""Items and the power and duty list they rest on (I1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.planning.domain.duty_bases import (
    FLAG_NAMES,
    DutyBasis,
    DutyBasisMissing,
    DutyBasisUnknown,
    DutyKind,
    FlagReason,
    check_duties,
    flag_of,
)
from tests.builders.planning import TODAY, an_item


def a_basis(starts_on: date = TODAY, ends_on: date | None = None) -> DutyBasis:
    law, article = "食品安全法", "第一百一十条"
    return DutyBasis("scjg", "q1", 1, DutyKind.DUTY, "监督检查", law, article, starts_on, ends_on, "文号")


@given(st.integers(-400, 400), st.one_of(st.none(), st.integers(0, 400)))
def test_a_basis_holds_from_its_first_day_to_its_last_both_included(start: int, length: int | None) -> None:
    """I1: validity."""
    starts_on = TODAY + timedelta(days=start)
    ends_on = None if length is None else starts_on + timedelta(days=length)
    holds = starts_on <= TODAY and (ends_on is None or TODAY <= ends_on)
    flag = flag_of("q1", a_basis(starts_on, ends_on), TODAY)
    assert (flag is None) == holds
    if not holds:
        assert flag is (FlagReason.NOT_YET if starts_on > TODAY else FlagReason.REPEALED)


def test_an_item_without_basis_or_with_one_nobody_knows_is_flagged_in_chinese() -> None:
    """I1."""
    assert flag_of(None, None, TODAY) is FlagReason.MISSING
    assert flag_of("q9", None, TODAY) is FlagReason.UNKNOWN
    assert set(FLAG_NAMES) == set(FlagReason)


def test_a_repealed_basis_does_not_stop_the_list_but_a_missing_or_unknown_one_does() -> None:
    """I1: `a repealed basis flags the item`."""
    known = {"q1": a_basis(date(2020, 1, 1), date(2021, 1, 1))}
    check_duties([an_item(duty_code="q1")], known)
    check_duties([an_item()], {})
    with pytest.raises(DutyBasisMissing):
        check_duties([an_item()], known)
    with pytest.raises(DutyBasisUnknown):
        check_duties([an_item(duty_code="q2")], known)
