from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.values.money import MAX_FEN, InvalidAmount, fen_from_wan, fen_from_yuan, wan_text, yuan_text

amounts = st.integers(-MAX_FEN, MAX_FEN)


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1.5", 1_500_000), ("0.000001", 1), ("0.1", 100_000), ("100", 100_000_000), ("-2.30", -2_300_000),
     (" 1,234.56 ", 1_234_560_000), ("0.3000000000", 300_000), ("-0", 0)],
)  # fmt: skip
def test_ten_thousands_of_yuan_are_read_exactly(text: str, fen: int) -> None:
    assert fen_from_wan(text) == fen


@pytest.mark.parametrize("text", ["", "1.", ".5", "1e3", "壹万", "0.0000001", "1.2.3", "--1", "NaN", "１"])
def test_an_amount_that_is_not_exact_is_refused(text: str) -> None:
    with pytest.raises(InvalidAmount, match="无法识别") as caught:
        fen_from_wan(text)
    assert caught.value.code == "money.invalid"


def test_yuan_go_no_finer_than_fen() -> None:
    assert fen_from_yuan("12.3") == 1_230
    with pytest.raises(InvalidAmount, match="精确到分"):
        fen_from_yuan("12.345")


def test_an_amount_no_column_could_hold_is_refused() -> None:
    with pytest.raises(InvalidAmount, match="金额过大"):
        fen_from_yuan(yuan_text(MAX_FEN + 1))


@given(amounts)
def test_writing_and_reading_an_amount_gives_it_back(fen: int) -> None:
    assert fen_from_wan(wan_text(fen)) == fen
    assert fen_from_yuan(yuan_text(fen)) == fen


@given(amounts)
def test_the_text_means_the_same_number_as_decimal_arithmetic(fen: int) -> None:
    assert Decimal(wan_text(fen)) == Decimal(fen).scaleb(-6)
    assert Decimal(yuan_text(fen)) == Decimal(fen).scaleb(-2)


def test_amounts_are_written_short_in_ten_thousands_and_full_in_yuan() -> None:
    assert wan_text(1_500_000) == "1.5"
    assert wan_text(100_000_000) == "100"
    assert wan_text(-1) == "-0.000001"
    assert yuan_text(1_230) == "12.30"
