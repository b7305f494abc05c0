"""What of a natural person may be shown: the name in part, numbers never (个人信息保护法 第五、六、二十八条).

Applied before anything is kept: this database holds nothing that is not public (架构 rule 7).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from shared.values.uscc import check_digit

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_ID: Final = re.compile(r"(?<![0-9A-Za-z])(\d{17}[\dXx])(?![0-9A-Za-z])")
_OLD_ID: Final = re.compile(r"(?<![0-9A-Za-z])(\d{6})(\d{2})(\d{2})(\d{2})\d{3}(?![0-9A-Za-z])")
_MOBILE: Final = re.compile(r"(?<!\d)1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)")
_PERSON_IN_BRACKETS: Final = re.compile(
    r"(?P<role>经营者|负责人|业主|法定代表人)(?P<sign>[:：]?)(?P<name>[\u4e00-\u9fff·]{2,4})(?=[)）]|$)"
)
_ORGANISATION: Final = re.compile(
    r"[公司厂店铺社部院所校园站行馆场吧城楼坊堂室处会局厅委队户摊屋轩阁居庄村组中心]|商行|超市|诊所|银行"
)
_HAN_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]+·[\u4e00-\u9fff·]+")
_OLDEST, _YOUNGEST = 1880, 2020
HIDDEN: Final = "（号码不公开）"


def public_name(name: str, uscc: str | None) -> str:
    """The name an object is shown under. An object without USCC that bears a person's name is a person: 张三 → 张*,
    张三丰 → 张*丰. A person named in brackets behind a shop's name is masked too."""
    shown = scrubbed(name)
    shown = _PERSON_IN_BRACKETS.sub(lambda found: found["role"] + found["sign"] + masked(found["name"]), shown)
    if uscc is None and _HAN_NAME.fullmatch(shown) and not _ORGANISATION.search(shown):
        return masked(shown)
    return shown


def masked(name: str) -> str:
    """First sign, stars, last sign where there are three or more."""
    return name[0] + "*" if len(name) <= 2 else name[0] + "*" * (len(name) - 2) + name[-1]


def scrubbed(text: str) -> str:
    """Text without identity-card numbers (GB 11643) and mobile numbers."""
    without = _ID.sub(lambda found: HIDDEN if is_citizen_number(found[1]) else found[0], text)
    without = _OLD_ID.sub(_hide_old, without)
    return _MOBILE.sub(HIDDEN, without)


def _hide_old(found: re.Match[str]) -> str:
    """Numbers of 15 digits, given out until 1999."""
    return HIDDEN if _is_day(1900 + int(found[2]), found[3], found[4]) else found[0]


def is_citizen_number(number: str) -> bool:
    """Whether 18 signs read as a citizen's number (公民身份号码, GB 11643): a day of birth inside, and its check
    digit is right or it is at least no USCC, as who mistypes one digit is to be protected too."""
    if not _is_day(int(number[6:10]), number[10:12], number[12:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == number[-1].upper() or check_digit(number[:17]) != number[-1].upper()


def _is_day(year: int, month: str, day: str) -> bool:
    """Of a birth. Numbers of plans and tasks are built alike, of district and date, but their days are recent."""
    try:
        return _OLDEST <= date(year, int(month), int(day)).year < _YOUNGEST
    except ValueError:
        return False
