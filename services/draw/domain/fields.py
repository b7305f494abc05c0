"""Field types (字段类型), section 4: ID, HEX, LINE, UINT, DATE, TIME, arrays and objects with closed member lists.

A reader takes a decoded JSON value and the place it stands at, returns the typed value or raises FieldRefused.
"""

import re
from collections.abc import Callable
from typing import Protocol, TypeVar

from services.draw.domain.errors import FieldRefused

T = TypeVar("T")
C = TypeVar("C", covariant=True)
UINT_MAX = 2**32 - 1

_ID = re.compile(r'[^\x00-\x20\x7f/,|"\\]{1,64}')
_HEX = re.compile(r"[0-9a-f]{64}")
_LINE = re.compile(r"[^\x00-\x1f\x7f]{0,2000}")
_DATE_PATTERN = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_DATE = re.compile(_DATE_PATTERN)
_TIME = re.compile(_DATE_PATTERN + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\+08:00")


class Reader(Protocol[C]):
    def __call__(self, value: object, where: str, /) -> C: ...


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def is_hex(text: str) -> bool:
    return _HEX.fullmatch(text) is not None


def is_line(text: str) -> bool:
    return _LINE.fullmatch(text) is not None


def is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None


def is_time(text: str) -> bool:
    return _TIME.fullmatch(text) is not None


def _text(value: object, where: str, fits: Callable[[str], bool], kind: str) -> str:
    if isinstance(value, str) and fits(value):
        return value
    raise FieldRefused(f"{where} 不是 {kind}")


def read_id(value: object, where: str) -> str:
    return _text(value, where, is_id, "ID")


def read_hex(value: object, where: str) -> bytes:
    return bytes.fromhex(_text(value, where, is_hex, "HEX"))


def read_line(value: object, where: str) -> str:
    return _text(value, where, is_line, "LINE")


def read_date(value: object, where: str) -> str:
    """A DATE stays text: the protocol compares text and allows 31 in every month."""
    return _text(value, where, is_date, "DATE")


def read_time(value: object, where: str) -> str:
    """A TIME stays text, compared as text."""
    return _text(value, where, is_time, "TIME")


def read_true(value: object, where: str) -> bool:
    if value is True:
        return True
    raise FieldRefused(f"{where} 只能是 true")


def uint(low: int = 0, high: int = UINT_MAX) -> Reader[int]:
    """A reader of integers in low…high."""

    def read(value: object, where: str) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        raise FieldRefused(f"{where} 不是 {low}…{high} 的整数")

    return read


def choice(*allowed: str) -> Reader[str]:
    """A reader of one of some words."""

    def read(value: object, where: str) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        raise FieldRefused(f"{where} 不是 {'、'.join(allowed)} 之一")

    return read


def array(read_item: Reader[T], *, empty: bool = False) -> Reader[tuple[T, ...]]:
    """A reader of arrays, not empty unless marked."""

    def read(value: object, where: str) -> tuple[T, ...]:
        if not isinstance(value, list) or not (value or empty):
            raise FieldRefused(f"{where} 不是{'' if empty else '非空'}数组")
        return tuple(read_item(item, f"{where}[{n}]") for n, item in enumerate(value))

    return read


class Members:
    """The members of one JSON object; `done` refuses those that nobody asked for."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise FieldRefused(f"{where} 不是对象")
        self._left = dict(value)
        self._where = where

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def take(self, name: str, read: Reader[T]) -> T:
        if name not in self._left:
            raise FieldRefused(f"{self._where} 缺少 {name}")
        return read(self._left.pop(name), f"{self._where}.{name}")

    def maybe(self, name: str, read: Reader[T]) -> T | None:
        return self.take(name, read) if name in self._left else None

    def done(self) -> None:
        if self._left:
            raise FieldRefused(f"{self._where} 有未知成员 {'、'.join(map(ascii, self._left))}")
