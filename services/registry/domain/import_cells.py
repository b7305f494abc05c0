"""Reading the cells of one row: every fault is collected with its field, a stable code and Chinese text (L5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.values.text import clean, search_key

_DATE: Final = re.compile(r"^(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?(?:[ T]00:00(?::00(?:\.0+)?)?)?$")
_COMPACT_DATE: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_SEPARATORS: Final = re.compile(r"[、，,;；|]")
# Tags become IDs of the draw protocol (section 4): no blanks, none of / , | " \, at most 64 characters.
_TAG: Final = re.compile(r'^[^\x00-\x20\x7f/,|"\\]{1,64}$')
_PHONE: Final = re.compile(r"^\+?[0-9][0-9 \-]{5,18}[0-9]$")
RESERVED_TAG: Final = "expert"
UNDECODABLE: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class RowFault:
    """One wrong field of a row. `value` as written; who shows it masks it where the field is personal."""

    field: str
    code: str
    message: str
    value: str


def tidy(text: str) -> str:
    """`shared.values.text.clean`, with a short way for the great majority of cells that are clean already."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return " ".join(text.split())
    return clean(text)


class Cells:
    """The cells of one row by our field names. Readers return the value or note a fault and return None or ()."""

    def __init__(self, cells: Mapping[str, str], defaults: Mapping[str, str] | None = None) -> None:
        self._cells = cells
        self._defaults = defaults or {}
        self.faults: list[RowFault] = []

    def raw(self, field: str, *, with_default: bool = True) -> str:
        """The cell without stray blanks; the default of the field where it is blank; else empty."""
        written = tidy(self._cells.get(field, ""))
        return written or (tidy(self._defaults.get(field, "")) if with_default else "")

    def has(self, field: str) -> bool:
        """Whether the file has this column at all."""
        return field in self._cells

    def fault(self, field: str, code: str, message: str) -> None:
        self.faults.append(RowFault(field, code, message, self.raw(field)))

    def text(self, field: str, limit: int) -> str | None:
        """Text of at most `limit` characters; None when blank."""
        value = self.raw(field)
        if not value:
            return None
        if UNDECODABLE in value:
            self.fault(field, "registry.undecodable", "含有无法识别的字符，请检查文件编码")
        elif len(value) > limit:
            self.fault(field, "registry.too_long", f"最多 {limit} 个字，现有 {len(value)} 个字")
        return value

    def required(self, field: str, limit: int) -> str:
        value = self.text(field, limit)
        if value is None:
            self.fault(field, "registry.required", "必填项为空")
        return value or ""

    def date(self, field: str) -> date | None:
        """2024-01-31, 2024/1/31, 2024.1.31, 2024年1月31日 or 20240131."""
        value = self.raw(field)
        if not value:
            return None
        found = _DATE.match(value) or _COMPACT_DATE.match(value)
        try:
            if found is not None:
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
        self.fault(field, "registry.date_malformed", "不是有效的日期，应写作 2024-01-31")
        return None

    def choice(self, field: str, vocabulary: Mapping[str, str]) -> str | None:
        """The value that a written word stands for; None when blank or, with a fault, unknown."""
        value = self.raw(field)
        if not value:
            return None
        known = vocabulary.get(search_key(value))
        if known is None:
            self.fault(field, "registry.not_in_vocabulary", f"“{value[:30]}”不在可选值之内")
        return known

    def many(self, field: str) -> tuple[str, ...]:
        """Parts between 、，,;；| without repetition, in the order written."""
        parts = (part.strip() for part in _SEPARATORS.split(self.raw(field)))
        return tuple(dict.fromkeys(part for part in parts if part))

    def tags(self, field: str) -> tuple[str, ...]:
        parts = self.many(field)
        for part in parts:
            if not _TAG.match(part) or part == RESERVED_TAG or UNDECODABLE in part:
                self.fault(
                    field, "registry.tag_malformed", f'标签“{part[:30]}”不合规：不能含空格和 / , | " \\，最多 64 字'
                )
        return tuple(sorted(parts))

    def phone(self, field: str) -> str | None:
        value = self.raw(field)
        if value and not _PHONE.match(value):
            self.fault(field, "registry.phone_malformed", "电话号码只能由 7 至 20 位数字、空格和横线组成")
        return value or None


def vocabulary(*pairs: tuple[str, Iterable[str]]) -> dict[str, str]:
    """Value and the words written for it → folded word → value; the value itself counts as a word."""
    return {search_key(word): value for value, words in pairs for word in (value, *words)}
