"""Allocation (分配), section 5.3: how many objects a scope draws from each of its strata. Integers only."""

from collections.abc import Mapping

from services.draw.domain.commitment import PPM, Entry, Scope
from services.draw.domain.primitives import Bytes32, Suite, uniform_int


def allocate(suite: Suite, seed: Bytes32, scope: Scope, sizes: Mapping[str, int]) -> tuple[int, ...]:
    """n for each entry of the scope, in order; `sizes` gives N of each stratum. The scope passed `ALLOC`."""
    mass = sum(sizes[entry.stratum] * (entry.weight or 1) for entry in scope.strata)
    if scope.total is not None and not mass:
        return (0,) * len(scope.strata)
    u = uniform_int(suite, seed, f"alloc/{scope.id}", PPM if scope.total is None else mass)
    return allocate_at(scope, sizes, u)


def allocate_at(scope: Scope, sizes: Mapping[str, int], u: int) -> tuple[int, ...]:
    """The allocation at one place u of the wheel: u < Σ weights with a total, else u < 10⁶."""
    if scope.total is None:
        return _allocate_by_mode(scope, sizes, u)
    return _allocate_total(scope, scope.total, sizes, u)


def _allocate_total(scope: Scope, total: int, sizes: Mapping[str, int], u: int) -> tuple[int, ...]:
    weights = [sizes[entry.stratum] * (entry.weight or 1) for entry in scope.strata]
    mass = sum(weights)
    counts: list[int] = []
    carried = 0
    for weight in weights:
        before, carried = carried, carried + total * weight
        counts.append((carried + u) // mass - (before + u) // mass)
    return tuple(counts)


def _allocate_by_mode(scope: Scope, sizes: Mapping[str, int], u: int) -> tuple[int, ...]:
    counts: list[int] = []
    carried = 0
    for entry in scope.strata:
        size = sizes[entry.stratum]
        if entry.round == "random":
            before, carried = carried, carried + size * (entry.ppm or 0)
            n = (carried + u) // PPM - (before + u) // PPM
        else:
            n = _fixed(entry, size)
        counts.append(_bounded(entry, size, n))
    return tuple(counts)


def _fixed(entry: Entry, size: int) -> int:
    if entry.mode == "all":
        return size
    if entry.mode == "count":
        return min(entry.n or 0, size)
    share = size * (entry.ppm or 0)
    return -(-share // PPM) if entry.round == "ceil" else share // PPM


def _bounded(entry: Entry, size: int, n: int) -> int:
    if entry.min is not None:
        n = max(n, min(entry.min, size))
    if entry.max is not None:
        n = min(n, entry.max)
    return n
