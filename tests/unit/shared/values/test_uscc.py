"""USCC rules against vectors and against a second computation that shares nothing with the module."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.values.uscc import (
    ALPHABET,
    WEIGHTS,
    InvalidUscc,
    UsccProblem,
    check_digit,
    is_valid,
    normalise,
    parse,
    registration_region,
    validate,
)

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[3] / "vectors" / "uscc.json").read_text("utf-8"))
bodies = st.text(alphabet=ALPHABET, min_size=17, max_size=17)


def sums_to_zero(code: str) -> bool:
    """A code is right when Σ c(i)·3^(i−1) + c(18) ≡ 0 mod 31; summed from the right, without a table of weights."""
    letters = [c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in "IOSVZ"]
    total = 0
    for character in reversed(code[:17]):
        total = total * 3 + letters.index(character)
    return (total + letters.index(code[17])) % 31 == 0


def test_weights_are_those_printed_in_the_standard() -> None:
    assert WEIGHTS == (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@pytest.mark.parametrize("vector", VECTORS["valid"], ids=lambda v: v["code"])
def test_a_right_code_is_valid_in_both_computations(vector: dict[str, str]) -> None:
    assert sums_to_zero(vector["code"])
    assert validate(vector["code"]) is None
    assert check_digit(vector["code"][:17]) == vector["code"][17]


def test_the_vectors_hold_the_zero_edge() -> None:
    zero = [v["code"] for v in VECTORS["valid"] if v["code"].endswith("0")]
    assert len(zero) >= 6
    assert all(check_digit(code[:17]) == "0" for code in zero)


@pytest.mark.parametrize("vector", VECTORS["invalid"], ids=lambda v: repr(v["code"]))
def test_a_wrong_code_is_refused_with_its_reason(vector: dict[str, str]) -> None:
    assert validate(vector["code"]) == vector["problem"]


@pytest.mark.parametrize("vector", VECTORS["normalised"], ids=lambda v: repr(v["written"]))
def test_a_code_as_people_type_it_is_read(vector: dict[str, str]) -> None:
    assert parse(vector["written"]) == vector["code"]


@given(bodies)
def test_every_computed_check_character_satisfies_the_standard(first17: str) -> None:
    assert sums_to_zero(first17 + check_digit(first17))


@given(bodies, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_mistyped_character_is_always_found(first17: str, place: int, typed: str) -> None:
    code = first17 + check_digit(first17)
    mistyped = code[:place] + typed + code[place + 1 :]
    assert is_valid(mistyped) == (mistyped == code)


@given(bodies, st.integers(0, 15))
def test_two_neighbours_exchanged_are_always_found(first17: str, place: int) -> None:
    code = first17 + check_digit(first17)
    exchanged = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_valid(exchanged) == (exchanged == code)


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_each_problem_speaks_chinese_and_keeps_its_code() -> None:
    assert [problem.value for problem in UsccProblem] == ["uscc.length", "uscc.alphabet", "uscc.check_digit"]
    assert "18位" in UsccProblem.LENGTH.message
    assert "校验位" in UsccProblem.CHECK_DIGIT.message
    with pytest.raises(InvalidUscc, match="校验位不正确") as caught:
        parse("91410322TN16JATNGQ")
    assert (caught.value.code, caught.value.problem) == ("uscc.invalid", UsccProblem.CHECK_DIGIT)


@pytest.mark.parametrize(
    ("first17", "problem"), [("9" * 16, UsccProblem.LENGTH), ("O" + "9" * 16, UsccProblem.ALPHABET)]
)
def test_no_check_character_is_computed_for_a_malformed_body(first17: str, problem: UsccProblem) -> None:
    with pytest.raises(InvalidUscc) as caught:
        check_digit(first17)
    assert caught.value.problem is problem


def test_a_code_tells_where_it_was_registered() -> None:
    assert registration_region("91410322TN16JATNGP") == "410322"
