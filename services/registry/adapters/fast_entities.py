"""Objects of many plain lines at once: the vectorised twin of `domain.import_rows` for entities (REL21).

It takes a row only where it is sure; every other row is the per-row reader's, so that faults are told by one hand.
Cells of which few different ones exist are read by the domain's own functions, each combination once; USCCs by numpy.
What such a part was read as is kept once and numbered: a row holds numbers, so that a million rows fit into memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from services.registry.adapters.csv_blocks import PLAIN, STRAY
from services.registry.domain.entities import EntityContent
from services.registry.domain.import_cells import Cells, tidy
from services.registry.domain.import_fields import ColumnPlan
from services.registry.domain.import_rows import ENTITY_CELLS, DistrictFacts, read_entity_part
from shared.values.uscc import ALPHABET, LENGTH, WEIGHTS

REMEMBERED: Final = 200_000
"""Combinations of cells kept; beyond it a file has too many different ones for remembering to help."""
LIMITS: Final = {"name": 200, "external_no": 64, "address": 300, "producer_external_no": 64}
PHONE: Final = r"^[0-9]{7,20}$"
_CODE: Final = rf"^[{ALPHABET}]{{{LENGTH}}}$"
_PLACES: Final = np.full(256, 255, np.uint8)
_PLACES[np.frombuffer(ALPHABET.encode(), np.uint8)] = np.arange(len(ALPHABET), dtype=np.uint8)
MAYBE: Final = ("uscc", "external_no", "address", "producer_external_no", "legal_rep_phone")
_WRONG: Final = -1


@dataclass(frozen=True, slots=True)
class Judged:
    """`sure`: one row an object: `line`, the texts of its content, `name_key` where it is not the name itself, and by
    its name each part of `ENTITY_CELLS` as a number into `FastEntities.values`.
    `unsure`: columns `line` and `text`, for the per-row reader."""

    sure: pl.DataFrame
    unsure: pl.DataFrame


def valid_usccs(codes: pl.Series) -> pl.Series:
    """Which texts are USCCs as written (GB 32100-2015): the twin of `shared.values.uscc.is_valid`."""
    shaped = codes.str.contains(_CODE).fill_null(False)
    raw = codes.filter(shaped).str.join("").cast(pl.Binary).item() or b""
    values = _PLACES[np.frombuffer(raw, np.uint8).reshape(-1, LENGTH)]
    # Sums stay below 2**24, so that floating point, in which products of matrices are quick, is exact.
    sums = (values[:, :-1].astype(np.float32) @ np.array(WEIGHTS, np.float32)).astype(np.int32)
    right = -sums % len(ALPHABET) == values[:, -1]
    whole = np.zeros(codes.len(), np.bool_)
    whole[shaped.to_numpy()] = right
    return pl.Series(whole)


class FastEntities:
    """The reader of one file; remembers every combination of cells it has met. `values`: what parts were read as."""

    def __init__(self, plan: ColumnPlan, defaults: Mapping[str, str], facts: DistrictFacts) -> None:
        self._plan, self._defaults, self._facts = plan, defaults, facts
        self._known: dict[str, dict[tuple[str, ...], int]] = {part: {} for part in ENTITY_CELLS}
        self._numbers: dict[str, dict[Any, int]] = {part: {} for part in ENTITY_CELLS}
        self.values: dict[str, list[Any]] = {part: [] for part in ENTITY_CELLS}

    @staticmethod
    def reads(defaults: Mapping[str, str]) -> bool:
        """Whether the defaults are as plain as the lines must be, and none stands for a key."""
        texts = pl.Series([tidy(text) for text in defaults.values()], dtype=pl.String)
        plain = (texts.str.contains(PLAIN) & ~texts.str.contains(STRAY)).all()
        return bool(plain) and not defaults.keys() & {"uscc", "external_no"}

    def judge(self, plain: pl.DataFrame) -> Judged:
        cells = self._cells(plain["text"])
        numbers = {part: self._part(part, cells) for part in ENTITY_CELLS}
        sure = self._texts(cells)
        for found in numbers.values():
            sure &= found != _WRONG
        key = self._name_key()
        content = cells.select(
            plain["line"],
            "name",
            pl.when(key != pl.col("name")).then(key).alias("name_key"),
            *(pl.when(pl.col(name) != "").then(pl.col(name)) for name in MAYBE),
            *(found.alias(part) for part, found in numbers.items()),
        )
        return Judged(content.filter(sure), plain.filter(~sure))

    def _cells(self, text: pl.Series) -> pl.DataFrame:
        """Our fields as columns: the cell, else the default, else empty."""
        names = [f"column_{place}" for place in range(self._plan.width)]
        frame = pl.read_csv(
            text.str.join("\n").cast(pl.Binary).item(),
            has_header=False,
            new_columns=names,
            schema=dict.fromkeys(names, pl.String),
            quote_char=None,
            empty_string_is_null=False,
            raise_if_empty=False,
        )
        wanted = {"name", *MAYBE, *(cell for cells in ENTITY_CELLS.values() for cell in cells)}
        return frame.select(self._cell(field).alias(field) for field in sorted(wanted))

    def _cell(self, field: str) -> pl.Expr:
        default = tidy(self._defaults.get(field, ""))
        if field not in self._plan.places:
            return pl.lit("" if field == "region_code" else default)
        cell = pl.col(f"column_{self._plan.places[field]}")
        # A default region comes after what the address says: the part's own reader knows.
        return cell if field == "region_code" or not default else cell.replace("", default)

    def _texts(self, cells: pl.DataFrame) -> pl.Series:
        """Where texts are short enough, the name is there, and so is a valid key."""
        short = pl.all_horizontal(pl.col(name).str.len_chars() <= limit for name, limit in LIMITS.items())
        keyed = (pl.col("uscc") != "") | (pl.col("external_no") != "")
        callable_ = (pl.col("legal_rep_phone") == "") | pl.col("legal_rep_phone").str.contains(PHONE)
        fine = cells.select(short & keyed & (pl.col("name") != "") & callable_).to_series()
        return fine & (valid_usccs(cells["uscc"]) | (cells["uscc"] == ""))

    @staticmethod
    def _name_key() -> pl.Expr:
        """`search_key` of a plain text: one kind of bracket, no blanks, lower case."""
        return pl.col("name").str.replace_many(["（", "）", " "], ["(", ")", ""]).str.to_lowercase()

    def _part(self, part: str, cells: pl.DataFrame) -> pl.Series:
        """The numbers of what the cells say, `_WRONG` where they are not right."""
        fields = ENTITY_CELLS[part]
        keys = cells.select(self._key(part, field).alias(field) for field in fields)
        different = keys.unique()
        known = self._known[part]
        if len(known) > REMEMBERED:
            known.clear()
        read = [
            number if (number := known.get(key)) is not None else known.setdefault(key, self._read(part, key))
            for key in different.rows()
        ]
        table = different.with_columns(pl.Series("number", read, dtype=pl.Int32))
        return keys.join(table, on=list(fields), how="left", maintain_order="left")["number"]

    @staticmethod
    def _key(part: str, field: str) -> pl.Expr:
        if part == "kind" and field == "uscc":
            return pl.col(field).str.slice(0, 2)
        if part == "region_code" and field == "address":
            return pl.when(pl.col("region_code") == "").then(pl.col("address")).otherwise(pl.lit(""))
        return pl.col(field)

    def _read(self, part: str, key: tuple[str, ...]) -> int:
        # The columns that the file has, and the defaults, say what a blank cell means.
        given = dict(zip(ENTITY_CELLS[part], key, strict=True))
        cells = Cells({name: text for name, text in given.items() if text or name in self._plan.places}, self._defaults)
        value = read_entity_part(part, cells, self._facts)
        if cells.faults:
            return _WRONG
        number = self._numbers[part].setdefault(value, len(self.values[part]))
        if number == len(self.values[part]):
            self.values[part].append(value)
        return number


def entity_content(row: Mapping[str, Any], values: Mapping[str, Sequence[Any]]) -> EntityContent:
    """The object of one row of `Judged.sure`; `values`: those of its reader."""
    parts = {part: values[part][row[part]] for part in ENTITY_CELLS if part != "industry"}
    edition, code = values["industry"][row["industry"]]
    texts = {name: row[name] for name in ("name", *MAYBE)}
    return EntityContent(
        **texts, **parts, name_key=row["name_key"] or row["name"], industry_edition=edition, industry_code=code
    )
