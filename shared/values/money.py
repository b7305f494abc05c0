"""Money: whole 分 (fen), never a float.

The credit platform writes amounts in 万元 with up to six decimals, the last of which is 1 分 (双公示, CF_NR_FK).
"""

import re
from typing import ClassVar, Final

from shared.values.errors import InvalidValue

FEN_PER_YUAN: Final = 100
FEN_PER_WAN: Final = 1_000_000
MAX_FEN: Final = 2**63 - 1  # what a bigint column holds

_DECIMAL: Final = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]{1,18})(?:\.(?P<part>[0-9]{1,20}))?")


class InvalidAmount(InvalidValue):
    """Text that is no exact amount of money."""

    code: ClassVar[str] = "money.invalid"

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"金额“{text}”无法识别：{reason}")
        self.text = text


def fen_from_wan(text: str) -> int:
    """分 in a decimal text of 万元: "1.5" → 1,500,000; "0.000001" → 1.

    Raises `InvalidAmount` below 1 分 or above `MAX_FEN`.
    """
    return _fen(text, FEN_PER_WAN, 6)


def fen_from_yuan(text: str) -> int:
    """分 in a decimal text of 元: "12.30" → 1,230. Raises `InvalidAmount` below 1 分 or above `MAX_FEN`."""
    return _fen(text, FEN_PER_YUAN, 2)


def wan_text(fen: int) -> str:
    """The shortest exact decimal of 万元: 1,500,000 → "1.5"."""
    text = _text(fen, FEN_PER_WAN, 6).rstrip("0")
    return text.removesuffix(".")


def yuan_text(fen: int) -> str:
    """元 with two decimals: 1,230 → "12.30"."""
    return _text(fen, FEN_PER_YUAN, 2)


def _fen(text: str, unit: int, decimals: int) -> int:
    match = _DECIMAL.fullmatch(text.strip().replace(",", ""))
    if match is None:
        raise InvalidAmount(text, "应为十进制数字")
    part = match["part"] or ""
    if part[decimals:].strip("0"):
        raise InvalidAmount(text, "精确到分，小数位过多")
    fen = int(match["whole"]) * unit + int(part[:decimals].ljust(decimals, "0"))
    if fen > MAX_FEN:
        raise InvalidAmount(text, "金额过大")
    return -fen if match["sign"] else fen


def _text(fen: int, unit: int, decimals: int) -> str:
    whole, rest = divmod(abs(fen), unit)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:0{decimals}d}"
