"""What the commitment says of a task: strata by class, ratios, teams, texts fit for a public record (D1, N3, M3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.draw.domain.drawing_plan import (
    RatioMissing,
    Task,
    TaskDepartment,
    floor_of,
    printable,
    scope_of,
    stratum_of,
    tag_of,
    tags_of,
)
from services.draw.domain.fields import is_id
from services.draw.domain.strict_json import is_clean, unassigned
from shared.values.ids import new_id

RATIOS = {"A": 10_000, "B": 50_000, "C": 100_000, "D": 1_000_000}
PART = TaskDepartment("scjg", (new_id(),), 2, ("食品安全",), 1)
TASK = Task(
    id=new_id(),
    task_no="410308202611241001",
    title="联合抽查",
    plan_id=new_id(),
    plan_no="1号",
    initiator="scjg",
    departments=(PART, TaskDepartment("yjj", (new_id(),), 3, (), 0)),
    library_id=new_id(),
    library_version=1,
    ratios=RATIOS,
    window_start=date(2026, 11, 24),
    window_end=date(2026, 12, 31),
)


def test_each_class_is_a_stratum_under_a_neutral_id_and_a_ground_leads_out_of_all_of_them() -> None:
    assert [stratum_of(name, None) for name in "ABCDU"] == ["S1", "S2", "S3", "S4", "S5"]
    assert stratum_of("D", "revoked") == "excluded"
    assert "excluded" not in {entry.stratum for entry in scope_of(TASK).strata}


def test_the_no_disturb_list_is_drawn_at_its_floor_which_is_never_zero() -> None:
    """B19: a stratum and a ratio of its own, in the scope, for everybody to see."""
    assert stratum_of("D", "no_disturb") == "undisturbed"
    floor = scope_of(replace(TASK, no_disturb_floor_ppm=2_000)).strata[-1]
    assert (floor.stratum, floor.mode, floor.ppm, floor.round) == ("undisturbed", "ratio", 2_000, "random")
    without = replace(TASK, ratios=RATIOS | {"A": 0})
    assert floor_of(without) == RATIOS["B"], "a task without floor: the lowest ratio at which anybody is drawn"


def test_a_pool_frozen_before_the_list_had_a_stratum_is_drawn_without_it() -> None:
    assert [entry.stratum for entry in scope_of(TASK, ["S1", "S2", "excluded"]).strata] == ["S1", "S2"]


def test_batches_of_key_items_stand_in_the_scope() -> None:
    """I2: the random draw sets the order of the batches."""
    assert scope_of(replace(TASK, batches=4)).batches == 4
    assert scope_of(TASK).batches is None


def test_an_object_not_classed_is_drawn_at_the_ratio_of_class_b_unless_the_plan_gives_one() -> None:
    ppm = {entry.stratum: entry.ppm for entry in scope_of(TASK).strata}
    assert (ppm["S2"], ppm["S5"]) == (50_000, 50_000)
    own = scope_of(replace(TASK, ratios=RATIOS | {"U": 70_000}))
    assert {entry.stratum: entry.ppm for entry in own.strata}["S5"] == 70_000


def test_a_class_without_ratio_is_refused_by_name() -> None:
    with pytest.raises(RatioMissing, match="C 类"):
        scope_of(replace(TASK, ratios={"A": 1, "B": 1, "D": 1}))


def test_a_team_has_its_officers_with_their_tags_first_and_experts_last() -> None:
    teams = {team.id: team.team for team in scope_of(TASK).departments}
    assert [(slot.role, slot.tags) for slot in teams["scjg"]] == [
        ("lead", ("食品安全",)),
        ("member", ("食品安全",)),
        ("expert", ()),
    ]
    assert [slot.role for slot in teams["yjj"]] == ["lead", "member", "member"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("孟津宏远餐饮有限公司", "孟津宏远餐饮有限公司"),
        ("  甲\t乙\n公司 ", "甲 乙 公司"),
        ("Cafe\u0301", "Café"),
        ("坏\U000e0fff字", "坏〓字"),
        ("零\u200b宽", "零宽"),
    ],
)
def test_a_public_record_holds_only_what_can_be_printed(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert is_clean(shown)
    assert not unassigned(shown)


@pytest.mark.parametrize("text", ["食品安全", "医疗/卫生", "压力容器，起重", 'a "b" | c', "长" * 90, "expert"])
def test_a_field_of_expertise_becomes_a_tag_that_the_protocol_knows(text: str) -> None:
    assert is_id(tag_of(text))
    assert tag_of(text) != "expert"


def test_tags_are_distinct_and_empty_ones_are_dropped() -> None:
    assert tags_of(("电梯", "电梯", "", "锅炉")) == ("电梯", "锅炉")
