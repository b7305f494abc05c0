"""The seed (种子), section 5.2, and the rows `SHARE`, `SHARE_COUNT`, `BEACON` that guard it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.draw.domain.commitment import Terms
from services.draw.domain.documents import BeaconValue, Commitment, Share
from services.draw.domain.errors import BeaconRefused, ShareCount, ShareRefused
from services.draw.domain.primitives import Bytes32, Suite, be4, tagged


@dataclass(frozen=True)
class Reveal:
    """What the parties and the beacons gave, in any order."""

    shares: tuple[Share, ...]
    beacons: tuple[BeaconValue, ...]


def share_commit(suite: Suite, draw_id: str, party: str, share: bytes) -> Bytes32:
    """commit = T("ssj1/share", draw_id, id, share)."""
    return tagged(suite, "ssj1/share", draw_id, party, share)


def check_shares(suite: Suite, draw_id: str, terms: Terms, shares: Sequence[Share]) -> None:
    """Each share opens its party's commit, and there are enough. Raises ShareRefused, ShareCount."""
    commits = {party.id: party.commit for party in terms.parties}
    seen: set[str] = set()
    for share in shares:
        if share.party not in commits or share.party in seen:
            raise ShareRefused(f"见证方 {share.party} 未知或重复")
        if share_commit(suite, draw_id, share.party, share.value) != commits[share.party]:
            raise ShareRefused(f"见证方 {share.party} 的份额与其承诺不符")
        seen.add(share.party)
    if len(shares) < terms.min_shares:
        raise ShareCount(f"收到 {len(shares)} 份，至少需要 {terms.min_shares} 份")


def check_beacons(terms: Terms, beacons: Sequence[BeaconValue]) -> None:
    """Exactly the committed beacons, each value of its pattern. Raises BeaconRefused."""
    if sorted(value.id for value in beacons) != sorted(beacon.id for beacon in terms.beacons):
        raise BeaconRefused("编号与承诺书不一致")
    patterns = {beacon.id: beacon.pattern for beacon in terms.beacons}
    for value in beacons:
        if not patterns[value.id].matches(value.value):
            raise BeaconRefused(f"{value.id} 的取值不符合约定格式")


def check_reveal(commitment: Commitment, reveal: Reveal) -> None:
    """Raises a RevealRefusal."""
    check_shares(commitment.suite, commitment.draw_id, commitment.terms, reveal.shares)
    check_beacons(commitment.terms, reveal.beacons)


def seed_of(commitment: Commitment, reveal: Reveal) -> Bytes32:
    """T("ssj1/seed", commit_hash, be4(#shares), party, share…, be4(#beacons), id, value…); the reveal is checked."""
    shares = sorted(reveal.shares, key=lambda share: share.party)
    values = {value.id: value.value for value in reveal.beacons}
    parts: list[str | bytes] = [commitment.hash, be4(len(shares))]
    for share in shares:
        parts += [share.party, share.value]
    parts.append(be4(len(commitment.terms.beacons)))
    for beacon in commitment.terms.beacons:
        parts += [beacon.id, values[beacon.id]]
    return tagged(commitment.suite, "ssj1/seed", *parts)
