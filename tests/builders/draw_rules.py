"""Rules of a draw at random: entries, totals, teams, for `draw_ceremony`."""

from services.draw.domain.commitment import Entry, Slot
from tests.builders.dice import Dice

TAGS = ("食品", "fire", "u")


def some_entries(dice: Dice, strata: list[str]) -> tuple[Entry, ...]:
    """Entries without a total: a mode each, bounded now and then."""
    return tuple(_entry(dice, stratum) for stratum in strata)


def _entry(dice: Dice, stratum: str) -> Entry:
    mode = dice.pick(("count", "ratio", "ratio", "all"))
    low = dice.pick((None, None, dice.below(3)))
    high = dice.pick((None, None, dice.between(low or 0, 6)))
    return Entry(
        stratum,
        mode=mode,
        n=dice.below(7) if mode == "count" else None,
        ppm=dice.below(500_000) if mode == "ratio" else None,
        round=dice.pick(("ceil", "floor", "random")) if mode == "ratio" else None,
        min=low,
        max=high,
    )


def some_totals(dice: Dice, strata: list[str], sizes: dict[str, int]) -> tuple[int, tuple[Entry, ...]]:
    """A total that `ALLOC` lets pass, and the weighted entries that share it."""
    entries = tuple(Entry(stratum, weight=dice.pick((None, 1, 2, 5))) for stratum in strata)
    mass = sum(sizes[entry.stratum] * (entry.weight or 1) for entry in entries)
    most = mass // max(entry.weight or 1 for entry in entries)
    return dice.below(most + 1), entries


def a_team(dice: Dice) -> tuple[Slot, ...]:
    """Two or three officers, now and then an expert, with few needs."""
    officers = [Slot(dice.pick(("lead", "member")), tuple(dice.some(TAGS, 15))) for _ in range(dice.pick((2, 2, 2, 3)))]
    experts = [Slot("expert", tuple(dice.some(TAGS, 20)))] if dice.chance(25) else []
    return (*officers, *experts)
