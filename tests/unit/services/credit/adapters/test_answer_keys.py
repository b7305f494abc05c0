"""Keys that sign answers: the first signs, every one proves, a public half alone too (C5)."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.credit.adapters.answer_keys import AnswerKeys, AnswerKeysUnusable
from services.credit.domain.proofs import signature_base

AT = datetime(2026, 11, 24, tzinfo=UTC)
DIGEST = hashlib.sha256(b"answer").digest()


def a_line(key_id: str, seed: int) -> str:
    return f"{key_id} {base64.b64encode(bytes([seed]) * 32).decode()}\n"


def test_a_new_first_key_signs_and_the_one_before_still_proves_what_it_signed() -> None:
    before = AnswerKeys.read(a_line("a1", 1))
    proof = before.sign(DIGEST, AT)
    after = AnswerKeys.read(a_line("a2", 2) + a_line("a1", 1))
    assert [(key.key_id, key.is_current) for key in after.published] == [("a2", True), ("a1", False)]
    assert 'keyid="a2"' in after.sign(DIGEST, AT).parameters
    old = Ed25519PublicKey.from_public_bytes(after.published[1].key)
    old.verify(proof.signature, signature_base(DIGEST, proof.parameters))


def test_a_key_whose_private_half_is_destroyed_is_still_published() -> None:
    public = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32).public_key().public_bytes_raw()
    keys = AnswerKeys.read(a_line("a2", 2) + f"\na1 pub:{base64.b64encode(public).decode()}\n")
    assert keys.published[1].key == public


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "a1\n",
        "a1 c2hvcnQ=\n",
        "a1 not-base64!\n",
        f"a1 pub:{base64.b64encode(b'k' * 31).decode()}\n",
        f"a1 pub:{base64.b64encode(b'k' * 32).decode()}\n",
        a_line("a1", 1) + a_line("a1", 2),
    ],
)
def test_a_file_that_cannot_sign_is_refused_without_telling_the_key(lines: str) -> None:
    with pytest.raises(AnswerKeysUnusable) as refused:
        AnswerKeys.read(lines)
    assert "=" not in str(refused.value)
