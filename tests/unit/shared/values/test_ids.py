from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from time import time_ns
from uuid import NAMESPACE_DNS, UUID, uuid5

from shared.values.ids import _Ticks, is_id, new_id


def test_an_id_is_a_version_7_uuid_of_the_present_millisecond() -> None:
    before = time_ns() // 1_000_000
    made = new_id()
    after = time_ns() // 1_000_000
    assert made.version == 7
    assert before <= made.int >> 80 <= after + 1


def test_ids_rise_strictly_in_the_order_they_are_made() -> None:
    made = [new_id() for _ in range(20_000)]
    assert all(earlier < later for earlier, later in pairwise(made))


def test_threads_never_share_an_id() -> None:
    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(lambda _: [new_id() for _ in range(2_000)], range(4)))
    assert len({made for batch in batches for made in batch}) == 8_000
    assert all(earlier < later for batch in batches for earlier, later in pairwise(batch))


def test_a_clock_that_steps_back_does_not_turn_the_order() -> None:
    ticks = _Ticks()
    first = ticks.next(2_000_000_000)
    assert ticks.next(1_000_000_000) == first + 1
    assert ticks.next(3_000_000_000) == 3_000 << 12


def test_the_random_part_differs_between_ids() -> None:
    assert len({made.int & ((1 << 62) - 1) for made in (new_id() for _ in range(1_000))}) == 1_000


def test_only_a_canonical_version_7_uuid_counts_as_an_id() -> None:
    made = new_id()
    assert is_id(made)
    assert is_id(str(made))
    assert not is_id(str(made).upper().replace("-", ""))
    assert not is_id(f"{{{made}}}")
    assert not is_id(uuid5(NAMESPACE_DNS, "example"))
    assert not is_id("g" * 36)
    assert not is_id(None)
    assert not is_id(UUID(int=0))
