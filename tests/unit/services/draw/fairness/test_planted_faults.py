"""Draws that cheat fail the suite, each by the test that is there for it (D1, B9): the suite can fail."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.draw.domain.fairness import Evidence, improbable, monte_carlo
from services.draw.domain.tickets import Ranker
from tests.builders import unfair_draws
from tests.builders.many_draws import (
    INSPECTORS,
    OBJECTS,
    Held,
    an_equal,
    matching_evidence,
    matchings,
    selection_evidence,
    selections,
    teams_of,
)

LEVEL = 1e-4
DRAWS = 400
MATCHINGS = 250
PAIR = (INSPECTORS[0], INSPECTORS[1])


def caught(found: list[Evidence]) -> set[str]:
    """The kinds of test that call the draws improbable."""
    return {evidence.name.split()[0] for evidence in improbable(found, LEVEL)}


@pytest.mark.parametrize("rank", [unfair_draws.skip_sampling, unfair_draws.dropped_tail])
def test_objects_that_cannot_be_drawn_are_missed(rank: Ranker) -> None:
    """Skip sampling that never picks one in three; a list whose tail is dropped."""
    found = selection_evidence(selections(DRAWS, rank))
    assert "抽中次数" in caught(found)
    assert min(evidence.deviation for evidence in found if evidence.name.startswith("抽中次数")) < -4


def test_a_pair_always_drawn_together_shows_in_the_pairs_alone() -> None:
    """Each of the two is drawn as often as anybody: counting inclusions would never find it."""
    found = selection_evidence(selections(DRAWS, unfair_draws.always_together))
    assert "同时抽中" in caught(found)
    assert "抽中次数" not in caught(found)


def test_a_rota_is_too_even_to_be_chance() -> None:
    found = selection_evidence(selections(DRAWS, unfair_draws.a_rotation()))
    assert "抽中次数" in caught(found)
    assert any(evidence.low < LEVEL for evidence in found if evidence.name.startswith("抽中次数"))


def test_rounding_up_every_time_is_no_random_rounding() -> None:
    assert caught(selection_evidence(selections(DRAWS, round_up=True))) == {"取整"}


def test_a_beacon_of_few_values_repeats_itself() -> None:
    assert "抽中次数" in caught(selection_evidence(selections(DRAWS, beacon=unfair_draws.a_loaded_beacon)))


@pytest.mark.parametrize(
    ("cheat", "kind"),
    [
        (lambda held: unfair_draws.a_friend_of_the_house(held, INSPECTORS[0], OBJECTS[0]), "人员与对象"),
        (lambda held: unfair_draws.inseparable(held, PAIR), "搭档"),
        (lambda held: unfair_draws.spared(held, INSPECTORS[0], INSPECTORS[1:]), "出勤次数"),
    ],
    ids=["a friend of the house", "an inseparable pair", "one spared"],
)
def test_a_favoured_inspector_is_found(cheat: Callable[[Held], Held], kind: str) -> None:
    assert kind in caught(matching_evidence([cheat(held) for held in matchings(MATCHINGS)]))


def test_an_uneven_roster_is_judged_by_the_same_draw_under_other_seeds() -> None:
    """Where caps differ, nobody is anybody's equal; what the protocol would do with other seeds still tells."""
    roster = tuple(replace(an_equal(token), cap=2 + 3 * (place % 3)) for place, token in enumerate(INSPECTORS))
    busy = (INSPECTORS[2], INSPECTORS[5])
    actual, *others = matchings(200, roster)

    def together(held: Held) -> int:
        return sum(set(busy) == set(team) for team in teams_of(held))

    simulated = [together(held) for held in others]
    assert monte_carlo(together(actual), simulated) > 0.01
    assert monte_carlo(together(unfair_draws.inseparable(actual, busy)), simulated) <= 0.01
