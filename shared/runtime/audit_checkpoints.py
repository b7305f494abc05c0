"""Checkpoints (检查点): the signed root of a service's audit chain, and when one is due (SEC11, decision 0012).

The signed text is JSON with sorted members, without spaces. Its `day` is the day in Asia/Shanghai on which it was
signed; it covers everything sealed until then. `previous` is the SHA-256 of the checkpoint before it, so that a list of
them can neither lose one nor get one more. `next_within` is the period: an older row behind it without a signature is
what an offline verifier reports.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.runtime.audit_rows import canonical
from shared.runtime.audit_store import KeptCheckpoint, Tail, Times
from shared.runtime.unit_of_work import SHANGHAI

FORMAT: Final = "ssj-checkpoint-1"
ALGORITHM: Final = "Ed25519/SHA-256"
ROWS: Final = 1_000
"""Sealed since the last checkpoint: then one is due before its period is over."""
LEAST: Final = timedelta(seconds=10)
"""Between two checkpoints of a day, however many rows there are."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: a service of a district, with the key its peers know it by."""

    service: str
    district: str
    key: Ed25519PrivateKey
    period: timedelta = timedelta(hours=1)

    def sign(self, tail: Tail, before: KeptCheckpoint | None, at: Times) -> KeptCheckpoint:
        """The checkpoint behind `before` over the chain as it stands."""
        number = 1 if before is None else before.number + 1
        body = canonical(
            {
                "format": FORMAT,
                "algorithm": ALGORITHM,
                "service": self.service,
                "district": self.district,
                "number": number,
                "day": at.told.astimezone(SHANGHAI).date().isoformat(),
                "signed_at": at.real.astimezone(UTC).isoformat(timespec="microseconds"),
                "size": tail.edge.size,
                "root": tail.edge.root().hex(),
                "chain": tail.chain.hex(),
                "log_seq": tail.log_seq,
                "next_within": int(self.period.total_seconds()),
                "previous": "" if before is None else hashlib.sha256(before.body.encode()).hexdigest(),
            }
        )
        return KeptCheckpoint(number, tail.edge.size, body.decode(), self.key.sign(body))


def signature_holds(kept: KeptCheckpoint, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(kept.signature, kept.body.encode())
    except InvalidSignature:
        return False
    return True


def members(kept: KeptCheckpoint) -> dict[str, Any]:
    """What the signed text says."""
    found: dict[str, Any] = json.loads(kept.body)
    return found


def is_due(
    before: KeptCheckpoint | None,
    first_sealed_at: datetime,
    at: Times,
    period: timedelta,
    *,
    has_news: bool,
    rows: int = 0,
) -> bool:
    """Every day one, shortly after it began; within a day after `period` or a thousand rows, if there is more than
    checkpoints to sign.

    `has_news`: something else than the event of the checkpoint before was sealed since; `rows`: so many were.
    """
    since = first_sealed_at if before is None else datetime.fromisoformat(members(before)["signed_at"])
    if has_news and rows >= ROWS and at.real - since >= LEAST:
        return True
    if before is None:
        same_day = first_sealed_at.astimezone(SHANGHAI).date() == at.real.astimezone(SHANGHAI).date()
        return not same_day or at.real - first_sealed_at >= period
    said = members(before)
    if said["day"] != at.told.astimezone(SHANGHAI).date().isoformat():
        return True
    return has_news and at.real - since >= period
