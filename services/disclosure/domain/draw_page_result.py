"""The result text (结果文本, draw-protocol 5.8) as rows that people read, with names where the record opens them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_NOBODY: Final = "-"


@dataclass(frozen=True, slots=True)
class Cut:
    """An `S` line: `n` of `size` drawn; `ticket` of the last one drawn, None where nobody was."""

    scope: str
    stratum: str
    size: int
    n: int
    ticket: str | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A `D` line: `rank` in the merged order of its scope, from 1. `name` None: not open yet."""

    scope: str
    rank: int
    batch: int
    stratum: str
    token: str
    name: str | None = None
    replaced_by: str | None = None
    """Token of the substitute; empty where nobody was left. None: it stands."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """An `X` line: the object `dropped` gave way to `substitute` (None: nobody was left in its sequence)."""

    scope: str
    stratum: str
    dropped: str
    substitute: str | None


@dataclass(frozen=True, slots=True)
class Matched:
    """Seats of the teams: `open` could not be filled."""

    visits: int
    seats: int
    open: int


@dataclass(frozen=True, slots=True)
class ResultRows:
    cuts: tuple[Cut, ...]
    drawn: tuple[Drawn, ...]
    exchanged: tuple[Exchanged, ...]
    matched: Matched


def read_result(text: str, names: Mapping[str, str]) -> ResultRows:
    """`names`: token → name of the objects that are open. Raises ValueError for what is no result text."""
    lines = [line.split("\t") for line in text.splitlines()]
    exchanged = tuple(Exchanged(line[1], line[2], line[3], _or_none(line[4])) for line in lines if line[0] == "X")
    seats = [line for line in lines if line[0] == "M"]
    return ResultRows(
        cuts=tuple(Cut(line[1], line[2], int(line[3]), int(line[4]), _or_none(line[5])) for line in _of(lines, "S")),
        drawn=tuple(_drawn(_of(lines, "D"), exchanged, names)),
        exchanged=exchanged,
        matched=Matched(len({line[1] for line in seats}), len(seats), sum(line[4] == _NOBODY for line in seats)),
    )


def names_in(openings: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Token → name out of openings (揭示): kind, token, nonce, record; the record's columns are the commitment's."""
    if "name" not in columns:
        return {}
    at = 3 + list(columns).index("name")
    rows = (row.split("\t") for row in openings)
    return {row[1]: row[at] for row in rows if row[0] == "object" and len(row) > at}


def _of(lines: Iterable[list[str]], kind: str) -> list[list[str]]:
    return [line for line in lines if line[0] == kind]


def _or_none(token: str) -> str | None:
    return None if token == _NOBODY else token


def _drawn(lines: Sequence[list[str]], exchanged: Sequence[Exchanged], names: Mapping[str, str]) -> Iterable[Drawn]:
    """Drawn at first, in order; then the substitutes, each with the batch of the object it stands in for."""
    gone = {(one.scope, one.stratum, one.dropped): one.substitute or "" for one in exchanged}
    batches: dict[tuple[str, str, str], int] = {}
    ranks: dict[str, int] = {}

    def made(scope: str, batch: int, stratum: str, token: str) -> Drawn:
        ranks[scope] = ranks.get(scope, 0) + 1
        key = (scope, stratum, token)
        batches[key] = batch
        return Drawn(scope, ranks[scope], batch, stratum, token, names.get(token), gone.get(key))

    for line in lines:
        yield made(line[1], int(line[2]), line[3], line[4])
    for one in exchanged:
        if one.substitute is not None:
            batch = batches.get((one.scope, one.stratum, one.dropped), 1)
            yield made(one.scope, batch, one.stratum, one.substitute)
