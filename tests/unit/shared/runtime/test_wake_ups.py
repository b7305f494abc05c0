"""What a commit tells the relay when it wakes it (decision 0010)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import pytest

from shared.events.credit import RecordChangedV1
from shared.runtime.outbox import Told, told_by
from shared.runtime.principal import service_principal
from shared.runtime.unit_of_work import UnitOfWork

AT = datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=UTC)


def a_commit_that_tells(events: int) -> tuple[list[UUID], str, list[Any]]:
    work = UnitOfWork(cast(Any, None), service_principal("credit", "410308"))
    work.now = AT
    event = RecordChangedV1(aggregate_version=1, entity_id=UUID(int=1), entry_ids=[], changed_at=AT)
    ids = [work.emit(event) for _ in range(events)]
    statement, values = work._last_words(None)
    return ids, statement, values


@pytest.mark.parametrize("events", [1, 3, 100])
def test_a_commit_names_its_events_in_the_order_they_were_told(events: int) -> None:
    """D2, REL9: the relay numbers by these names, so their order is the order of the log."""
    ids, _, values = a_commit_that_tells(events)
    assert told_by(values[-1]) == [Told(AT, one) for one in ids]
    assert len(values[-1].encode()) < 8_000  # PostgreSQL's limit of a NOTIFY


def test_a_commit_of_many_events_names_none_and_leaves_them_to_the_scan() -> None:
    _, _, values = a_commit_that_tells(101)
    assert values[-1] == ""
    assert told_by("") == []


def test_what_goes_with_the_last_words_is_bound_behind_them_in_order() -> None:
    work = UnitOfWork(cast(Any, None), service_principal("credit", "410308"))
    work.now = AT
    work.closing("seen AS (INSERT INTO a VALUES ({}, {}))", 7, 8, 1, check="must({}::bigint)")
    work.closing("moved AS (UPDATE b SET c = {})", 9)
    statement, values = work._last_words(None)
    assert statement == (
        "WITH seen AS (INSERT INTO a VALUES ($3, $4)), moved AS (UPDATE b SET c = $6)"
        " SELECT 1, must($5::bigint), 1, false AS is_numbered, $1::text, $2::timestamptz"
    )
    assert values == ["410308", AT, 7, 8, 1, 9]
