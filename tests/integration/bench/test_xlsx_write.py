"""What the benchmark of spreadsheets measures is the product, and its file holds the rows: without a clock."""

from __future__ import annotations

import pytest

from tests.bench import xlsx_write


def test_the_bench_runs_whole_on_a_small_size_and_holds_to_its_memory() -> None:
    report = xlsx_write.run(2000)
    assert (report.line.bench, report.missed) == ("xlsx-write", ())


def test_the_bench_refuses_a_file_whose_last_row_is_another() -> None:
    with pytest.raises(xlsx_write.Wrong):
        xlsx_write.check_rows([list(xlsx_write.HEADERS), list(xlsx_write.a_row(7))], 1)
