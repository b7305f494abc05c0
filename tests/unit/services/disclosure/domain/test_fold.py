"""What is shown of a result, folded from whatever public facts have arrived (R2, R3, R6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from services.disclosure.domain.facts import Exemption, Repair, ResultVersion
from services.disclosure.domain.fold import Known, ShownResult, fold, months_after
from services.disclosure.domain.views import ResultState
from services.disclosure.messaging.results import public_body
from shared.values.ids import new_id
from tests.builders.disclosure import PUBLISHED_AT, a_body, a_finding

NOW = PUBLISHED_AT + timedelta(days=30)
BODY = a_body()
FIRST = ResultVersion(BODY.result_id, 1, "published", BODY.entity_id, public_body(BODY), None, PUBLISHED_AT)
SECOND = replace(
    FIRST,
    version=2,
    state="corrected",
    body=public_body(a_body(result_id=BODY.result_id, findings=[a_finding()], outcome_codes=["6"])),
    told_at=PUBLISHED_AT + timedelta(days=1),
)
THIRD = ResultVersion(BODY.result_id, 3, "withdrawn", BODY.entity_id, None, "有误", PUBLISHED_AT + timedelta(days=2))


def folded(*versions: ResultVersion, now: datetime = NOW, **known: object) -> ShownResult | None:
    facts: dict[str, object] = {"exemption": None, "repair": None, **known}
    return fold(Known(BODY.result_id, versions, **facts), 60, now)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_newest_version_is_shown_in_whatever_order_they_came(count: int) -> None:
    shown = [folded(*order) for order in permutations((FIRST, SECOND, THIRD)[:count])]
    assert all(one == shown[0] for one in shown)
    assert shown[0] is not None
    assert (shown[0].version, shown[0].published_at) == (count, PUBLISHED_AT)


def test_a_withdrawal_alone_shows_nothing_until_its_body_arrives() -> None:
    assert folded(THIRD) is None


def test_published_after_the_last_day_is_late_by_the_day_in_shanghai() -> None:
    due = a_body(due_on=date(2026, 11, 20))
    at_midnight = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    version = replace(FIRST, body=public_body(due), told_at=at_midnight)
    shown = folded(version)
    assert shown is not None
    assert shown.is_late
    in_time = folded(replace(version, told_at=at_midnight - timedelta(seconds=1)))
    assert in_time is not None
    assert not in_time.is_late


def test_an_exempted_result_names_neither_object_nor_task() -> None:
    shown = folded(FIRST, exemption=Exemption(BODY.result_id, "SCJG", "privacy", date(2026, 11, 21)))
    assert shown is not None
    assert (shown.state, shown.entity_id, shown.entity_name, shown.task_no) == (ResultState.EXEMPTED, None, None, None)
    assert shown.digest == FIRST.digest


def test_the_day_after_the_term_only_a_tombstone_is_left() -> None:
    last = datetime(2031, 11, 20, 15, 59, tzinfo=UTC)
    shown, gone = folded(FIRST, now=last), folded(FIRST, now=last + timedelta(minutes=1))
    assert shown is not None
    assert gone is not None
    assert (shown.state, gone.state) == (ResultState.PUBLISHED, ResultState.EXPIRED)
    assert (gone.entity_id, gone.digest) == (None, shown.digest)


def test_a_repair_that_ends_publicity_takes_effect_on_its_day() -> None:
    repair = Repair(new_id(), None, "fact", None, BODY.result_id, "1号", "SCJG", date(2026, 12, 20), True)
    before = folded(FIRST, repair=repair, now=datetime(2026, 12, 19, 15, 59, tzinfo=UTC))
    after = folded(FIRST, repair=repair, now=datetime(2026, 12, 19, 16, 0, tzinfo=UTC))
    assert before is not None
    assert after is not None
    assert (before.state, after.state) == (ResultState.PUBLISHED, ResultState.REPAIRED)


def test_a_term_of_months_ends_on_the_corresponding_day_or_the_months_last() -> None:
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_after(date(2026, 1, 15), 60) == date(2031, 1, 15)
