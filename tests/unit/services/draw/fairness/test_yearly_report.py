"""The figures of the yearly report: what is tested, what is left alone, what is named (B9)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pytest

from services.draw.domain.yearly_cuts import CLASS, REGION, CutRow, class_lines, cut_lines
from services.draw.domain.yearly_people import LEAST_DRAWS, PairRow, SeatRow, people_lines
from services.draw.domain.yearly_report import YearOfDraws, report_of
from shared.values.ids import new_id
from tests.builders.dice import Dice

DRAWS = [new_id() for _ in range(12)]
OFFICERS = sorted(new_id() for _ in range(6))


def class_row(draw_id: UUID, had: int, drawn: int, stratum: str = "S1") -> CutRow:
    return CutRow(CLASS, draw_id, stratum, "A", had, drawn)


def design(ppm: int = 100_000) -> Mapping[UUID, Mapping[str, int]]:
    return {draw_id: {"S1": ppm, "undisturbed": 5_000} for draw_id in DRAWS}


def test_a_count_that_the_ratio_fixes_is_no_evidence_and_one_beyond_rounding_is_impossible() -> None:
    (fixed,) = class_lines([class_row(DRAWS[0], 100, 10)], design())
    assert (fixed.expected, fixed.found, fixed.evidence) == (10, 10, None)
    (wrong,) = class_lines([class_row(DRAWS[0], 100, 11)], design())
    assert wrong.evidence is not None
    assert wrong.evidence.p == 0


def test_rounding_that_always_goes_down_is_improbable_over_the_year() -> None:
    """Each draw alone is what random rounding may give."""
    (line,) = class_lines([class_row(draw_id, 105, 10) for draw_id in DRAWS], design())
    assert (line.had, line.found) == (1260, 120)
    assert line.expected == pytest.approx(126)
    assert line.evidence is not None
    assert line.evidence.p < 0.01
    (even,) = class_lines([class_row(draw_id, 105, 10 + n % 2) for n, draw_id in enumerate(DRAWS)], design())
    assert even.evidence is not None
    assert even.evidence.p == 1


def test_the_no_disturb_list_is_held_against_its_floor() -> None:
    """B19."""
    (line,) = class_lines([CutRow(CLASS, DRAWS[0], "undisturbed", "A", 1000, 5)], design())
    assert (line.label, line.expected, line.found) == ("不打扰名单", 5, 5)


def test_regions_are_held_against_their_share_of_each_stratum() -> None:
    rows = [CutRow(REGION, DRAWS[0], "S1", "东", 30, 3), CutRow(REGION, DRAWS[0], "S1", "", 70, 7)]
    lines = {line.label: line for line in cut_lines(rows, REGION)}
    assert {label: (line.had, line.expected, line.found) for label, line in lines.items()} == {
        "东": (30, 3, 3),
        "未填": (70, 7, 7),
    }
    assert cut_lines(rows, CLASS) == []


def worked(draws: int, standing: str = "410308") -> tuple[list[SeatRow], list[PairRow]]:
    dice = Dice("people")
    seats, teams = [], []
    for draw_id in DRAWS[:draws]:
        pairs = [tuple(sorted(dice.sample(OFFICERS, 2))) for _ in range(20)]
        for officer in OFFICERS:
            own = sum(officer in pair for pair in pairs)
            seats.append(SeatRow(draw_id, "scjg", standing, officer, own))
        teams += [PairRow(draw_id, "scjg", one, other, 1) for one, other in pairs]
    return seats, teams


def test_equals_are_compared_over_draws_enough() -> None:
    (line,) = people_lines(*worked(12))
    assert (line.officers, line.seats, line.alike) == (6, 12 * 40, 6)
    assert line.load is not None
    assert line.pairing is not None
    assert line.load.p > 0.001
    (few,) = people_lines(*worked(LEAST_DRAWS - 1))
    assert (few.alike, few.load, few.pairing) == (0, None, None)


def test_who_was_not_alike_in_every_draw_is_counted_and_not_compared() -> None:
    seats, teams = worked(12)
    moved = [row for row in seats if not (row.inspector_id == OFFICERS[0] and row.draw_id == DRAWS[3])]
    (line,) = people_lines([*moved, SeatRow(DRAWS[3], "scjg", "elsewhere", OFFICERS[0], 2)], teams)
    assert (line.officers, line.alike) == (6, 5)


def test_a_rota_is_too_even_to_be_chance() -> None:
    """Everybody's turn: figures made by hand look like this."""
    turns = [SeatRow(draw_id, "scjg", "", OFFICERS[k], 5 + (k == n % 6)) for n, draw_id in enumerate(DRAWS)
             for k in range(6)]  # fmt: skip
    stored = YearOfDraws({}, 0, [], turns, [], [], [], [])
    (named,) = report_of(2026, stored).named
    assert named.text.startswith("scjg 检查次数：过于均匀，不像随机")


def test_a_year_without_draws_names_nothing() -> None:
    report = report_of(2026, YearOfDraws({}, 1, [], [], [], [], [], []))
    assert (report.draws, report.voided, report.tests, report.named) == (0, 1, 0, ())
