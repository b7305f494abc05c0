import pytest

from shared.values.credit_class import RATED, CreditClass, is_riskier

A, B, C, D, U = CreditClass


def test_risk_rises_from_a_to_d() -> None:
    """N3: A ≤ B ≤ C ≤ D."""
    assert [rated.risk for rated in RATED] == [0, 1, 2, 3]
    assert is_riskier(D, C)
    assert is_riskier(C, B)
    assert is_riskier(B, A)
    assert not is_riskier(A, A)


def test_an_unclassed_object_counts_as_b_and_is_not_one_of_the_four() -> None:
    """K1: U is drawn as B."""
    assert U.treated_as is B
    assert U.risk == B.risk
    assert U not in RATED
    assert not is_riskier(U, B)
    assert not is_riskier(B, U)
    assert is_riskier(U, A)


@pytest.mark.parametrize("rated", RATED)
def test_a_classed_object_is_treated_as_what_it_is(rated: CreditClass) -> None:
    assert rated.treated_as is rated


def test_every_class_has_its_chinese_name() -> None:
    assert [each.label for each in CreditClass] == ["低风险", "一般风险", "较高风险", "高风险", "未分类"]
