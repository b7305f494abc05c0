"""Answers are signed as RFC 9421 says, so that any implementation of it verifies them (C5)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from services.credit.domain.proofs import Proof, digest_header, parameters_of, signature_base

AT = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


def test_the_signature_covers_the_digest_and_its_own_parameters() -> None:
    """RFC 9421, section 2.5: each component a line, the parameters last, no line end behind them."""
    digest = hashlib.sha256(b"{}").digest()
    parameters = parameters_of("a1", AT)
    assert signature_base(digest, parameters).decode() == (
        '"repr-digest": sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:\n'
        '"@signature-params": ("repr-digest");created=1795483800;keyid="a1";alg="ed25519";tag="restriction-answer"'
    )


def test_headers_carry_one_label() -> None:
    proof = Proof(parameters_of("a1", AT), b"\x00" * 64)
    assert proof.input_header.startswith('answer=("repr-digest");created=1795483800;')
    assert proof.signature_header == f"answer=:{'A' * 86}==:"
    assert digest_header(b"\xff" * 3) == "sha-256=:////:"
