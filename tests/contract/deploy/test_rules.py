"""KM01–KM48 (kubernetes.md): every overlay keeps them, and each one catches what it is there for."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from deploy.rules.check import EVERY_RULE, RULES, breaches_of, world_of
from deploy.rules.model import Object, Wishes
from deploy.rules.render import OVERLAYS
from tests.contract.deploy.seeded import SEEDS, Spoil

Rendered = Callable[[str], tuple[Object, ...]]
CASES = [(rule, number) for rule in EVERY_RULE for number in range(max(1, len(SEEDS[rule])))]


def test_four_overlays_are_held() -> None:
    assert set(OVERLAYS) >= {"dev", "staging", "production", "small"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_breaks_no_rule(overlay: str, rendered: Rendered, wishes: Wishes) -> None:
    found = breaches_of(world_of(overlay, wishes, rendered(overlay)))
    assert not found, "\n".join(map(str, found))


def test_every_rule_of_the_specification_exists() -> None:
    assert set(RULES) == set(EVERY_RULE)
    assert all(SEEDS[rule] for rule in EVERY_RULE)


@pytest.mark.parametrize(("rule", "number"), CASES, ids=[f"{rule}-{number}" for rule, number in CASES])
def test_a_seeded_breach_is_caught(rule: str, number: int, rendered: Rendered, wishes: Wishes) -> None:
    overlay, spoil = SEEDS[rule][number]
    found = breaches_of(world_of(overlay, wishes, _spoilt(rendered(overlay), spoil)), [rule])
    assert found
    assert all(one.rule == rule and one.where.startswith(overlay) for one in found)


def test_a_breach_names_file_object_and_rule(rendered: Rendered, wishes: Wishes) -> None:
    spoil = SEEDS["KM13"][0][1]
    (found,) = breaches_of(world_of("production", wishes, _spoilt(rendered("production"), spoil)), ["KM13"])
    assert str(found).startswith("production: base/credit.yaml: Deployment/credit-api: KM13: ")


def _spoilt(objects: tuple[Object, ...], spoil: Spoil) -> list[Object]:
    bodies = [deepcopy(one.body) for one in objects]
    spoil(bodies)
    return [Object(body) for body in bodies]
