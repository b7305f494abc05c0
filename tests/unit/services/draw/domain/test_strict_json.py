"""Two readings of one document are impossible: strict text and JSON (D2, section 3)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.draw.domain.errors import JsonRefused, TextRefused
from services.draw.domain.strict_json import decode, is_clean, parse_object, unassigned


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "1",
        "{} {}",
        "\ufeff{}",
        '{"a":1,"a":1}',
        '{"a":1,"\\u0061":1}',
        '{"x":{"a":1,"a":2}}',
        '{"a":01}',
        '{"a":-1}',
        '{"a":-0}',
        '{"a":1.0}',
        '{"a":1e3}',
        '{"a":1000000000000000}',
        '{"a":NaN}',
        '{"a":Infinity}',
        '{"a":"\t"}',
        '{"a":"\\x"}',
        '{"a":1,}',
        "{'a':1}",
        '{"a":tru}',
        '{"a":1}\u00a0',
        '{"a":１}',
        "{" + '"a":{' * 64 + "}" * 65,
        '{"a":' + "[" * 100_000,
    ],
)
def test_what_is_not_one_strict_object_is_refused(text: str) -> None:
    with pytest.raises(JsonRefused):
        parse_object(text)


@pytest.mark.parametrize(
    "text", ['{"e\u0301":1}', '{"a":"\\u0065\\u0301"}', '{"a":"\\ud800"}', '{"\\udfff":1}', '"\ud800"']
)
def test_text_that_is_not_nfc_or_has_a_lone_surrogate_is_refused(text: str) -> None:
    with pytest.raises(TextRefused):
        parse_object(text)


def test_the_text_is_judged_before_its_json_and_json_before_the_strings_in_it() -> None:
    with pytest.raises(TextRefused):
        parse_object('{"a":"e\u0301",}')
    with pytest.raises(JsonRefused):
        parse_object('{"a":"\\u0065\\u0301",}')


def test_what_the_rules_allow_is_read() -> None:
    text = ' {"a":999999999999999,"b":[0,"\\ud83d\\ude00/\\/","\x7f"],"c":{"":null,"d":[true,false]}}\r\n'
    assert parse_object(text) == json.loads(text)


def test_sixty_four_levels_are_allowed_the_object_included() -> None:
    assert parse_object('{"a":' + "[" * 63 + "]" * 63 + "}")


def test_brackets_inside_strings_are_no_levels() -> None:
    assert parse_object('{"a":"' + "[{" * 100 + '\\"["}')


@pytest.mark.parametrize("value", [None, 1, b"{}", {}])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(JsonRefused):
        parse_object(value)


def test_bytes_that_are_not_utf8_are_refused() -> None:
    assert decode("区".encode()) == "区"
    with pytest.raises(TextRefused):
        decode(b"\xff")


def test_unassigned_characters_are_found() -> None:
    assert unassigned("区 a") == ""
    assert unassigned("a\u0378") == "\u0378"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 10**15 - 1) | st.text().filter(is_clean),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5).filter(is_clean), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=5).filter(is_clean), json_values, max_size=4), st.booleans())
def test_every_clean_object_is_read_as_written_whether_escaped_or_not(value: dict[str, object], escaped: bool) -> None:
    assert parse_object(json.dumps(value, ensure_ascii=escaped)) == value
