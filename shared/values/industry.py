"""国民经济行业分类 (GB/T 4754): a code means something only with its edition.

2011 has 96 divisions in 20 sections, 2017 has 97: 79 is 居民服务业 (section O) in 2011 and 土地管理业 (section N) in
2017, and every division after it moved by one.
"""

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from shared.values.errors import InvalidValue


class IndustryEdition(StrEnum):
    GB2011 = "2011"
    GB2017 = "2017"


# Section letter → its first division; the closing entry is one past the last division.
_FIRST_DIVISIONS: Final[dict[IndustryEdition, tuple[int, ...]]] = {
    IndustryEdition.GB2011: (1, 6, 13, 44, 47, 51, 53, 61, 63, 66, 70, 71, 73, 76, 79, 82, 83, 85, 90, 96, 97),
    IndustryEdition.GB2017: (1, 6, 13, 44, 47, 51, 53, 61, 63, 66, 70, 71, 73, 76, 80, 83, 84, 86, 91, 97, 98),
}
_SECTIONS: Final = "ABCDEFGHIJKLMNOPQRST"
_LEVELS: Final = {1: "门类", 2: "大类", 3: "中类", 4: "小类"}


class InvalidIndustry(InvalidValue):
    """Text that is no industry code of the edition."""

    code: ClassVar[str] = "industry.invalid"

    def __init__(self, edition: str, text: str) -> None:
        super().__init__(f"“{text}”不是国民经济行业分类（GB/T 4754-{edition}）的有效代码")
        self.edition = edition
        self.text = text


@dataclass(frozen=True, slots=True)
class IndustryCode:
    """An industry of one edition: a section letter (门类) or 2, 3, 4 digits (大类, 中类, 小类).

    Syntax and division are checked here; whether a group or class exists is a matter of the loaded table.
    Raises `InvalidIndustry`.
    """

    edition: IndustryEdition
    code: str

    def __post_init__(self) -> None:
        if self._is_section():
            return
        well_formed = self.code.isascii() and self.code.isdigit() and 2 <= len(self.code) <= 4
        firsts = _FIRST_DIVISIONS[self.edition]
        if not well_formed or not firsts[0] <= int(self.code[:2]) < firsts[-1]:
            raise InvalidIndustry(self.edition, self.code)

    @property
    def section(self) -> str:
        """The section letter A–T."""
        if self._is_section():
            return self.code
        return _SECTIONS[bisect_right(_FIRST_DIVISIONS[self.edition], int(self.code[:2])) - 1]

    @property
    def division(self) -> str | None:
        """The two digits of the division; None for a whole section."""
        return None if self._is_section() else self.code[:2]

    @property
    def level(self) -> str:
        """门类, 大类, 中类 or 小类."""
        return _LEVELS[len(self.code)]

    def contains(self, other: "IndustryCode") -> bool:
        """Whether `other` is this industry or a part of it; editions are never mixed."""
        if self.edition != other.edition:
            return False
        return other.section == self.code if self._is_section() else other.code.startswith(self.code)

    def _is_section(self) -> bool:
        return len(self.code) == 1 and self.code in _SECTIONS


def parse_industry(edition: str, text: str) -> IndustryCode:
    """Read `1312`, `C1312` or `C`; a letter before digits must be the section of those digits.

    Raises `InvalidIndustry`, also for an edition other than 2011 and 2017.
    """
    if edition not in tuple(IndustryEdition):
        raise InvalidIndustry(edition, text)
    stripped = text.strip().upper()
    lettered = len(stripped) > 1 and stripped[0] in _SECTIONS
    industry = IndustryCode(IndustryEdition(edition), stripped[1:] if lettered else stripped)
    if lettered and industry.section != stripped[0]:
        raise InvalidIndustry(edition, text)
    return industry
