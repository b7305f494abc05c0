"""Numbers in the national shape: 14 digits for a plan, 18 for a task (domain-facts section 3)."""

from __future__ import annotations

from datetime import date

import pytest

from services.planning.domain.numbers import NumbersUsedUp, plan_no, task_no


def test_a_plan_number_is_region_year_one_and_place() -> None:
    assert plan_no("410308", 2026, 7) == "41030820261007"


def test_a_task_number_is_region_day_one_and_place() -> None:
    assert task_no("410308", date(2026, 3, 2), 12) == "410308202603021012"


def test_after_999_the_period_is_used_up_and_no_number_repeats() -> None:
    assert len({plan_no("410308", 2026, place) for place in range(1, 1000)}) == 999
    with pytest.raises(NumbersUsedUp):
        plan_no("410308", 2026, 1000)
