"""What a source says of an entity (事实): a published result, a line of the credit platform, a department's file.

A fact is named by its source and key, and has versions. Facts carry no rule: what they weigh is the indicator system's
matter, so a new version of the system rates old facts anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

RESULTS: Final = "results"
"""Source of facts heard from published results."""
IMPORT: Final = "import"
"""Source of facts that came by `POST /v1/fact-imports`."""
BARE: Final = 0
"""Level of a mark that no finding graded: an outcome code alone, or a list entry."""
UNCOUNTED: Final = 0
"""Version of a fact whose source counts no versions: the same content is the same version, other content the next."""

FactName = tuple[str, str]
"""Source and key."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What can be weighed. `code`: `outcome:<检查结果 code>`, `list:<list code>` or an indicator code. `level` 0 to 5
    (severity); `points` where the source gives them itself, else None."""

    code: str
    level: int
    points: int | None
    occurred_on: date


@dataclass(frozen=True, slots=True)
class Observation:
    """A mark and how it reads in the archive (诚信档案)."""

    mark: Mark
    title: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision to list (列入决定, C3). `ends_on` is its last day, None: until removed. `removed_on` is the first day
    off the list again when the authority removed the entity (移出)."""

    list_code: str
    ground: str
    document_no: str
    authority: str
    decided_on: date
    ends_on: date | None = None
    removed_on: date | None = None
    removal_reason: str | None = None

    def is_same_entry(self, other: Decision) -> bool:
        """Whether both speak of one entry of one list, removed or not."""
        return self.as_entered() == other.as_entered()

    def as_entered(self) -> Decision:
        return replace(self, removed_on=None, removal_reason=None)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the fact names, as its source wrote it."""

    name: str
    uscc: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One version of a fact. `told_at` is the source's own time, never the clock of whoever applies it.

    `standing` False withdraws it: it counts as if it had never been (R6). `origin` is the department or body it came
    from; `reason` says why a version takes the place of an earlier one; `digest` tells contents apart where the source
    counts no versions; `event_id` is the event it was heard by.
    """

    KIND: ClassVar[str] = "fact"

    source: str
    key: str
    version: int
    entity_id: UUID
    told_at: datetime
    origin: str
    observations: tuple[Observation, ...] = ()
    decision: Decision | None = None
    standing: bool = True
    reason: str | None = None
    subject: Subject | None = None
    digest: str = ""
    event_id: UUID | None = None

    @property
    def name(self) -> FactName:
        return (self.source, self.key)

    @property
    def rank(self) -> int:
        """Order of versions. A withdrawal stands behind the version it names and before the next."""
        return self.version * 2 + (not self.standing)
