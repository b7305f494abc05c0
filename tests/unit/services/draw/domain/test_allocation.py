"""Allocation: exact on average over the wheel, never more than a stratum has, a total is kept (D1, I2, section 5.3)."""

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from services.draw.domain.allocation import allocate, allocate_at
from services.draw.domain.commitment import PPM, Entry, Scope
from services.draw.domain.primitives import SHA256


def a_scope(entries: list[Entry], total: int | None = None) -> Scope:
    return Scope("A", "g", tuple(entries), (), total=total)


def names(sizes: list[int]) -> dict[str, int]:
    return {f"S{n}": size for n, size in enumerate(sizes)}


weighted = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 5)), min_size=1, max_size=4)


@given(weighted, st.integers(0, 30))
def test_a_total_is_kept_at_every_place_of_the_wheel_and_exact_on_average(
    strata: list[tuple[int, int]], total: int
) -> None:
    """E n = total × w / M for each stratum; Σ n = total; n ≤ N."""
    mass = sum(size * weight for size, weight in strata)
    assume(mass and all(total * weight <= mass for size, weight in strata if size))
    scope = a_scope([Entry(f"S{n}", weight=weight) for n, (_, weight) in enumerate(strata)], total)
    sizes = names([size for size, _ in strata])
    turns = [allocate_at(scope, sizes, u) for u in range(mass)]
    assert all(sum(counts) == total for counts in turns)
    assert all(n <= size for counts in turns for n, (size, _) in zip(counts, strata, strict=True))
    for entry, (size, weight) in enumerate(strata):
        assert Fraction(sum(counts[entry] for counts in turns), mass) == Fraction(total * size * weight, mass)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.sampled_from([0, 10_000, 125_000, 500_000, 999_000, PPM])), min_size=1)
)
def test_random_rounding_is_exact_on_average(strata: list[tuple[int, int]]) -> None:
    """E n = N × ppm / 10⁶: all shares are multiples of 1,000, so every thousandth place stands for a thousand."""
    strata = strata[:4]
    scope = a_scope([Entry(f"S{n}", mode="ratio", ppm=ppm, round="random") for n, (_, ppm) in enumerate(strata)])
    turns = [allocate_at(scope, names([size for size, _ in strata]), u) for u in range(0, PPM, 1000)]
    for entry, (size, ppm) in enumerate(strata):
        exact = Fraction(size * ppm, PPM)
        assert Fraction(sum(counts[entry] for counts in turns), len(turns)) == exact
        assert all(abs(counts[entry] - exact) < 1 for counts in turns)


@given(st.integers(0, 10**6), st.integers(0, PPM), st.integers(0, PPM - 1))
def test_ceil_and_floor_round_a_ratio_as_they_say(size: int, ppm: int, u: int) -> None:
    modes = [Entry("S0", mode="ratio", ppm=ppm, round="ceil"), Entry("S0", mode="ratio", ppm=ppm, round="floor")]
    ceil, floor = allocate_at(a_scope(modes), {"S0": size}, u)
    exact = Fraction(size * ppm, PPM)
    assert floor <= exact <= ceil
    assert ceil - floor == (exact.denominator != 1)


@given(
    size=st.integers(0, 20),
    n=st.integers(0, 30),
    low=st.none() | st.integers(0, 25),
    high=st.none() | st.integers(0, 25),
)
def test_bounds_hold_and_the_stratum_is_never_exceeded(size: int, n: int, low: int | None, high: int | None) -> None:
    assume(low is None or high is None or low <= high)
    [count] = allocate_at(a_scope([Entry("S0", mode="count", n=n, min=low, max=high)]), {"S0": size}, 0)
    wanted = min(max(n, low or 0), size)
    assert count == (wanted if high is None else min(wanted, high))


def test_all_takes_all_unless_a_maximum_bounds_it() -> None:
    entries = [Entry("S0", mode="all"), Entry("S1", mode="all", max=2)]
    assert allocate_at(a_scope(entries), {"S0": 7, "S1": 7}, 0) == (7, 2)


def test_only_random_rounding_moves_the_wheel() -> None:
    half = Entry("S0", mode="ratio", ppm=500_000, round="random")
    fixed = Entry("S1", mode="ratio", ppm=500_000, round="ceil")
    for u in (0, 499_999, 500_000, 999_999):
        alone = allocate_at(a_scope([half, half]), {"S0": 1, "S1": 3}, u)
        between = allocate_at(a_scope([half, fixed, half]), {"S0": 1, "S1": 3}, u)
        assert (between[0], between[2]) == alone


def test_an_empty_pool_gives_nothing_to_a_total() -> None:
    assert allocate(SHA256, bytes(32), a_scope([Entry("S0"), Entry("S1")], 5), {"S0": 0, "S1": 0}) == (0, 0)
