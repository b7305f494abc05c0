"""Sign the answer to a code that is worth nothing, so that the firm can show it to anybody (B18)."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.results.domain.receipts import receipt_text
from services.results.usecases.visit_codes import OpenedCode
from shared.runtime.unit_of_work import SHANGHAI


@dataclass(frozen=True, slots=True)
class Receipt:
    """`signature` (Ed25519, RFC 8032) is over the UTF-8 bytes of `text`; `public_key`: 32 bytes."""

    text: str
    signature: bytes
    public_key: bytes


def sign_receipt(typed: str, opened: OpenedCode, district: str, key: Ed25519PrivateKey) -> Receipt:
    """By the key with which results signs its tokens; whoever knows the public key checks it offline."""
    text = receipt_text(typed, district, opened.answer, opened.answered_at.astimezone(SHANGHAI))
    return Receipt(text, key.sign(text.encode()), key.public_key().public_bytes_raw())
