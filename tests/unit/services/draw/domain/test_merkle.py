"""Inclusion proofs: any enterprise can show that it was in the pool, and nobody that it was not (B4, section 3)."""

from dataclasses import replace

import pytest

from services.draw.domain.merkle import (
    CHUNK_BYTES,
    InclusionProof,
    merkle_root,
    proof_holds,
    prove_inclusion,
    read_proof,
)
from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import SHA256, SM3, Suite, tagged

SIZES = (1, 255, 256, 257, 512, 513, 1024, 1300, 1800)


def pool(size: int) -> TokenFile:
    return TokenFile.of([tagged(SHA256, "token", f"{n}") for n in range(size)])


def proof_at(size: int, position: int) -> tuple[InclusionProof, bytes]:
    tokens = pool(size)
    return prove_inclusion(SHA256, "S", tokens.raw, position), merkle_root(SHA256, tokens.raw)


def test_the_tree_is_that_of_rfc_6962() -> None:
    tokens = pool(513).raw
    a, b, c = (SHA256.h(b"\0" + tokens[at : at + CHUNK_BYTES]) for at in range(0, len(tokens), CHUNK_BYTES))
    assert merkle_root(SHA256, b"") == SHA256.h(b"")
    assert merkle_root(SHA256, tokens[:CHUNK_BYTES]) == a
    assert merkle_root(SHA256, tokens) == SHA256.h(b"\1" + SHA256.h(b"\1" + a + b) + c)


@pytest.mark.parametrize("suite", [SHA256, SM3], ids=lambda suite: suite.name)
@pytest.mark.parametrize("size", SIZES)
def test_every_token_has_a_proof_that_holds(suite: Suite, size: int) -> None:
    tokens = pool(size)
    root = merkle_root(suite, tokens.raw)
    for position in {0, size // 2, size - 1, *range(0, size, 256)}:
        proof = prove_inclusion(suite, "S", tokens.raw, position)
        assert proof.token == tokens[position]
        assert proof_holds(suite, proof, size, root)


@pytest.mark.parametrize("size", SIZES)
def test_a_proof_altered_anywhere_does_not_hold(size: int) -> None:
    proof, root = proof_at(size, size - 1)
    altered = [
        replace(proof, token=bytes(32)),
        replace(proof, chunk_index=proof.chunk_index + 1),
        replace(proof, chunk=proof.chunk[:-32]),
        replace(proof, chunk=proof.chunk + b"\xff" * 32),
        replace(proof, chunk=proof.chunk[32:] + proof.chunk[:32]) if len(proof.chunk) > 32 else None,
        replace(proof, path=(*proof.path, bytes(32))),
        replace(proof, path=proof.path[:-1]) if proof.path else None,
        replace(proof, path=(bytes(32), *proof.path[1:])) if proof.path else None,
    ]
    assert proof_holds(SHA256, proof, size, root)
    assert not any(proof_holds(SHA256, wrong, size, root) for wrong in altered if wrong)
    assert not proof_holds(SHA256, proof, size + 1, root)
    assert not proof_holds(SHA256, proof, 0, root)


def test_a_token_between_two_chunks_has_no_proof() -> None:
    """A chunk has its exact length: nobody can pass an inner node for a chunk."""
    proof, root = proof_at(512, 0)
    inner = SHA256.h(b"\0" + proof.chunk) + proof.path[0]
    assert not proof_holds(SHA256, InclusionProof("S", inner[:32], 0, inner, ()), 512, root)


def test_a_proof_is_read_from_json_or_called_malformed() -> None:
    proof, _ = proof_at(300, 299)
    members = proof.members()
    assert read_proof(members) == proof
    for name, value in (
        ("token", "A" * 64),
        ("token", 1),
        ("chunk", ""),
        ("chunk", "ab"),
        ("chunk", proof.chunk.hex().upper()),
        ("chunk_index", True),
        ("chunk_index", -1),
        ("chunk_index", "0"),
        ("path", None),
        ("path", ["x"]),
        ("stratum", 1),
        ("extra", 1),
    ):
        assert read_proof({**members, name: value}) is None
    assert read_proof({name: value for name, value in members.items() if name != "path"}) is None
    assert read_proof([]) is None
