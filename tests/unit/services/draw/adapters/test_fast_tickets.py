"""The quick ranking of a big pool equals the plain one, and so the definition (D1, D2, section 5.4)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.draw.adapters.fast_tickets import rank_tickets_fast
from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import SHA256, SM3, HashState, Suite, tagged
from services.draw.domain.tickets import Sequence, rank_tickets, ticket_prefix

SUITES = st.sampled_from([SHA256, SM3])


def tokens(count: int, kind: str = "fast") -> TokenFile:
    return TokenFile.of([tagged(SHA256, kind, f"{n}") for n in range(count)])


@settings(max_examples=80, deadline=None)
@given(
    suite=SUITES,
    seed=st.binary(min_size=32, max_size=32),
    size=st.integers(0, 600),
    n=st.integers(0, 650),
    descending=st.booleans(),
)
def test_both_rankings_are_one(suite: Suite, seed: bytes, size: int, n: int, descending: bool) -> None:
    prefix, pool = ticket_prefix(suite, seed, "g"), tokens(size)
    assert rank_tickets_fast(suite, prefix, pool, descending, n) == rank_tickets(suite, prefix, pool, descending, n)


@settings(max_examples=10, deadline=None)
@given(suite=SUITES, seed=st.binary(min_size=32, max_size=32), descending=st.booleans())
def test_both_rankings_are_one_where_the_edge_leaves_most_out(suite: Suite, seed: bytes, descending: bool) -> None:
    prefix, pool = ticket_prefix(suite, seed, "g"), tokens(20_000)
    ranked = rank_tickets_fast(suite, prefix, pool, descending, 40)
    assert ranked == rank_tickets(suite, prefix, pool, descending, 40)
    assert 40 <= len(ranked) < 200


class Crowding:
    """A hash state whose digests all begin alike, which defeats the edge."""

    def __init__(self, state: HashState, head: bytes) -> None:
        self._state, self._head = state, head

    def update(self, data: bytes) -> None:
        self._state.update(data)

    def digest(self) -> bytes:
        return self._head + self._state.digest()[len(self._head) :]

    def copy(self) -> "Crowding":
        return Crowding(self._state.copy(), self._head)


def crowded(head: bytes) -> Suite:
    def begin(data: bytes) -> HashState:
        return Crowding(SHA256.begin(data), head)

    return Suite("crowded", lambda data: begin(data).digest(), begin)


def test_an_edge_that_too_few_tickets_meet_is_given_up() -> None:
    pool = tokens(500)
    for head in (b"\xff" * 16, b"\0" * 16, b"\xff" * 32, bytes(32)):
        for descending in (False, True):
            suite = crowded(head)
            assert rank_tickets_fast(suite, b"A", pool, descending, 3) == rank_tickets(suite, b"A", pool, descending, 3)


def test_it_serves_as_the_ranker_of_a_sequence() -> None:
    prefix, pool = ticket_prefix(SM3, bytes(32), "g"), tokens(3000)
    quick = Sequence(SM3, prefix, pool, False, rank_tickets_fast)
    plain = Sequence(SM3, prefix, pool, False)
    assert quick.first(30) == plain.first(30)
    assert [quick[k] for k in (31, 2999, 100)] == [plain[k] for k in (31, 2999, 100)]
