"""The keys that sign answers: a file of lines `<key id> <base64 of 32 bytes>`, the first signs, all are published.

A key taken out of use moves down. One whose private half is destroyed stays as `<key id> pub:<base64 of 32 bytes>`:
answers it signed can still be proved.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.credit.domain.proofs import Proof, PublicKey, parameters_of, signature_base

_PUBLIC_ONLY: Final = "pub:"


class AnswerKeysUnusable(Exception):
    """The file holds no key that can sign; the message names the line, never the key."""


@dataclass(frozen=True, slots=True)
class AnswerKeys:
    """Signs with the first key. `published`: every key, the current one first."""

    published: Sequence[PublicKey]
    _current: Ed25519PrivateKey

    @classmethod
    def load(cls, path: Path) -> AnswerKeys:
        """Raises AnswerKeysUnusable."""
        return cls.read(path.read_text("ascii"))

    @classmethod
    def read(cls, lines: str) -> AnswerKeys:
        """Raises AnswerKeysUnusable."""
        published: list[PublicKey] = []
        signer: Ed25519PrivateKey | None = None
        for number, line in enumerate(filter(str.strip, lines.splitlines()), start=1):
            try:
                key_id, value = line.split()
                private, public = _halves(value)
            except ValueError as error:
                raise AnswerKeysUnusable(f"line {number} is no key") from error
            signer = private if number == 1 else signer
            published.append(PublicKey(key_id, public, number == 1))
        if signer is None or len({key.key_id for key in published}) != len(published):
            raise AnswerKeysUnusable("the first key cannot sign, or two keys have one id")
        return cls(tuple(published), signer)

    def sign(self, sha256: bytes, at: datetime) -> Proof:
        """Signs the digest of an answer."""
        parameters = parameters_of(self.published[0].key_id, at)
        return Proof(parameters, self._current.sign(signature_base(sha256, parameters)))


def _halves(value: str) -> tuple[Ed25519PrivateKey | None, bytes]:
    """Raises ValueError."""
    if value.startswith(_PUBLIC_ONLY):
        public = base64.b64decode(value.removeprefix(_PUBLIC_ONLY), validate=True)
        if len(public) != 32:
            raise ValueError("a public key has 32 bytes")
        return None, public
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(value, validate=True))
    return private, private.public_key().public_bytes_raw()
