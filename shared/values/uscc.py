"""统一社会信用代码 (USCC), GB 32100-2015: 1 registration department + 1 class + 6 region + 9 body + 1 check character.

The region inside is that of the day of registration; today's district is never derived from it (see `region`).
"""

import unicodedata
from enum import StrEnum
from typing import ClassVar, Final

from shared.values.errors import InvalidValue

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH: Final = 18
# GB 32100-2015, table 5: W(i) = 3^(i-1) mod 31 for places 1..17.
WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))

_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_ASCII_UPPER: Final = {ord(lower): lower.upper() for lower in "abcdefghijklmnopqrstuvwxyz"}


class UsccProblem(StrEnum):
    """What is wrong with a code; the value is stable, `message` is for people."""

    LENGTH = "uscc.length"
    ALPHABET = "uscc.alphabet"
    CHECK_DIGIT = "uscc.check_digit"

    @property
    def message(self) -> str:
        return _MESSAGES[self]


_MESSAGES: Final = {
    UsccProblem.LENGTH: "统一社会信用代码应为18位",
    UsccProblem.ALPHABET: "统一社会信用代码只能由数字和大写字母组成，且不含字母 I、O、S、V、Z",
    UsccProblem.CHECK_DIGIT: "统一社会信用代码校验位不正确，请核对是否录入有误",
}


class InvalidUscc(InvalidValue):
    """Text that is no USCC; `problem` says why."""

    code: ClassVar[str] = "uscc.invalid"

    def __init__(self, text: str, problem: UsccProblem) -> None:
        super().__init__(f"{problem.message}：{text}")
        self.text = text
        self.problem = problem


def normalise(text: str) -> str:
    """Full width to half width, lower case to upper case, without any whitespace, control or format character.

    Nothing is guessed: an O stays an O, and `validate` refuses it.
    """
    narrowed = (_narrow(character) for character in text if not _is_blank(character))
    return "".join(narrowed).translate(_ASCII_UPPER)


def check_digit(first17: str) -> str:
    """The check character of the first 17 (GB 32100-2015, appendix): (31 − Σ value·weight mod 31) mod 31.

    Σ mod 31 = 0 gives "0"; about one real code in thirty is of that kind.
    Raises `InvalidUscc` when `first17` is not 17 characters of the alphabet.
    """
    if len(first17) != len(WEIGHTS):
        raise InvalidUscc(first17, UsccProblem.LENGTH)
    if not _in_alphabet(first17):
        raise InvalidUscc(first17, UsccProblem.ALPHABET)
    return _check_digit(first17)


def validate(code: str) -> UsccProblem | None:
    """The first problem of a code as written (not normalised), None when it is a USCC."""
    if len(code) != LENGTH:
        return UsccProblem.LENGTH
    if not _in_alphabet(code):
        return UsccProblem.ALPHABET
    if _check_digit(code[:-1]) != code[-1]:
        return UsccProblem.CHECK_DIGIT
    return None


def is_valid(code: str) -> bool:
    return validate(code) is None


def parse(text: str) -> str:
    """The normalised, valid code in `text`; raises `InvalidUscc`."""
    code = normalise(text)
    problem = validate(code)
    if problem is not None:
        raise InvalidUscc(text, problem)
    return code


def registration_region(code: str) -> str:
    """The six digits of the region in which the subject was first registered, as the code was then."""
    return code[2:8]


def _check_digit(first17: str) -> str:
    total = sum(_VALUES[character] * weight for character, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def _in_alphabet(text: str) -> bool:
    return all(character in _VALUES for character in text)


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf")


def _narrow(character: str) -> str:
    full_width = 0xFF01 <= ord(character) <= 0xFF5E
    return chr(ord(character) - 0xFEE0) if full_width else character
