"""Selecting first and matching later gives what the protocol computes at once."""

from __future__ import annotations

from services.draw.adapters.computer import RankOnce
from services.draw.domain.computation import compute
from services.draw.domain.seed import Reveal
from services.draw.domain.selection import select
from services.draw.domain.verify import read_frozen, read_reveal
from tests.builders.draw_ceremony import a_record


def test_a_sequence_ranked_once_serves_the_selection_and_the_draw() -> None:
    """REL18: the same text, whichever way the tickets were ranked."""
    for seed in range(12):
        record = a_record(seed)
        frozen, _ = read_frozen(record)
        reveal: Reveal = read_reveal(record["reveal"])
        rank = RankOnce()
        plain = compute(frozen, reveal)
        commitment = frozen.commitment
        select(commitment.suite, plain.seed, commitment.terms, frozen.pool, rank)
        assert compute(frozen, reveal, (), rank).text == plain.text
