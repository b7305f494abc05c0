"""All rules over rendered overlays."""

from collections.abc import Iterable

from deploy.rules import availability, containers, network, operations, security
from deploy.rules.model import RULES, Breach, Object, Wishes, World
from deploy.rules.render import declaring_files, render

__all__ = ["RULES", "breaches_of", "world_of"]
HOMES = (security, containers, availability, network, operations)
"""The modules that enter the rules."""
EVERY_RULE = tuple(f"KM{number:02d}" for number in range(1, 49))


def world_of(overlay: str, wishes: Wishes, objects: Iterable[Object] | None = None) -> World:
    """One overlay, rendered now unless its objects are given."""
    held = render(overlay) if objects is None else tuple(objects)
    return World(overlay, held, wishes, declaring_files())


def breaches_of(world: World, rules: Iterable[str] = EVERY_RULE) -> list[Breach]:
    """What the rules find, in their order. A rule that is missing is a KeyError."""
    return [found for identity in rules for found in RULES[identity](world)]
