"""Primitives of `ssj-draw/1` against the protocol's known answers and independent implementations (D2)."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.draw.domain.primitives import SHA256, SM3, Suite, lp, mac, tagged, uniform_int

SUITES = pytest.mark.parametrize("suite", [SHA256, SM3], ids=lambda suite: suite.name)


@pytest.mark.parametrize(
    ("suite", "answer"),
    [
        (SHA256, "ecaf1b6187d342fefbce1c3dbca4c996f60f69e84fcfaddeab83b9d07221d459"),
        (SM3, "96d6ef92c161bbab54d88fbb164f1fb5533c23a6e88f162da534dde73c086414"),
    ],
)
def test_the_tagged_hash_gives_the_known_answer(suite: Suite, answer: str) -> None:
    assert tagged(suite, "ssj1/test", "a", "bc").hex() == answer


@pytest.mark.parametrize(
    ("suite", "answer"),
    [
        (SHA256, "603dd421c7692cc2b5b9ef5f09bc2bb9e48c178854ae152fb1eb2ca5e807b4d4"),
        (SM3, "16939025195df216f808e1b390e0bdd7db85529b21309e5773c3364d09efbf15"),
    ],
)
def test_the_mac_gives_the_known_answer(suite: Suite, answer: str) -> None:
    assert mac(suite, b"\x0b" * 32, "ssj1/nonce", "object", "D", "X").hex() == answer


@SUITES
def test_hashing_from_a_saved_state_equals_hashing_anew(suite: Suite) -> None:
    name = {"SHA-256": "sha256", "SM3": "sm3"}[suite.name]
    for data in (b"", b"abc", bytes(200)):
        assert suite.h(data) == hashlib.new(name, data).digest()
        assert suite.begin(data).digest() == suite.h(data)


@given(key=st.binary(max_size=100), message=st.binary(max_size=100))
def test_the_mac_is_hmac_for_keys_of_any_length(key: bytes, message: bytes) -> None:
    assert mac(SHA256, key, "t", message) == hmac.new(key, lp("t", message), "sha256").digest()


@given(st.lists(st.binary(max_size=6), max_size=5), st.lists(st.binary(max_size=6), max_size=5))
def test_no_two_rows_of_parts_have_the_same_bytes(first: list[bytes], second: list[bytes]) -> None:
    assert (lp(*first) == lp(*second)) == (first == second)


def test_strings_count_in_bytes_of_utf8() -> None:
    assert lp("区") == b"\0\0\0\x03" + "区".encode()


@given(m=st.integers(1, 2**63), label=st.text(max_size=5))
def test_a_uniform_integer_lies_below_its_bound(m: int, label: str) -> None:
    assert 0 <= uniform_int(SHA256, bytes(32), label, m) < m


def test_a_uniform_integer_rejects_the_uneven_rest() -> None:
    """With m just above 2⁶² only three of its multiples fit below 2⁶⁴: a quarter of the draws is rejected."""
    m = 2**62 + 1
    limit = 2**64 - 2**64 % m
    rejected = 0
    for n in range(50):
        draws = [
            int.from_bytes(tagged(SHA256, "ssj1/int", bytes(32), f"{n}", bytes(7) + bytes([j]))[:8]) for j in range(9)
        ]
        first = next(j for j, x in enumerate(draws) if x < limit)
        rejected += first > 0
        assert uniform_int(SHA256, bytes(32), f"{n}", m) == draws[first] % m
    assert rejected > 0


@pytest.mark.parametrize("m", [0, -1, 2**63 + 1])
def test_a_bound_outside_the_range_is_an_error(m: int) -> None:
    with pytest.raises(ValueError, match="2\\^63"):
        uniform_int(SHA256, bytes(32), "x", m)
