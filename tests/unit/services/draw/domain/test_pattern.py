"""Beacon patterns: a value has to match as a whole, and no pattern can make a verifier hang (D2, section 4)."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.draw.domain.errors import FieldRefused
from services.draw.domain.pattern import parse_pattern


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 201,
        ".",
        "a*",
        "a|b",
        "^a",
        "a b",
        "中",
        "\\d",
        "{2}",
        "a{0}",
        "a{01}",
        "a{2,1}",
        "a{1000}",
        "a{,3}",
        "a{1,}",
        "a{2}{3}",
        "[]",
        "[^a]",
        "[a",
        "[z-a]",
        "[a-a]",
        "[0-a]",
        "[a-Z]",
        "[A-z]",
        "[_]",
        "[a-]",
        "(",
        "()",
        "(a",
        "a)",
        "(((a)))",
        "(a{2}){3}",
        "(a{1}b){2}",
        "((a{2})b){3}",
        "((a{2}))b{3}(c{2}){1}",
    ],
)
def test_what_the_grammar_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(FieldRefused):
        parse_pattern(text)


@pytest.mark.parametrize(
    ("text", "value", "matches"),
    [
        (r"[0-9][0-9](\.[0-9][0-9]){19}", ".".join(["07"] * 20), True),
        (r"[0-9][0-9](\.[0-9][0-9]){19}", ".".join(["07"] * 19), False),
        (r"[0-9][0-9](\.[0-9][0-9]){19}", ".".join(["07"] * 21), False),
        ("a{2,4}", "a", False),
        ("a{2,4}", "aaaa", True),
        ("a{2,4}", "aaaaa", False),
        ("(ab){1,2}c", "ababc", True),
        ("((ab)c{2})d", "abccd", True),
        ("[a-cX0-9]=_:,-", "b=_:,-", True),
        ("[a-cX0-9]=_:,-", "d=_:,-", False),
        (r"a\.b", "a.b", True),
        (r"a\.b", "axb", False),
        ("[0-9]", "٣", False),
        ("a", "a\n", False),
        ("a", "", False),
    ],
)
def test_the_whole_value_has_to_match(text: str, value: str, matches: bool) -> None:
    assert parse_pattern(text).matches(value) is matches


def test_a_pattern_that_would_trap_a_backtracking_matcher_is_decided_at_once() -> None:
    pattern = parse_pattern("a{1,999}" * 24 + "b")
    assert not pattern.matches("a" * 2000)
    assert pattern.matches("a" * 1999 + "b")


atoms = st.sampled_from(["a", "b", "0", r"\.", "[ab]", "[a-c0]", "-"])
counts = st.sampled_from(["", "", "{1}", "{2}", "{1,3}"])
items = st.builds(str.__add__, atoms, counts)
plain = st.lists(atoms, min_size=1, max_size=3).map("".join)
groups = st.builds("({}){}".format, plain, counts) | st.lists(items, min_size=1, max_size=3).map("".join).map(
    "({})".format
)
patterns = st.lists(items | groups, min_size=1, max_size=5).map("".join)


@settings(max_examples=300)
@given(patterns, st.text("ab0.-c", max_size=8), st.data())
def test_matching_agrees_with_regular_expressions(text: str, value: str, data: st.DataObject) -> None:
    pattern = parse_pattern(text)
    assert pattern.matches(value) == (re.fullmatch(text, value) is not None)
    fitting = data.draw(st.from_regex(re.compile(text), fullmatch=True, alphabet=string.printable))
    assert pattern.matches(fitting)
