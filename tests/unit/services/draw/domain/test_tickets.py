"""Tickets and selection: the bounded ranking equals sorting everything (D1, D2, section 5.4)."""

import json
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from services.draw.domain.commitment import Entry, Scope, Stratum
from services.draw.domain.documents import parse_commitment
from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import SHA256, SM3, Suite, tagged
from services.draw.domain.selection import batch_sizes, select
from services.draw.domain.tickets import Sequence, Ticket, rank_tickets, ticket_prefix

SEED = bytes(range(32))


def tokens(n: int) -> TokenFile:
    return TokenFile.of([tagged(SHA256, "token", f"{i}") for i in range(n)])


def everything(suite: Suite, prefix: bytes, pool: TokenFile, descending: bool) -> list[Ticket]:
    """The definition: all tickets, sorted."""
    return sorted((Ticket(suite.h(prefix + token), token) for token in pool), reverse=descending)


@settings(max_examples=60)
@given(size=st.integers(0, 400), n=st.integers(0, 450), descending=st.booleans(), suite=st.sampled_from([SHA256, SM3]))
def test_the_bounded_ranking_begins_like_the_sorted_pool(size: int, n: int, descending: bool, suite: Suite) -> None:
    prefix, pool = ticket_prefix(suite, SEED, "g"), tokens(size)
    ranked = rank_tickets(suite, prefix, pool, descending, n)
    assert len(ranked) >= min(n, size)
    assert ranked == everything(suite, prefix, pool, descending)[: len(ranked)]


def test_a_bound_that_too_few_tickets_meet_is_given_up() -> None:
    """A hash whose values crowd at the top defeats the bound; the outcome stays exact."""
    crowded = Suite("crowded", lambda data: b"\xff" * 16 + SHA256.h(data)[16:], SHA256.begin)
    pool = tokens(500)
    assert rank_tickets(crowded, b"", pool, False, 3)[:3] == everything(crowded, b"", pool, False)[:3]
    empty = Suite("empty", lambda data: b"\0" * 16 + SHA256.h(data)[16:], SHA256.begin)
    assert rank_tickets(empty, b"", pool, True, 3)[:3] == everything(empty, b"", pool, True)[:3]


def test_equal_tickets_are_ordered_by_token() -> None:
    constant = Suite("constant", lambda data: bytes(32), SHA256.begin)
    pool = tokens(40)
    assert [t.token for t in rank_tickets(constant, b"", pool, False, 40)] == list(pool)
    assert [t.token for t in rank_tickets(constant, b"", pool, True, 40)] == list(pool)[::-1]


@settings(max_examples=30)
@given(first=st.integers(0, 60), asked=st.lists(st.integers(0, 299), max_size=6), descending=st.booleans())
def test_a_sequence_goes_on_past_what_was_drawn(first: int, asked: list[int], descending: bool) -> None:
    prefix, pool = ticket_prefix(SHA256, SEED, "g"), tokens(300)
    sequence = Sequence(SHA256, prefix, pool, descending)
    whole = everything(SHA256, prefix, pool, descending)
    assert sequence.first(first) == whole[:first]
    assert [sequence[k] for k in asked] == [whole[k] for k in asked]
    assert sequence.first(first) == whole[:first]


TINY = json.loads((Path(__file__).parents[5] / "tests/vectors/draw/v1_tiny.json").read_text("utf-8"))


def drawn_by(n: int, group: str, order: str) -> set[bytes]:
    """What a scope draws that takes n of 40 objects, 20 each in two strata."""
    pool = {"S0": TokenFile(tokens(40).raw[:640]), "S1": TokenFile(tokens(40).raw[640:])}
    entries = tuple(Entry(stratum, mode="count", n=n) for stratum in pool)
    scope = Scope("A", group, entries, (), order=order, batches=3)
    strata = tuple(Stratum(stratum, len(found), bytes(32)) for stratum, found in pool.items())
    terms = replace(parse_commitment(TINY["commitment"]).terms, strata=strata, scopes=(scope,))
    [chosen] = select(SHA256, SEED, terms, pool).scopes
    assert [item.batch for item in chosen.merged] == sorted(item.batch for item in chosen.merged)
    tickets = [SHA256.h(ticket_prefix(SHA256, SEED, group) + item.token) for item in chosen.merged]
    assert tickets == sorted(tickets, reverse=order == "desc")
    return {item.token for item in chosen.merged}


def test_scopes_of_one_group_and_order_draw_the_same_objects_first() -> None:
    """N4: one visit for several departments."""
    assert drawn_by(3, "g", "asc") < drawn_by(7, "g", "asc")


def test_opposite_orders_draw_different_objects_and_other_groups_are_independent() -> None:
    assert drawn_by(10, "g", "asc").isdisjoint(drawn_by(10, "g", "desc"))
    assert drawn_by(10, "g", "asc") & drawn_by(10, "h", "asc")
    assert drawn_by(10, "g", "asc") != drawn_by(10, "h", "asc")


@given(drawn=st.integers(0, 50), batches=st.integers(1, 60))
def test_batches_differ_by_one_at_most_the_larger_first(drawn: int, batches: int) -> None:
    """I2: key items get a random order of batches."""
    sizes = batch_sizes(drawn, batches)
    assert (sum(sizes), len(sizes)) == (drawn, batches)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] - sizes[-1] <= 1
