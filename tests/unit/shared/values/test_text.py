import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.values.text import clean, is_nfc, is_same_name, search_key

any_text = st.text()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("孟津（洛阳）机械有限公司", "孟津(洛阳)机械有限公司"),
        ("孟津〔洛阳〕机械有限公司", "孟津【洛阳】机械有限公司"),
        ("ＡＢＣ电子", "abc 电子"),
        ("　河阳　粮行\n", "河阳粮行"),
        ("河\u200b阳\ufeff粮行", "河阳粮行"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
    ],
)
def test_spellings_of_one_name_are_the_same(one: str, other: str) -> None:
    assert is_same_name(one, other)


def test_different_names_stay_different() -> None:
    assert not is_same_name("河阳粮行", "河阳粮店")
    assert not is_same_name("一分店", "二分店")


@given(any_text)
def test_the_search_key_of_a_search_key_is_itself(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(any_text)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_cleaned_text_is_fit_for_a_public_document(text: str) -> None:
    cleaned = clean(text)
    assert is_nfc(cleaned)
    assert cleaned == cleaned.strip()
    assert not any(unicodedata.category(character) in ("Cc", "Cf") for character in cleaned)


@given(any_text)
def test_cleaning_does_not_change_how_a_name_is_found(text: str) -> None:
    assert search_key(clean(text)) == search_key(text)


def test_cleaning_keeps_brackets_and_case_as_written() -> None:
    assert clean(" 孟津（洛阳）\t ABC\x00 公司 ") == "孟津（洛阳） ABC 公司"


def test_decomposed_text_and_lone_surrogates_are_not_fit_for_a_public_document() -> None:
    assert is_nfc("é")
    assert not is_nfc("e\u0301")
    assert not is_nfc("\ud800")
