"""What the benchmarks of the draw measure is the product, doing the job: checked on small sizes, without a clock."""

import pytest

from services.draw.domain.primitives import SHA256
from services.draw.domain.primitives import uniform_int as product_uniform_int
from tests.bench import draw, match
from tests.bench.mixes import DEPARTMENTS, MIXES, OFFICERS, WIDE_YEAR, Mix, Size, a_problem
from tests.builders.unfair_draws import skip_sampling
from tests.unit.services.draw.domain.test_matching import Case, check_equal

SMALL = Size(visits=30, inspectors=8)


@pytest.mark.parametrize("mix", [*MIXES, WIDE_YEAR], ids=lambda mix: mix.name)
def test_every_mix_is_matched_as_the_definition_says(mix: Mix) -> None:
    problem = a_problem(mix, SMALL)
    rules = problem.rules
    check_equal(Case(rules.seed, rules.yearly, problem.roster, problem.recusals, problem.visits))


def test_the_infeasible_mix_leaves_a_fifth_open_and_the_easy_one_nothing() -> None:
    by_name = {mix.name: mix for mix in MIXES}
    size = Size(visits=200, inspectors=20)
    slots = len(DEPARTMENTS) * OFFICERS * size.visits
    assert size.slots == slots
    assert sum(short.open_slots for short in a_problem(by_name["infeasible"], size).solve().shortages) == slots // 5
    assert a_problem(by_name["easy"], size).solve().shortages == ()


def test_the_floor_of_matching_throws_what_the_protocol_throws() -> None:
    for m in (1, 7, 200, 2**63 - 25):
        assert match.uniform_int(bytes(32), b"match/x", m) == product_uniform_int(SHA256, bytes(32), "match/x", m)


def test_the_draw_bench_refuses_a_wrong_ranking() -> None:
    pool = draw.a_pool(300)
    draw.check(pool, SHA256, 20)
    with pytest.raises(draw.Wrong):
        draw.check(pool, SHA256, 20, rank=skip_sampling)
