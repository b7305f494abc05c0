"""The pool and its openings: nothing added, left out, doubled (D2, L7, sections 3 to 6)."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.draw.domain.build import declare_strata, list_rows, open_records
from services.draw.domain.commitment import Entry, Terms
from services.draw.domain.documents import parse_commitment
from services.draw.domain.errors import OpeningRefused, PoolOverlap, PoolRoot
from services.draw.domain.pool import TokenFile, check_pool
from services.draw.domain.primitives import SHA256, tagged
from services.draw.domain.records import Blinder, check_openings, read_openings, region_of

TINY = json.loads((Path(__file__).parents[5] / "tests/vectors/draw/v1_tiny.json").read_text("utf-8"))


def tokens(*numbers: int) -> TokenFile:
    return TokenFile.of([tagged(SHA256, "token", f"{n}") for n in numbers])


def terms_over(pool: dict[str, TokenFile], *scopes: tuple[str, ...]) -> Terms:
    base = parse_commitment(TINY["commitment"]).terms
    chosen = tuple(
        replace(base.scopes[0], id=f"A{n}", strata=tuple(Entry(s, mode="all") for s in strata))
        for n, strata in enumerate(scopes)
    )
    return replace(base, strata=declare_strata(SHA256, pool), scopes=chosen)


def test_the_strata_of_one_scope_share_no_token_but_those_of_two_may() -> None:
    pool = {"S": tokens(1, 2, 3), "T": tokens(3, 4), "U": tokens()}
    check_pool(SHA256, terms_over(pool, ("S", "U"), ("T", "U")), pool)
    with pytest.raises(PoolOverlap, match="A1"):
        check_pool(SHA256, terms_over(pool, ("S", "U"), ("U", "T", "S")), pool)


def test_a_token_left_out_or_exchanged_changes_the_root() -> None:
    pool = {"S": tokens(*range(300))}
    terms = terms_over(pool, ("S",))
    for other in (tokens(*range(299)), tokens(*range(299), 300)):
        with pytest.raises(PoolRoot):
            check_pool(SHA256, terms, {"S": other})


@given(st.sets(st.integers(0, 50)), st.integers(0, 50))
def test_a_token_file_finds_exactly_its_tokens(numbers: set[int], asked: int) -> None:
    file = tokens(*numbers)
    [token] = tokens(asked)
    assert len(file) == len(numbers)
    assert (token in file) == (asked in numbers)
    assert list(file) == sorted(file[n] for n in range(len(file)))
    assert [file.position(found) for found in file] == list(range(len(file)))


def test_two_opened_objects_may_not_have_one_id_nor_stand_outside_the_pool() -> None:
    blinder = Blinder(SHA256, "D", bytes(32))
    lines = ["A\t甲\t41", "A\t乙\t41", "B\t丙\t41"]
    pool = {"S": TokenFile.of([blinder.object_token(line) for line in lines])}
    check_openings(SHA256, open_records(blinder, lines[1:]), pool, ())
    with pytest.raises(OpeningRefused, match="对象编号 A"):
        check_openings(SHA256, open_records(blinder, lines), pool, ())
    with pytest.raises(OpeningRefused, match="不在名册中"):
        check_openings(SHA256, open_records(blinder, ["C\t丁\t41"]), pool, ())


def test_an_opened_inspector_is_on_the_roster_with_the_same_department() -> None:
    blinder = Blinder(SHA256, "D", bytes(32))
    openings = open_records(blinder, [], ["1\t王\tSCJG\t豫1"])
    with pytest.raises(OpeningRefused, match="名录"):
        check_openings(SHA256, openings, {}, ())


def test_openings_are_read_as_they_were_written() -> None:
    blinder = Blinder(SHA256, "D", bytes(32))
    openings = open_records(blinder, ["A\t甲\t41", "B\t\t"], ["1\t王\tSCJG\t豫1"])
    assert read_openings(list_rows(openings), 3) == openings
    for columns in (2, 4):
        with pytest.raises(OpeningRefused):
            read_openings(list_rows(openings), columns)


@pytest.mark.parametrize(
    ("field", "region"),
    [("410308001", "410308001"), ("", ""), ("4103080010011", ""), ("41a", ""), ("٤١", ""), ("41 ", "")],
)
def test_a_region_that_is_no_code_counts_as_empty(field: str, region: str) -> None:
    assert region_of(("object_id", "region", "name"), f"A\t{field}\t甲") == region
