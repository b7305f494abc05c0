"""The Merkle tree (默克尔树) of the audit chain: RFC 6962 section 2.1 with SHA-256, proofs as in RFC 9162 section 2.1.

The tree only grows. Kept are its leaves and the roots of its complete subtrees of 256, 256², … leaves (nodes of level
1, 2, …), so that a proof of a tree of millions reads some hundred hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Final, NamedTuple

WIDTH: Final = 256
EMPTY: Final = hashlib.sha256().digest()


class Node(NamedTuple):
    """A kept hash: the root of leaves `place × 256^level` and on; level 0 is a leaf."""

    level: int
    place: int


class Range(NamedTuple):
    """Leaves from `start` up to but not including `end`, whose root a proof names."""

    start: int
    end: int


Kept = Callable[[Node], bytes]


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\0" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def chain_hash(before: bytes, leaf: bytes) -> bytes:
    """The link of a place: over the link before it (empty at first) and its own leaf."""
    return hashlib.sha256(b"\2" + before + leaf).digest()


def _split(size: int) -> int:
    """The largest power of two below `size` (at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def _level_of(size: int) -> int | None:
    """k where `size` is 256^k."""
    level, whole = 0, 1
    while whole < size:
        level, whole = level + 1, whole * WIDTH
    return level if whole == size else None


def nodes_of(span: Range) -> list[Node]:
    """The kept hashes that the root of `span` is made of."""
    size = span.end - span.start
    level = _level_of(size)
    if level is not None and span.start % size == 0:
        return [Node(level, span.start // size)]
    middle = span.start + _split(size)
    return nodes_of(Range(span.start, middle)) + nodes_of(Range(middle, span.end))


def root_of(span: Range, kept: Kept) -> bytes:
    """The root of `span`, from what `nodes_of` names."""
    size = span.end - span.start
    if size == 0:
        return EMPTY
    level = _level_of(size)
    if level is not None and span.start % size == 0:
        return kept(Node(level, span.start // size))
    middle = span.start + _split(size)
    return node_hash(root_of(Range(span.start, middle), kept), root_of(Range(middle, span.end), kept))


def inclusion_path(index: int, size: int) -> list[Range]:
    """What proves that leaf `index` (from 0) stands in the tree of `size` leaves, from the leaf to the root."""
    path: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(Range(middle, end))
            end = middle
        else:
            path.append(Range(start, middle))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int) -> list[Range]:
    """What proves that the tree of `new` leaves begins with that of `old` (1 ≤ old ≤ new); empty if they are equal."""
    path: list[Range] = []
    start, end, is_whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(Range(middle, end))
            end = middle
        else:
            path.append(Range(start, middle))
            start, is_whole = middle, False
    if not is_whole:
        path.append(Range(start, end))
    return path[::-1]


def inclusion_holds(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 section 2.1.3.2."""
    if index >= size:
        return False
    fn, sn, found = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            found = node_hash(sibling, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and found == root


def consistency_holds(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """RFC 9162 section 2.1.4.2."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new or not path:
        return False
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == old_root and second == new_root


@dataclass(slots=True)
class Edge:
    """The growing right edge of the tree: the hashes of each level that no complete node of the level above covers."""

    size: int = 0
    levels: list[list[bytes]] = field(default_factory=list)

    def add(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Takes the next leaf; returns the nodes that became complete by it."""
        self.size += 1
        complete: list[tuple[Node, bytes]] = []
        level, rising = 0, leaf
        while True:
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(rising)
            if len(self.levels[level]) < WIDTH:
                return complete
            rising = _whole(self.levels[level])
            self.levels[level] = []
            level += 1
            complete.append((Node(level, self.size // WIDTH**level - 1), rising))

    def root(self) -> bytes:
        peaks = [peak for level in reversed(self.levels) for peak in _peaks(level)]
        return reduce(lambda right, left: node_hash(left, right), reversed(peaks)) if peaks else EMPTY


def edge_nodes(size: int) -> list[list[Node]]:
    """Level by level, what an `Edge` of `size` leaves holds."""
    levels: list[list[Node]] = []
    count = size
    while count:
        first = count - count % WIDTH
        levels.append([Node(len(levels), place) for place in range(first, count)])
        count //= WIDTH
    return levels


def _whole(hashes: list[bytes]) -> bytes:
    """The root of a complete subtree."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def _peaks(hashes: list[bytes]) -> Iterable[bytes]:
    """The roots of the complete binary subtrees in which hashes of one level stand, the largest first."""
    at = 0
    while at < len(hashes):
        size = 1 << ((len(hashes) - at).bit_length() - 1)
        yield _whole(hashes[at : at + size])
        at += size
