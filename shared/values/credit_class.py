"""信用风险等级: A 低, B 一般, C 较高, D 高 (国市监信发〔2022〕6号); U for an object not classed yet."""

from enum import StrEnum
from typing import Final


class CreditClass(StrEnum):
    """A ≤ B ≤ C ≤ D in risk. U stands outside that order and is treated as B unless a plan says otherwise."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    U = "U"

    @property
    def label(self) -> str:
        """The Chinese name shown to officers."""
        return _LABELS[self]

    @property
    def treated_as(self) -> "CreditClass":
        """The class whose ratio and frequency apply: its own, B for U."""
        return CreditClass.B if self is CreditClass.U else self

    @property
    def risk(self) -> int:
        """0 for A … 3 for D; U counts as B."""
        return RATED.index(self.treated_as)


_LABELS: Final = {
    CreditClass.A: "低风险",
    CreditClass.B: "一般风险",
    CreditClass.C: "较高风险",
    CreditClass.D: "高风险",
    CreditClass.U: "未分类",
}

#: The four classes in rising risk.
RATED: Final = (CreditClass.A, CreditClass.B, CreditClass.C, CreditClass.D)


def is_riskier(one: CreditClass, other: CreditClass) -> bool:
    return one.risk > other.risk
