"""Rows of a fact import: each a fact or a problem that names its field (L5, K1)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from services.credit.domain.fact_rows import FactRow, RawRow, RowProblem, read_row
from tests.builders.credit import PUBLISHED_AT, RULES, a_uscc

TODAY = date(2026, 11, 24)
GOOD = {
    "uscc": a_uscc(1),
    "indicator": "R0304",
    "points": "120",
    "occurred_on": "2026-06-30",
    "source": "双公示平台",
    "text": "受到行政处罚一次",
}


def read(**changes: str) -> FactRow | RowProblem:
    return read_row(RawRow(7, GOOD | changes), RULES.indicators, TODAY)


def fact_row(**changes: str) -> FactRow:
    row = read(**changes)
    assert isinstance(row, FactRow)
    return row


def test_a_good_row_becomes_a_fact_with_its_source_and_date() -> None:
    fact = fact_row().fact(UUID(int=1), PUBLISHED_AT)
    assert (fact.origin, fact.told_at, fact.observations[0].title) == ("双公示平台", PUBLISHED_AT, "受到行政处罚一次")
    assert (fact.observations[0].mark.points, fact.observations[0].mark.occurred_on) == (120, date(2026, 6, 30))


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"uscc": "", "external_no": ""}, "uscc", "row.entity_missing"),
        ({"uscc": a_uscc(1)[:-1] + ("0" if a_uscc(1)[-1] != "0" else "1")}, "uscc", "row.uscc.check_digit"),
        ({"entity_id": "12"}, "entity_id", "row.entity_id_invalid"),
        ({"indicator": "R9999"}, "indicator", "row.indicator_unknown"),
        ({"indicator": ""}, "indicator", "row.indicator_missing"),
        ({"points": "1001"}, "points", "row.points_invalid"),
        ({"points": "-5"}, "points", "row.points_invalid"),
        ({"points": "12.5"}, "points", "row.points_invalid"),
        ({"points": "", "level": "6"}, "level", "row.level_invalid"),
        ({"level": "3"}, "level", "row.points_and_level"),
        ({"points": ""}, "points", "row.points_missing"),
        ({"occurred_on": "2026/06/30"}, "occurred_on", "row.occurred_on_invalid"),
        ({"occurred_on": "2026-11-25"}, "occurred_on", "row.occurred_on_in_future"),
        ({"source": " "}, "source", "row.source_missing"),
        ({"text": "长" * 501}, "text", "row.text_too_long"),
        ({"is_withdrawn": "也许"}, "is_withdrawn", "row.is_withdrawn_invalid"),
    ],
)
def test_a_bad_row_names_its_line_field_and_code(changes: dict[str, str], field: str, code: str) -> None:
    row = read(**changes)
    assert isinstance(row, RowProblem)
    assert (row.line, row.field, row.code) == (7, field, code)
    assert row.message


def test_a_clean_rating_needs_neither_points_nor_level() -> None:
    """An entity compared and found clean is rated, not unrated."""
    assert fact_row(indicator="rated_clean", points="").mark.code == "rated_clean"


def test_the_same_content_has_the_same_name_and_a_record_number_keeps_it_over_corrections() -> None:
    def told(**changes: str) -> tuple[str, str]:
        fact = fact_row(**changes).fact(UUID(int=1), PUBLISHED_AT)
        return fact.key, fact.digest

    assert told() == told()
    assert told() != told(points="130")
    assert told(record_no="CF-17")[0] == told(record_no="CF-17", points="130")[0]
    assert told(record_no="CF-17")[1] != told(record_no="CF-17", points="130")[1]


def test_a_code_is_taken_in_full_width_and_lower_case() -> None:
    assert fact_row(uscc="９" + a_uscc(1)[1:].lower()).entity.uscc == a_uscc(1)
