"""Composed USCCs: right by the standard, in series that no registrar is known to hand out."""

from datetime import date
from random import Random
from typing import Final

from shared.values.uscc import ALPHABET, check_digit

MERGER: Final = date(2021, 3, 18)
UNIFIED_SINCE: Final = date(2015, 10, 1)
DISTRICT: Final = "410308"
JILI_TOWNS: Final = frozenset({"410308002", "410308003", "410308004", "410308005"})

_BODY_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_BODY_VALUES: Final = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
# Elsewhere in the city and the province; 410307 before 2021 was not yet the district that has the number today.
_ELSEWHERE: Final = ("410300", "410300", "410300", "410300", "410303", "410305", "410307", "410381", "410106", "410000")


def body_check(first8: str) -> str:
    """The ninth character of the body, GB 11714-1997: 11 − Σ mod 11, written X for 10 and 0 for 11."""
    total = sum(_BODY_VALUES[character] * weight for character, weight in zip(first8, _BODY_WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


def compose(prefix: str, region: str, body8: str) -> str:
    """A whole USCC of a two-character class, a six-digit region and the eight characters of a body."""
    first17 = prefix + region + body8 + body_check(body8)
    return first17 + check_digit(first17)


def department_uscc(order: int) -> str:
    """The code of the n-th department: 机关 (11) of the district, numbered bodies."""
    return compose("11", DISTRICT, f"MX{order:06d}")


def registration_region(rng: Random, registered_on: date, town: str) -> str:
    """The region a code of that day carries: the two counties of before the merger live on in it."""
    if rng.random() < 0.07:
        return rng.choice(_ELSEWHERE)
    if registered_on >= MERGER:
        return DISTRICT
    return "410306" if town in JILI_TOWNS else "410322"


def registrant_uscc(rng: Random, prefix: str, region: str, registered_on: date) -> str:
    """A code in the style of its day: digits for bodies of before October 2015, letters and digits after."""
    if registered_on < UNIFIED_SINCE:
        body = "9" + "".join(rng.choices("0123456789", k=7))
    else:
        body = "MX" + "".join(rng.choices(ALPHABET, k=6))
    return compose(prefix, region, body)
