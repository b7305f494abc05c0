"""Objects of a file against the stored ones, by the hundred thousand in memory: which are stored already just so.

It answers yes only where it is sure; what differs, however little, is judged and written by `import_sql`. Both compare
the same columns: those the file gives, keys only where the row has them, telephones by their marks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

import numpy as np
import polars as pl

from services.registry.domain.import_rows import ImportKind
from services.registry.storage.import_tables import IMPORT_TABLES
from services.registry.storage.sealing import mark

_KEYS: Final = ("uscc", "external_no")
_BETWEEN: Final = "\x1f"
_PHONE: Final = "legal_rep_phone"
_WRITTEN: Final = {
    "registered_on": "CAST(registered_on AS text)",
    "departments": "'=' || array_to_string(departments, chr(31))",
    "tags": "'=' || array_to_string(tags, chr(31))",
    f"{_PHONE}_mark": f"encode({_PHONE}_mark, 'hex')",
}
"""Columns that are no text as the text they are compared by."""


class Comparison:
    """Use: have `take` see every row of `query` in texts by `columns`, then read `same`."""

    def __init__(self, rows: pl.DataFrame, values: Mapping[str, Sequence[Any]], provided: AbstractSet[str]) -> None:
        table = IMPORT_TABLES[ImportKind.ENTITIES]
        self._compared = [name for name in table.compared if name not in _KEYS and table.source_field(name) in provided]
        self.columns = [*_KEYS, *self._compared]
        written = ", ".join(_WRITTEN.get(name, name) for name in self.columns)
        self.query = f"SELECT {written} FROM entities"  # noqa: S608 - constants only
        places = pl.int_range(rows.height, dtype=pl.UInt32, eager=True).alias("place")
        texts = [_text(name, rows, values).alias(name) for name in self._compared]
        self._rows = pl.DataFrame([places, *(rows[key] for key in _KEYS), *texts])
        self._same = np.zeros(rows.height, np.bool_)

    @property
    def same(self) -> pl.Series:
        return pl.Series(self._same)

    def take(self, stored: pl.DataFrame) -> None:
        equal = [pl.col(name).eq_missing(pl.col(f"{name}_right")) for name in self._compared]
        by_uscc = self._rows.filter(pl.col("uscc").is_not_null()).join(stored, on="uscc", how="inner")
        agrees = pl.col("external_no").is_null() | (pl.col("external_no") == pl.col("external_no_right"))
        by_number = self._rows.filter(pl.col("uscc").is_null()).join(stored, on="external_no", how="inner")
        for found in (by_uscc.filter(agrees, *equal), by_number.filter(*equal)):
            self._same[found["place"].to_numpy()] = True


def _text(column: str, rows: pl.DataFrame, values: Mapping[str, Sequence[Any]]) -> pl.Series:
    """A column of the file as `_WRITTEN` gives it of the table."""
    if column == f"{_PHONE}_mark":
        marks = [mark(number) for number in rows[_PHONE].to_list()]
        return pl.Series([None if found is None else found.hex() for found in marks], dtype=pl.String)
    if column.startswith("industry_"):
        place = ("industry_edition", "industry_code").index(column)
        return _gathered([pair[place] for pair in values["industry"]], rows["industry"])
    if column not in values:
        return rows[column]
    if column in ("departments", "tags"):
        return _gathered(["=" + _BETWEEN.join(parts) for parts in values[column]], rows[column])
    return _gathered([None if value is None else str(value) for value in values[column]], rows[column])


def _gathered(texts: Sequence[str | None], numbers: pl.Series) -> pl.Series:
    return pl.Series(texts, dtype=pl.String).gather(numbers)
