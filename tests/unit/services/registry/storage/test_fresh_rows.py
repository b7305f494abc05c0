"""New objects as COPY takes them: their order, their ids, the bytes of their fields."""

from __future__ import annotations

import struct
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.storage.copy_format import LONGEST, NULL, texts, value
from services.registry.storage.fresh_rows import NewIds, by_uscc
from shared.values.ids import is_id, new_id
from tests.builders.registry import a_uscc


def test_ids_made_at_once_rise_and_are_uuid7() -> None:
    before, ids, after = new_id(), NewIds(1000), new_id()
    made = [*ids.part(0, 600), *ids.part(600, 600)]
    assert len(made) == len(set(made)) == 1000
    assert made == sorted(made)
    first, last = ids.ends()
    assert (first.bytes, last.bytes) == (made[0], made[-1])
    assert is_id(first)
    assert before < first < last < after


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**9 - 1).map(a_uscc)), max_size=50))
def test_objects_are_put_in_the_order_of_their_codes_and_none_is_lost(codes: list[str | None]) -> None:
    order = by_uscc(pl.Series(codes, dtype=pl.String)).to_list()
    assert sorted(order) == list(range(len(codes)))
    ordered = [(code is None, code or "") for code in (codes[place] for place in order)]
    assert ordered == sorted(ordered)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, NULL),
        ("孟津", struct.pack(">i", 6) + "孟津".encode()),
        (True, b"\0\0\0\1\1"),
        (7, struct.pack(">ii", 4, 7)),
        (date(2000, 1, 2), struct.pack(">ii", 4, 1)),
        (date(1999, 12, 31), struct.pack(">ii", 4, -1)),
        (datetime(2000, 1, 1, 0, 0, 1, tzinfo=UTC), struct.pack(">iq", 8, 1_000_000)),
        ((), struct.pack(">iiii", 12, 0, 0, 25)),
        (("a",), struct.pack(">iiiiiii", 25, 1, 0, 25, 1, 1, 1) + b"a"),
    ],
)
def test_a_field_is_its_length_and_its_bytes(content: str | int | None, expected: bytes) -> None:
    """PostgreSQL, COPY, binary format; what the server reads of it the integration tests show."""
    assert value(content) == expected


def test_a_column_of_texts_is_its_fields_and_one_too_long_is_refused() -> None:
    assert texts(pl.Series(["孟津", None, ""])).to_list() == [value("孟津"), value(None), value("")]
    with pytest.raises(pl.exceptions.OutOfBoundsError):
        texts(pl.Series(["x" * (LONGEST + 1)]))
