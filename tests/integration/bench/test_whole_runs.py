"""The benchmarks of the draw run whole, on a small size; they start processes, so they do not stand with the units."""

from tests.bench import draw, match
from tests.bench.mixes import Size


def test_both_benches_run_whole_on_a_small_size() -> None:
    assert draw.run(2000, 50).line.bench == "draw"
    assert match.run(Size(visits=30, inspectors=8)).line.bench == "match"
