"""The file of job 1: a register as a district sends it, 1 % of its rows wrong in a dozen ways, from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from shared.values.uscc import check_digit

HEADER: Final = "统一社会信用代码,名称,类别,登记状态,成立日期,所在镇街代码,地址,行业代码,行业版本,监管部门,标签"
COLUMNS: Final = HEADER.count(",") + 1
_WRONG_EVERY: Final = 100
_EQUAL_EVERY: Final = 2_000
_TORN_EVERY: Final = 5_000
_TOWNS: Final = ("城关镇", "平乐镇", "会盟镇", "白鹤镇", "朝阳镇", "送庄镇", "横水镇", "小浪底镇")
_WORDS: Final = "洛阳孟津黄河牡丹龙门邙山瀍河伊水金谷翠云春都中原恒信宏达鑫源瑞丰华泰永盛安康顺达"
_TRADES: Final = ("面业", "商贸", "餐饮服务", "建材", "机械制造", "农业科技", "物流", "食品", "医药", "装饰工程")
_TAGS: Final = ("", "食品生产", "工贸企业", "食品生产、冷链食品", "特种设备使用")
_DEPARTMENTS: Final = ("SCJG", "YJJ", "SCJG、YJJ", "SLJ")
_FIRST_DAY: Final = date(2000, 1, 1)

Row = list[str]


def _row(dice: random.Random, number: int) -> Row:
    first17 = f"91410308MA{number:07d}"
    name = "".join(dice.choices(_WORDS, k=4))
    town = dice.randrange(len(_TOWNS))
    return [
        first17 + check_digit(first17),
        f"孟津{name}{dice.choice(_TRADES)}有限公司",
        "企业",
        "存续",
        (_FIRST_DAY + timedelta(days=dice.randrange(9000))).isoformat(),
        f"4103081{town:02d}",
        f"{_TOWNS[town]}{dice.randrange(1, 999)}号",
        "1310",
        "2017",
        dice.choice(_DEPARTMENTS),
        dice.choice(_TAGS),
    ]


SPOILS: Final[dict[str, tuple[int, str]]] = {
    "registry.required": (1, ""),
    "registry.too_long": (1, "名" * 201),
    "uscc.length": (0, "91410308MA"),
    "uscc.alphabet": (0, "91410308MAI000000I"),
    "registry.not_in_vocabulary": (3, "停业"),
    "registry.date_malformed": (4, "2021-02-30"),
    "registry.date_in_future": (4, "2099-01-01"),
    "region.unknown": (5, "410399999"),
    "industry.invalid": (7, "9999"),
    "registry.edition_unknown": (8, "2002"),
    "registry.department_unknown": (9, "城管大队"),
    "registry.tag_malformed": (10, "食品/生产"),
    "uscc.check_digit": (0, "check"),
    "registry.row_ragged": (10, "ragged"),
}
"""Code of the finding → the column that is spoilt and what is put there; the last two are made from the row."""


def _spoilt(row: Row, code: str) -> tuple[str, str]:
    """The line as the file has it, and as it must be for COPY, which refuses a ragged one altogether."""
    column, value = SPOILS[code]
    changed = [*row]
    if code == "registry.row_ragged":
        return ",".join([*row, "多出一列"]), ",".join(row)
    if code == "uscc.check_digit":
        value = row[0][:-1] + ("1" if row[0][-1] != "1" else "2")
    changed[column] = value
    line = ",".join(changed)
    return line, line


@dataclass
class Made:
    """What is in a file: rows by their fate."""

    rows: int = 0
    new: int = 0
    wrong: int = 0
    duplicate: int = 0
    by_code: dict[str, int] = field(default_factory=dict)


def _lines(size: int, made: Made, seed: int) -> Iterator[tuple[str, str]]:
    dice = random.Random(seed)
    codes, numbers = list(SPOILS), list(range(size))
    dice.shuffle(numbers)
    before: Row = []
    for place, number in enumerate(numbers, start=1):
        made.rows += 1
        row = _row(dice, number)
        if place % _WRONG_EVERY == 0:
            code = codes[place // _WRONG_EVERY % len(codes)]
            made.wrong += 1
            made.by_code[code] = made.by_code.get(code, 0) + 1
            yield _spoilt(row, code)
            continue
        if place % _EQUAL_EVERY == 1 and before:
            row = before
            made.duplicate += 1
        elif place % _TORN_EVERY == 7:
            row = [*before[:6], "另一个地址", *before[7:]]
            made.new -= 1  # its partner is not taken either
            made.wrong += 2
        else:
            made.new += 1
        before = row
        line = ",".join(row)
        yield line, line


def write_files(folder: Path, size: int, seed: int = 20261124) -> tuple[Path, Path, Made]:
    """The file to import, the same with every line as wide as the header (for COPY), and what is in it."""
    made = Made()
    ours, plain = folder / "import.csv", folder / "plain.csv"
    with ours.open("w", encoding="utf-8") as one, plain.open("w", encoding="utf-8") as other:
        one.write(HEADER + "\n")
        for line, whole in _lines(size, made, seed):
            one.write(line + "\n")
            other.write(whole + "\n")
    return ours, plain, made
