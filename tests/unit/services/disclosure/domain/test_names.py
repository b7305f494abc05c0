"""Names as they are searched: one folding for writer and reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.disclosure.adapters.pinyin import search_name
from services.disclosure.domain.names import QueryTooShort, Way, pairs_of, read_query


def test_widths_brackets_and_case_are_one() -> None:
    assert search_name("ＡＢＣ（洛阳）公司").folded == search_name("abc(洛阳) 公司").folded


def test_initials_take_letters_and_digits_as_they_are() -> None:
    assert search_name("洛阳宏达123（A）").initials == "lyhd123a"


@pytest.mark.parametrize(
    ("text", "way"), [("宏达", Way.PAIR), ("宏达商", Way.INSIDE), ("lyhd", Way.INITIALS), ("a1", Way.PAIR)]
)
def test_a_query_goes_the_way_of_its_length(text: str, way: Way) -> None:
    assert read_query(text).way is way


def test_one_sign_is_too_short_however_it_is_padded() -> None:
    with pytest.raises(QueryTooShort):
        read_query("　宏　")


@given(st.text(min_size=2, max_size=12))
def test_a_name_that_holds_two_signs_has_their_pair(name: str) -> None:
    folded = search_name(name).folded
    assert all(folded[at : at + 2] in pairs_of(folded) for at in range(len(folded) - 1))
