"""Reads the district's own data files into facts; every file is small and inside the package."""

import csv
import re
from pathlib import Path
from typing import Final

from demo.district.codes import department_uscc
from demo.district.model import COOP, FIRM, SHOP, Department, Duty, Item, LegalBasis, Town, Trade

_DATA: Final = Path(__file__).parent / "data"
_BASIS: Final = re.compile(r"《(?P<law>.+?)》(?P<article>第.+)")


def departments() -> tuple[Department, ...]:
    """The 22 departments of the work plan 三（一）, in its order."""
    return tuple(
        Department(
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            uscc=department_uscc(order),
            inspectors=int(row["inspectors"]),
            fields=_many(row["fields"]),
        )
        for order, row in enumerate(_rows("departments.csv"), start=1)
    )


def towns() -> tuple[Town, ...]:
    return tuple(Town(row["code"], row["name"]) for row in _rows("towns.csv"))


def duties() -> tuple[Duty, ...]:
    return tuple(
        Duty(row["department"], row["role"], _many(row["kinds"]), _many(row["tags"])) for row in _rows("duties.csv")
    )


def trades() -> tuple[Trade, ...]:
    return tuple(
        Trade(
            industry=row["industry"],
            weights={FIRM: int(row["firm"]), SHOP: int(row["shop"]), COOP: int(row["coop"])},
            labels={
                FIRM: _many(row["firm_labels"]),
                SHOP: _many(row["shop_labels"]),
                COOP: _many(row["coop_labels"]),
            },
            tags=_many(row["tags"]),
            prefix=row["prefix"],
            products=_many(row["products"]),
        )
        for row in _rows("trades.csv")
    )


def items() -> tuple[Item, ...]:
    """Every department's list; codes are the department and a running number."""
    numbers: dict[str, int] = {}
    found: list[Item] = []
    for row in _rows("items.csv"):
        department = row["department"]
        numbers[department] = numbers.get(department, 0) + 1
        found.append(_item(row, f"{department}-{numbers[department]:03d}"))
    return tuple(found)


def _item(row: dict[str, str], code: str) -> Item:
    cap = row["ratio_cap_percent"]
    return Item(
        code=code,
        department=row["department"],
        level=row["level"],
        name=row["name"],
        bases=tuple(_basis(text) for text in row["bases"].split("；")),
        methods=_many(row["methods"]),
        kinds=_many(row["kinds"]),
        tags=_many(row["tags"]),
        fields=_many(row["fields"]),
        ratio_cap_percent=int(cap) if cap else None,
        times_per_year=int(row["times_per_year"]),
        content=tuple(row["content"].split("；")),
    )


def _basis(text: str) -> LegalBasis:
    match = _BASIS.fullmatch(text)
    if match is None:
        raise ValueError(f"no law and article in {text!r}")
    return LegalBasis(match["law"], match["article"])


def _many(text: str) -> tuple[str, ...]:
    return tuple(text.split("、")) if text else ()


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
