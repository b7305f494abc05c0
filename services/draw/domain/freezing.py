"""Freezing (冻结): rows of the registry become records, records become tokens under a fresh blind key.

The records are what tokens hide and openings show; after the freeze nobody changes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.draw.domain.build import declare_strata
from services.draw.domain.commitment import EXPERT, Stratum
from services.draw.domain.drawing_plan import EXCLUDED, STRATUM_IDS, Task, printable, stratum_of, tags_of
from services.draw.domain.lists import ANYWHERE, Inspector
from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import Bytes32, Suite
from services.draw.domain.records import Blinder
from shared.values.errors import Refused

ACTIVE: Final = "active"
"""Only officers in post come on the roster; the others are kept as they were, without a token."""
NO_CAP: Final = 999_999_999
NO_TERM: Final = date(9999, 12, 31)
NOWHERE: Final = "00"
"""A prefix that no region code begins with."""
_REGION: Final = re.compile(r"[0-9]{2,12}")


class NothingToDraw(Refused):
    message = "名录库中没有可以抽取的对象，不能冻结名册"


@dataclass(frozen=True, slots=True)
class SnapshotObject:
    """An object as registry gave it; `ground` tells why it may not be visited now, None: it may. `industry` is the
    division (大类) of GB/T 4754 or empty; it serves the yearly fairness report and is no part of the record."""

    entity_id: UUID
    name: str
    uscc: str | None
    region: str
    credit_class: str
    ground: str | None
    industry: str = ""


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
    is_expert: bool = False
    capacity: int | None = None
    """Visits a month that the officer's department lets him make, None: no limit of his own (B8)."""


@dataclass(frozen=True, slots=True)
class SnapshotExpert:
    """An expert (专家) of the district. `valid_until` None: the qualification has no term."""

    expert_id: UUID
    name: str
    expert_no: str
    valid_until: date | None
    fields: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class FrozenObject:
    """A row of the pool (名册)."""

    entity_id: UUID
    token: Bytes32
    stratum: str
    region: str
    record: str
    credit_class: str = ""
    industry: str = ""


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


def seated_experts(found: Iterable[SnapshotExpert], task: Task) -> list[SnapshotInspector]:
    """Experts as roster rows of the departments that ask for them, dealt out in turn: an expert advises one department
    of a draw, and never counts as an officer (B2)."""
    asking = [part.department for part in task.departments if part.experts]
    return [
        SnapshotInspector(
            inspector_id=expert.expert_id,
            name=expert.name,
            department=asking[place % len(asking)],
            certificate_no=expert.expert_no,
            valid_until=expert.valid_until or NO_TERM,
            regions=(ANYWHERE,),
            tags=expert.fields,
            status=expert.status,
            is_expert=True,
        )
        for place, expert in enumerate(found)
        if asking
    ]


def months_touched(first: date, last: date) -> int:
    """Calendar months that the days from `first` to `last` touch."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


class Freezer:
    """Collects the tokens of one pool while its rows pass by; keeps 32 bytes an object, nothing else."""

    def __init__(self, blinder: Blinder, cap: int = NO_CAP, months: int = 1) -> None:
        """`cap`: of the draw, for everybody; `months` of its window, over which officers' own capacity counts."""
        self._blinder = blinder
        self._cap, self._months = cap, months
        self.tokens: dict[str, bytearray] = {stratum: bytearray() for stratum in STRATUM_IDS}
        self.roster: list[Inspector] = []

    def freeze_objects(self, found: Iterable[SnapshotObject]) -> list[FrozenObject]:
        return [self._object(one) for one in found]

    def _object(self, found: SnapshotObject) -> FrozenObject:
        stratum = stratum_of(found.credit_class, found.ground)
        record = object_record(found)
        token = self._blinder.object_token(record)
        self.tokens[stratum] += token
        return FrozenObject(found.entity_id, token, stratum, found.region, record, found.credit_class, found.industry)

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
            tags=(*tags_of(found.tags), EXPERT) if found.is_expert else tags_of(found.tags),
            valid_to=found.valid_until.isoformat(),
            cap=self._cap if found.capacity is None else min(self._cap, found.capacity * self._months),
            yearly_load=yearly_load,
        )
        self.roster.append(seat)
        return FrozenInspector(found, record, seat)

    def check_drawable(self) -> None:
        """Raises NothingToDraw."""
        if not any(tokens for stratum, tokens in self.tokens.items() if stratum != EXCLUDED):
            raise NothingToDraw


def make_strata(suite: Suite, tokens: Mapping[str, bytearray]) -> tuple[dict[str, TokenFile], tuple[Stratum, ...]]:
    """The token files of all strata and what the commitment says of them. A million tokens take seconds."""
    pool = {stratum: TokenFile.of(list(TokenFile(bytes(raw)))) for stratum, raw in tokens.items()}
    return pool, declare_strata(suite, pool)
