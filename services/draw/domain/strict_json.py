"""Strict text and JSON (严格文本), section 3: one document has one reading.

Text is UTF-8, NFC, without BOM or lone surrogates. JSON is RFC 8259 with one object on top, no name twice, numbers
`0|[1-9][0-9]{0,14}`, at most 64 levels.
"""

import json
import re
from collections.abc import Iterator
from unicodedata import category, is_normalized

from services.draw.domain.errors import JsonRefused, TextRefused

MAX_DEPTH = 64
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


def is_clean(text: str) -> bool:
    """Whether a string is NFC and free of lone surrogates."""
    return (text.isascii() or not _SURROGATE.search(text)) and is_normalized("NFC", text)


def unassigned(text: str) -> str:
    """The characters Unicode has not assigned (operators MUST NOT use them: their NFC may still change)."""
    return "" if text.isascii() else "".join(sorted({c for c in text if category(c) == "Cn"}))


def decode(raw: bytes) -> str:
    """UTF-8 bytes to text. Raises TextRefused."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TextRefused(f"第 {error.start} 字节起不是 UTF-8") from None


def parse_object(text: object) -> dict[str, object]:
    """Read one strict JSON object. Raises TextRefused, JsonRefused (rows `TEXT`, `JSON`, `TEXT` in that order)."""
    if not isinstance(text, str):
        raise JsonRefused("文档不是文本")
    if not is_clean(text):
        raise TextRefused("文档全文")
    value = _loads(text)
    if not isinstance(value, dict):
        raise JsonRefused("最外层不是对象")
    check_strings(value)
    return value


def check_strings(value: object) -> None:
    """Every string and member name inside a decoded value is clean. Raises TextRefused."""
    for text in _strings(value):
        if not is_clean(text):
            raise TextRefused(f"字符串 {text[:40]!a}")


def _strings(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            yield from item
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _loads(text: str) -> object:
    _check_depth(text)
    try:
        return json.loads(
            text, object_pairs_hook=_unique, parse_int=_number, parse_float=_number, parse_constant=_number
        )
    except json.JSONDecodeError as error:
        raise JsonRefused(f"第 {error.lineno} 行第 {error.colno} 列不合 JSON 语法") from None


def _check_depth(text: str) -> None:
    """Before parsing, because a parser that recurses must never see a deeper text."""
    depth = 0
    for mark in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if mark in "[{" else -1
        if depth > MAX_DEPTH:
            raise JsonRefused(f"嵌套超过 {MAX_DEPTH} 层")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonRefused("同一对象中成员名重复")
    return members


def _number(literal: str) -> int:
    if not _NUMBER.fullmatch(literal):
        raise JsonRefused(f"数字写法 {literal[:20]} 不允许")
    return int(literal)
