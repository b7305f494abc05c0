"""Freezing (冻结): rows of the registry become records, records become tokens under a fresh blind key.

The records are what tokens hide and openings show; after the freeze nobody changes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.draw.domain.drawing_plan import STRATUM_IDS, printable, stratum_of, tags_of
from services.draw.domain.lists import ANYWHERE, Inspector
from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import Bytes32
from services.draw.domain.records import Blinder
from shared.values.errors import Refused

ACTIVE: Final = "active"
"""Only officers in post come on the roster; the others are kept as they were, without a token."""
NO_CAP: Final = 999_999_999
NOWHERE: Final = "00"
"""A prefix that no region code begins with."""
_REGION: Final = re.compile(r"[0-9]{2,12}")


class NothingToDraw(Refused):
    message = "名录库中没有可以抽取的对象，不能冻结名册"


@dataclass(frozen=True, slots=True)
class SnapshotObject:
    """An object as registry gave it; `ground` tells why it may not be visited now, None: it may."""

    entity_id: UUID
    name: str
    uscc: str | None
    region: str
    credit_class: str
    ground: str | None


@dataclass(frozen=True, slots=True)
class SnapshotInspector:
    inspector_id: UUID
    name: str
    department: str
    certificate_no: str
    valid_until: date
    regions: tuple[str, ...]
    tags: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class FrozenObject:
    """A row of the pool (名册)."""

    entity_id: UUID
    token: Bytes32
    stratum: str
    region: str
    record: str


@dataclass(frozen=True, slots=True)
class FrozenInspector:
    """A row of the frozen officers; `seat` is the row of the roster, None for one not in post."""

    source: SnapshotInspector
    record: str
    seat: Inspector | None


@dataclass(frozen=True, slots=True)
class RecusedPair:
    """回避: declared before the freeze. The ground stays with the declaration and is never public."""

    entity_id: UUID
    inspector_id: UUID


def object_record(found: SnapshotObject) -> str:
    """The record in the order of `COLUMNS`."""
    fields = (str(found.entity_id), found.name, found.uscc or "", found.region, found.ground or "")
    return "\t".join(map(printable, fields))


def inspector_record(found: SnapshotInspector) -> str:
    """id, name, department, certificate: the four fields of the protocol."""
    return "\t".join(map(printable, (str(found.inspector_id), found.name, found.department, found.certificate_no)))


def regions_of(regions: Sequence[str]) -> tuple[str, ...]:
    """Region prefixes as a roster shows them; none, or `*` among them: everywhere. A malformed code covers nothing."""
    if not regions or ANYWHERE in regions:
        return (ANYWHERE,)
    return tuple(sorted({region for region in regions if _REGION.fullmatch(region)})) or (NOWHERE,)


class Freezer:
    """Collects the tokens of one pool while its rows pass by; keeps 32 bytes an object, nothing else."""

    def __init__(self, blinder: Blinder, cap: int = NO_CAP) -> None:
        self._blinder = blinder
        self._cap = cap
        self._tokens: dict[str, list[Bytes32]] = {stratum: [] for stratum in STRATUM_IDS}
        self.roster: list[Inspector] = []

    def freeze_objects(self, found: Iterable[SnapshotObject]) -> list[FrozenObject]:
        return [self._object(one) for one in found]

    def _object(self, found: SnapshotObject) -> FrozenObject:
        stratum = stratum_of(found.credit_class, found.ground)
        record = object_record(found)
        token = self._blinder.object_token(record)
        self._tokens[stratum].append(token)
        return FrozenObject(found.entity_id, token, stratum, found.region, record)

    def freeze_inspectors(
        self, found: Iterable[SnapshotInspector], yearly_loads: dict[UUID, int]
    ) -> list[FrozenInspector]:
        """`yearly_loads`: visits of the year so far, by inspector."""
        return [self._inspector(one, yearly_loads.get(one.inspector_id, 0)) for one in found]

    def _inspector(self, found: SnapshotInspector, yearly_load: int) -> FrozenInspector:
        record = inspector_record(found)
        if found.status != ACTIVE:
            return FrozenInspector(found, record, None)
        seat = Inspector(
            token=self._blinder.inspector_token(record),
            department=found.department,
            regions=regions_of(found.regions),
            tags=tags_of(found.tags),
            valid_to=found.valid_until.isoformat(),
            cap=self._cap,
            yearly_load=yearly_load,
        )
        self.roster.append(seat)
        return FrozenInspector(found, record, seat)

    def pool(self) -> dict[str, TokenFile]:
        """The token files of all strata, in their order. Raises NothingToDraw."""
        pool = {stratum: TokenFile.of(tokens) for stratum, tokens in self._tokens.items()}
        if not any(len(tokens) for stratum, tokens in pool.items() if stratum != STRATUM_IDS[-1]):
            raise NothingToDraw
        return pool
