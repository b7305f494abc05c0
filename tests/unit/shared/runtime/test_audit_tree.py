"""The Merkle tree of the audit chain (SEC11, B5): the RFC's own shapes, proofs that hold, and what breaks them."""

from __future__ import annotations

import hashlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.runtime.audit_tree import (
    EMPTY,
    WIDTH,
    Edge,
    Node,
    Range,
    consistency_holds,
    consistency_path,
    edge_nodes,
    inclusion_holds,
    inclusion_path,
    leaf_hash,
    node_hash,
    nodes_of,
    root_of,
)
from verifier.verify_audit import Tree

LEAVES = [leaf_hash(str(number).encode()) for number in range(WIDTH * WIDTH + 600)]


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


@cache
def kept() -> dict[Node, bytes]:
    """What a sealing step would have written for all `LEAVES`."""
    edge, found = Edge(), {Node(0, place): leaf for place, leaf in enumerate(LEAVES)}
    for leaf in LEAVES:
        found |= dict(edge.add(leaf))
    return found


def prove(path: list[Range]) -> list[bytes]:
    return [root_of(span, {node: kept()[node] for node in nodes_of(span)}.__getitem__) for span in path]


def root(size: int) -> bytes:
    return root_of(Range(0, size), kept().__getitem__)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 255, 256, 257, 511, 513, 4711])
def test_edge_kept_nodes_and_the_definition_give_one_root(size: int) -> None:
    edge, stranger = Edge(), Tree()
    for leaf in LEAVES[:size]:
        edge.add(leaf)
        stranger.add(leaf)
    assert edge.root() == root(size) == by_definition(LEAVES[:size]) == bytes.fromhex(stranger.root())


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert Edge().root() == EMPTY == hashlib.sha256(b"").digest() == root(0)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_leaf_proves_its_place_and_no_other_does(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    path = prove(inclusion_path(index, size))
    assert inclusion_holds(LEAVES[index], index, size, path, root(size))
    assert not inclusion_holds(leaf_hash(b"another"), index, size, path, root(size))
    assert not inclusion_holds(LEAVES[index], index, size, [*path, EMPTY], root(size))
    assert not inclusion_holds(LEAVES[index], size, size, path, root(size))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_grown_tree_proves_that_it_begins_with_the_old_one(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, len(LEAVES)))
    old = data.draw(st.integers(1, new))
    path = prove(consistency_path(old, new))
    assert consistency_holds(old, new, path, root(old), root(new))
    assert not consistency_holds(old, new, path, leaf_hash(b"another"), root(new))
    if path:
        assert not consistency_holds(old, new, [node_hash(path[0], EMPTY), *path[1:]], root(old), root(new))


@pytest.mark.parametrize("size", [0, 1, 255, 256, 300, 65536, 65800])
def test_an_edge_read_back_goes_on_as_if_it_had_never_stopped(size: int) -> None:
    levels = [[kept()[node] for node in level] for level in edge_nodes(size)]
    read = Edge(size, levels)
    read.add(LEAVES[size])
    assert read.root() == root(size + 1)


def test_a_proof_of_a_large_tree_reads_few_hashes() -> None:
    wanted = [node for span in inclusion_path(1234, len(LEAVES)) for node in nodes_of(span)]
    assert len(wanted) < 4 * WIDTH
