"""Lists (名单), sections 3 and 4: roster (执法人员名录) and recusals (回避名单); rows `LIST_FORM`, `LIST_HASH`.

A list is NFC rows in strictly increasing byte order; Python compares text by code point, which is the same order.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.draw.domain.commitment import Terms
from services.draw.domain.errors import ListForm, ListHash
from services.draw.domain.fields import is_date, is_hex, is_id
from services.draw.domain.primitives import Bytes32, Suite
from services.draw.domain.strict_json import is_clean

ANYWHERE = "*"
_REGION = re.compile(r"[0-9]{2,12}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class Inspector:
    """执法检查人员 as the roster shows one: regions are prefixes of region codes, or `*` alone."""

    token: bytes
    department: str
    regions: tuple[str, ...]
    tags: tuple[str, ...]
    valid_to: str
    cap: int
    yearly_load: int

    def row(self) -> str:
        fields = (
            self.token.hex(),
            self.department,
            ",".join(self.regions),
            ",".join(self.tags),
            self.valid_to,
            str(self.cap),
            str(self.yearly_load),
        )
        return "\t".join(fields)


@dataclass(frozen=True)
class Recusal:
    """回避: this inspector does not visit this object."""

    object: bytes
    inspector: bytes

    def row(self) -> str:
        return f"{self.object.hex()}\t{self.inspector.hex()}"


def list_hash(suite: Suite, rows: Iterable[str]) -> Bytes32:
    """H(each row followed by LF)."""
    return suite.h("".join([row + "\n" for row in rows]).encode())


def strictly_increasing(rows: Sequence[str]) -> bool:
    return all(a < b for a, b in pairwise(rows))


def read_roster(rows: object) -> tuple[Inspector, ...]:
    """Roster rows, typed. Raises ListForm."""
    inspectors = tuple(_inspector(row, n) for n, row in enumerate(_rows(rows, "执法人员名录"), 1))
    if len({inspector.token for inspector in inspectors}) != len(inspectors):
        raise ListForm("执法人员名录中人员标识重复")
    return inspectors


def read_recusals(rows: object) -> tuple[Recusal, ...]:
    """Recusal rows, typed. Raises ListForm."""
    return tuple(_recusal(row, n) for n, row in enumerate(_rows(rows, "回避名单"), 1))


def check_list_hashes(suite: Suite, terms: Terms, roster: Iterable[Inspector], recusals: Iterable[Recusal]) -> None:
    """The typed rows write back to the very text that was read, so their hash is the list's. Raises ListHash."""
    if list_hash(suite, (inspector.row() for inspector in roster)) != terms.roster_hash:
        raise ListHash("执法人员名录")
    if list_hash(suite, (recusal.row() for recusal in recusals)) != terms.recusal_hash:
        raise ListHash("回避名单")


def _rows(rows: object, name: str) -> list[str]:
    if not isinstance(rows, list) or not all(isinstance(row, str) and is_clean(row) for row in rows):
        raise ListForm(f"{name}缺失，或有非 NFC 的行")
    if not strictly_increasing(rows):
        raise ListForm(f"{name}的行没有严格递增")
    return rows


def _inspector(row: str, n: int) -> Inspector:
    fields = row.split("\t")
    if len(fields) != 7:
        raise ListForm(f"执法人员名录第 {n} 行应有 7 个字段")
    token, department, regions, tags, valid_to, cap, load = fields
    fits = (
        is_hex(token)
        and is_id(department)
        and _are_regions(regions.split(","))
        and (not tags or all(map(is_id, tags.split(","))))
        and is_date(valid_to)
        and _NUMBER.fullmatch(cap)
        and _NUMBER.fullmatch(load)
    )
    if not fits:
        raise ListForm(f"执法人员名录第 {n} 行")
    return Inspector(
        token=bytes.fromhex(token),
        department=department,
        regions=tuple(regions.split(",")),
        tags=tuple(tags.split(",")) if tags else (),
        valid_to=valid_to,
        cap=int(cap),
        yearly_load=int(load),
    )


def _are_regions(regions: list[str]) -> bool:
    distinct = len(set(regions)) == len(regions)
    return regions == [ANYWHERE] or (distinct and all(map(_REGION.fullmatch, regions)))


def _recusal(row: str, n: int) -> Recusal:
    tokens = row.split("\t")
    if len(tokens) != 2 or not all(map(is_hex, tokens)):
        raise ListForm(f"回避名单第 {n} 行")
    return Recusal(bytes.fromhex(tokens[0]), bytes.fromhex(tokens[1]))
