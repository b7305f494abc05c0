"""Merkle tree (默克尔树) of a stratum, section 3: RFC 6962 over chunks of 256 tokens, proofs by RFC 9162 §2.1.3.2."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.draw.domain.fields import is_hex
from services.draw.domain.primitives import HASH_SIZE, Bytes32, Suite

CHUNK_TOKENS = 256
CHUNK_BYTES = CHUNK_TOKENS * HASH_SIZE


@dataclass(frozen=True)
class InclusionProof:
    """That `token` stands in chunk `chunk_index` of a stratum; `path` runs from the leaf to the root."""

    stratum: str
    token: bytes
    chunk_index: int
    chunk: bytes
    path: tuple[bytes, ...]

    def members(self) -> dict[str, object]:
        """As published JSON."""
        return {
            "stratum": self.stratum,
            "token": self.token.hex(),
            "chunk_index": self.chunk_index,
            "chunk": self.chunk.hex(),
            "path": [node.hex() for node in self.path],
        }


def _leaves(suite: Suite, tokens: bytes) -> list[Bytes32]:
    return [suite.h(b"\0" + tokens[at : at + CHUNK_BYTES]) for at in range(0, len(tokens), CHUNK_BYTES)]


def _split(n: int) -> int:
    """The largest power of two below n (n ≥ 2)."""
    return 1 << ((n - 1).bit_length() - 1)


def _subtree(suite: Suite, leaves: Sequence[Bytes32]) -> Bytes32:
    if len(leaves) == 1:
        return leaves[0]
    k = _split(len(leaves))
    return suite.h(b"\1" + _subtree(suite, leaves[:k]) + _subtree(suite, leaves[k:]))


def merkle_root(suite: Suite, tokens: bytes) -> Bytes32:
    """Root over a stratum's tokens, increasing and concatenated; H("") of none."""
    return _subtree(suite, _leaves(suite, tokens)) if tokens else suite.h(b"")


def prove_inclusion(suite: Suite, stratum: str, tokens: bytes, position: int) -> InclusionProof:
    """The proof for the token at `position` of the stratum's raw tokens."""
    index = position // CHUNK_TOKENS
    at = position * HASH_SIZE
    return InclusionProof(
        stratum=stratum,
        token=tokens[at : at + HASH_SIZE],
        chunk_index=index,
        chunk=tokens[index * CHUNK_BYTES : (index + 1) * CHUNK_BYTES],
        path=tuple(_path(suite, _leaves(suite, tokens), index)),
    )


def _path(suite: Suite, leaves: Sequence[Bytes32], index: int) -> list[Bytes32]:
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*_path(suite, leaves[:k], index), _subtree(suite, leaves[k:])]
    return [*_path(suite, leaves[k:], index - k), _subtree(suite, leaves[:k])]


def proof_holds(suite: Suite, proof: InclusionProof, size: int, root: Bytes32) -> bool:
    """Whether the proof shows its token in the stratum of this size and root."""
    leaves = -(-size // CHUNK_TOKENS)
    if proof.chunk_index >= leaves or not _chunk_fits(proof, size):
        return False
    return _climb(suite, proof, leaves) == root


def _chunk_fits(proof: InclusionProof, size: int) -> bool:
    held = min(CHUNK_TOKENS, size - proof.chunk_index * CHUNK_TOKENS)
    if len(proof.chunk) != held * HASH_SIZE:
        return False
    tokens = [proof.chunk[at : at + HASH_SIZE] for at in range(0, len(proof.chunk), HASH_SIZE)]
    return proof.token in tokens and all(a < b for a, b in pairwise(tokens))


def _climb(suite: Suite, proof: InclusionProof, leaves: int) -> Bytes32 | None:
    """The root that the path leads to, or None if it is too long or too short (RFC 9162 §2.1.3.2)."""
    fn, sn = proof.chunk_index, leaves - 1
    node = suite.h(b"\0" + proof.chunk)
    for sibling in proof.path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            node = suite.h(b"\1" + sibling + node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = suite.h(b"\1" + node + sibling)
        fn, sn = fn >> 1, sn >> 1
    return node if sn == 0 else None


def read_proof(value: object) -> InclusionProof | None:
    """A proof from decoded JSON; None if malformed."""
    if not isinstance(value, dict) or value.keys() != {"stratum", "token", "chunk_index", "chunk", "path"}:
        return None
    stratum, index = value["stratum"], value["chunk_index"]
    token, chunk, path = _hexes([value["token"]]), _chunk(value["chunk"]), _hexes(value["path"])
    if not isinstance(stratum, str) or not isinstance(index, int) or isinstance(index, bool) or index < 0:
        return None
    if token is None or chunk is None or path is None:
        return None
    return InclusionProof(stratum, token[0], index, chunk, path)


def _hexes(value: object) -> tuple[bytes, ...] | None:
    if not isinstance(value, list) or not all(isinstance(item, str) and is_hex(item) for item in value):
        return None
    return tuple(map(bytes.fromhex, value))


def _chunk(value: object) -> bytes | None:
    if not isinstance(value, str) or not value or len(value) % (2 * HASH_SIZE):
        return None
    tokens = _hexes([value[at : at + 2 * HASH_SIZE] for at in range(0, len(value), 2 * HASH_SIZE)])
    return None if tokens is None else b"".join(tokens)
