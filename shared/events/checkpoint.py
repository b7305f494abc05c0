"""What the checkpoint event (检查点) of every service carries."""

from __future__ import annotations

from shared.events.envelope import Part


class SignedCheckpoint(Part):
    """`body` is the signed text (JSON: size, root, chain, number, day …), `signature` Ed25519 over its bytes in hex."""

    number: int
    size: int
    body: str
    signature: str
