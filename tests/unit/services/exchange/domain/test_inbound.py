"""Amounts and names of facts handed in (domain-facts 11)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.exchange.domain.inbound import Handed, InboundKind, fact_key, fen_of


@given(st.integers(0, 10**12))
def test_ten_thousands_of_yuan_with_six_decimals_are_whole_fen(fen: int) -> None:
    assert fen_of(f"{fen // 10**6}.{fen % 10**6:06d}") == fen


@pytest.mark.parametrize("amount", ["0.0000001", "-1", "NaN", "Infinity", "1e", ""])
def test_an_amount_that_is_no_number_of_fen_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(amount)}$"):
        fen_of(amount)


def test_brackets_and_blanks_do_not_make_another_document() -> None:
    def key(document_no: str) -> str | None:
        content = {"document_no": document_no, "authority": "某局"}
        return fact_key(Handed(InboundKind.PENALTY, "1", 1, "I", content))

    assert key("某罚〔2026〕1号") == key("某罚（2026） 1号") == key("某罚[2026]1号") != key("某罚〔2026〕2号")
    assert key("") is None
