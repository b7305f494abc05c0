"""What the database is asked, where it can be known without one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.registry.domain.import_rows import ImportKind
from services.registry.storage.condition_sql import divisions_of
from services.registry.storage.import_tables import IMPORT_TABLES
from services.registry.storage.sealing import keyed_digest, mark, opened, sealed
from shared.runtime.sealed import SealKeys, seal_keys, use_seal_keys
from shared.values.industry import IndustryCode, IndustryEdition


@pytest.mark.parametrize(("edition", "divisions"), [(IndustryEdition.GB2011, 96), (IndustryEdition.GB2017, 97)])
def test_the_sections_of_an_edition_share_out_its_divisions(edition: IndustryEdition, divisions: int) -> None:
    """GB/T 4754: 20 sections, 96 divisions in 2011, 97 in 2017."""
    shared_out = [code for letter in "ABCDEFGHIJKLMNOPQRST" for code in divisions_of(IndustryCode(edition, letter))]
    assert shared_out == [f"{number:02d}" for number in range(1, divisions + 1)]


@pytest.fixture
def _own_keys() -> Iterator[None]:
    """Keys are the process's; whoever comes after finds those that were there."""
    try:
        before = seal_keys()
    except RuntimeError:
        before = SealKeys({"k0": b"0" * 32})
    yield
    use_seal_keys(before)


@pytest.mark.usefixtures("_own_keys")
def test_a_mark_finds_equal_values_and_outlives_a_new_key() -> None:
    old = SealKeys({"k1": b"1" * 32})
    use_seal_keys(old)
    before, hidden = mark("13812345678"), sealed("13812345678")
    use_seal_keys(SealKeys({"k2": b"2" * 32, "k1": b"1" * 32}))
    assert mark("13812345678") == before != mark("13812345679")
    assert opened(hidden) == "13812345678"
    assert sealed("13812345678") != hidden
    use_seal_keys(SealKeys({"k3": b"3" * 32}))
    assert keyed_digest("13812345678") != before


@pytest.mark.parametrize("kind", list(ImportKind))
def test_personal_columns_are_compared_by_their_marks_only(kind: ImportKind) -> None:
    table = IMPORT_TABLES[kind]
    assert not set(table.compared) & {*table.sealed, *table.derived}
    assert {f"{name}_mark" for name in table.sealed} <= set(table.compared)
    assert set(table.keys) <= set(table.compared)
