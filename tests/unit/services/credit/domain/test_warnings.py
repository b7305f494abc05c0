"""What is worth a warning: K3."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from services.credit.domain.days import day_of
from services.credit.domain.indicators import WarningRule
from services.credit.domain.warnings import Move, WarningKind, clusters, jumps
from shared.values.credit_class import CreditClass
from tests.builders.credit import PUBLISHED_AT

RULE = WarningRule(jump_classes=2, jump_points=300, cluster_days=30, cluster_count=3)
TODAY = day_of(PUBLISHED_AT)


def a_move(number: int = 1, before: str = "A", after: str = "B", *, score: int = 200, was: int = 0) -> Move:
    return Move(
        entity_id=UUID(int=number),
        record_version=2,
        before=CreditClass(before),
        after=CreditClass(after),
        score=score,
        score_before=was,
        changed_at=PUBLISHED_AT + timedelta(hours=number),
        name="示例商贸",
        town="410308100",
        industry="5211",
    )


@pytest.mark.parametrize(
    ("move", "warned"),
    [
        (a_move(before="A", after="C"), True),
        (a_move(before="U", after="D"), True),
        (a_move(before="B", after="C", score=700, was=250), True),
        (a_move(before="B", after="C", score=520, was=450), False),
        (a_move(before="A", after="B", score=450, was=0), False),
        (a_move(before="D", after="A", score=0, was=900), False),
    ],
)
def test_a_leap_of_classes_or_of_points_into_c_or_d_is_a_jump(move: Move, warned: bool) -> None:
    assert bool(list(jumps([move], RULE))) is warned


def test_different_entities_of_a_place_make_a_cluster_and_one_that_moves_thrice_does_not() -> None:
    assert list(clusters([a_move(1), a_move(1), a_move(1)], RULE, TODAY)) == []
    found = list(clusters([a_move(1), a_move(2), a_move(3), a_move(4, "B", "A")], RULE, TODAY))
    assert [(one.kind, one.scope, one.count) for one in found] == [
        (WarningKind.INDUSTRY, "52", 3),
        (WarningKind.TOWN, "410308100", 3),
    ]
    assert "3 户" in found[0].text


def test_the_same_crowd_is_warned_of_once_and_again_when_it_has_grown_by_as_many() -> None:
    three, four, six = ([a_move(number) for number in range(1, count + 1)] for count in (3, 4, 6))
    first, same, grown = ({one.id for one in clusters(moves, RULE, TODAY)} for moves in (three, four, six))
    assert first == same
    assert not first & grown
