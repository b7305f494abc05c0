"""Eligibility (资格), section 5.6: which inspectors of a department may take a slot, as bits by rank.

Bit i of a mask stands for the inspector of rank i in the department.
"""

from collections.abc import Iterable, Mapping, Sequence

from services.draw.domain.commitment import EXPERT
from services.draw.domain.lists import ANYWHERE, Inspector
from services.draw.domain.primitives import Bytes32, Suite, tagged
from services.draw.domain.visits import Tags

Mask = int


def by_rank(suite: Suite, seed: Bytes32, inspectors: Iterable[Inspector]) -> list[Inspector]:
    """Inspectors in order of T("ssj1/irank", seed, inspector token)."""
    return sorted(inspectors, key=lambda inspector: tagged(suite, "ssj1/irank", seed, inspector.token))


class Eligibility:
    """The masks of one department, kept by (region, tags)."""

    def __init__(
        self, inspectors: Sequence[Inspector], window_end: str, recused: Mapping[Bytes32, frozenset[Bytes32]]
    ) -> None:
        self._everyone: Mask = (1 << len(inspectors)) - 1
        self._certified: Mask = 0
        self._regions: dict[str, Mask] = {}
        self._tags: dict[str, Mask] = {EXPERT: 0}
        self._bits = {inspector.token: 1 << rank for rank, inspector in enumerate(inspectors)}
        self._recused = recused
        self._known: dict[tuple[str, Tags], Mask] = {}
        for rank, inspector in enumerate(inspectors):
            self._enter(1 << rank, inspector, window_end)

    def _enter(self, bit: Mask, inspector: Inspector, window_end: str) -> None:
        if inspector.valid_to >= window_end:
            self._certified |= bit
        for region in inspector.regions:
            self._regions[region] = self._regions.get(region, 0) | bit
        for tag in inspector.tags:
            self._tags[tag] = self._tags.get(tag, 0) | bit

    @property
    def certified(self) -> Mask:
        """Certificates that reach the end of the window."""
        return self._certified

    def in_region(self, region: str) -> Mask:
        """One of the inspector's regions is `*` or a prefix of the object's region."""
        mask = self._regions.get(ANYWHERE, 0)
        for length in range(2, len(region) + 1):
            mask |= self._regions.get(region[:length], 0)
        return mask

    def with_tags(self, tags: Tags) -> Mask:
        """All tags of the slot; and `expert` for both or for neither."""
        experts = self._tags[EXPERT]
        mask = experts if EXPERT in tags else self._everyone & ~experts
        for tag in tags:
            mask &= self._tags.get(tag, 0)
        return mask

    def recused_from(self, token: Bytes32) -> Mask:
        """回避: those who may not visit this object."""
        return sum(self._bits.get(inspector, 0) for inspector in self._recused.get(token, ()))

    def mask(self, token: Bytes32, region: str, tags: Tags) -> Mask:
        """Who is eligible for a slot with these tags at this object."""
        key = (region, tags)
        known = self._known.get(key)
        if known is None:
            known = self._certified & self.in_region(region) & self.with_tags(tags)
            self._known[key] = known
        return known & ~self.recused_from(token)
