"""A file as departments really send it: good rows between wrong ones (L5), each wrong one with its defect known."""

from collections.abc import Mapping, Sequence
from typing import Final

from demo.district.model import Entity, ImportRow
from demo.district.tables import ENTITY_COLUMNS, entity_cells
from shared.values.uscc import ALPHABET

GOOD_ROWS: Final = 14

_NAME, _CODE, _KIND, _DAY = "名称", "统一社会信用代码", "类别", "成立日期"
_TOWN, _DEPARTMENTS = "所在镇街代码", "监管部门"
# Defect, column, what is written there; None: made from the row itself.
_DEFECTS: Final[tuple[tuple[str, str, str | None], ...]] = (
    ("wrong_check_digit", _CODE, None),
    ("wrong_check_digit", _CODE, None),
    ("missing_name", _NAME, ""),
    ("missing_name", _NAME, "　"),
    ("unknown_town", _TOWN, "410308999"),
    ("unknown_town", _TOWN, "410322100"),
    ("bad_date", _DAY, "2021-02-30"),
    ("bad_date", _DAY, "二〇二一年三月"),
    ("unknown_kind", _KIND, "公司"),
    ("unknown_kind", _KIND, ""),
    ("unknown_department", _DEPARTMENTS, "孟津区城市管理局"),
    ("unknown_department", _DEPARTMENTS, "区市场监管局、不存在的部门"),
)
FRESH: Final = GOOD_ROWS + len(_DEFECTS)


def import_rows(fresh: Sequence[Entity], names: Mapping[str, str]) -> tuple[ImportRow, ...]:
    """About thirty rows from `FRESH` businesses that are in no other file, all with a USCC.

    Good and wrong rows alternate; then two rows repeat earlier good ones word for word (`duplicate_equal`) and two
    repeat their code with another address (`duplicate_different`). One good row has its code in full width.
    """
    rows = [entity_cells(entity, names) for entity in fresh]
    good = [ImportRow(cells, None, None) for cells in rows[:GOOD_ROWS]]
    good[-1] = ImportRow(_with(good[-1].cells, _CODE, _full_width(_cell(good[-1].cells, _CODE))), None, None)
    wrong = [_spoil(cells, *defect) for cells, defect in zip(rows[GOOD_ROWS:], _DEFECTS, strict=True)]
    mixed = [row for pair in zip(good, wrong, strict=False) for row in pair] + good[len(wrong) :]
    return (*mixed, *_repeats(good))


def _spoil(cells: tuple[str, ...], defect: str, column: str, written: str | None) -> ImportRow:
    text = _other_check_digit(_cell(cells, column)) if written is None else written
    return ImportRow(_with(cells, column, text), defect, column)


def _repeats(good: Sequence[ImportRow]) -> list[ImportRow]:
    equal = [ImportRow(row.cells, "duplicate_equal", _CODE) for row in good[:2]]
    moved = [
        ImportRow(_with(row.cells, "地址", _cell(row.cells, "地址") + "附1号"), "duplicate_different", _CODE)
        for row in good[2:4]
    ]
    return [*equal, *moved]


def _other_check_digit(code: str) -> str:
    return code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % len(ALPHABET)]


def _full_width(code: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in code)


def _cell(cells: tuple[str, ...], column: str) -> str:
    return cells[ENTITY_COLUMNS.index(column)]


def _with(cells: tuple[str, ...], column: str, text: str) -> tuple[str, ...]:
    place = ENTITY_COLUMNS.index(column)
    return (*cells[:place], text, *cells[place + 1 :])
