"""Who may not be visited now (不列入抽取), and why, as a pool is frozen: recognition, cap, no-disturb list (M3).

An object with a ground stays in the pool, in the stratum `excluded`, with its ground in the record: that nobody was
left out without one can be proved afterwards. What registry says of an object (gone, revoked) comes first. The
no-disturb list comes last: who is on it and nothing else keeps a chance, the random floor (B19), in a stratum of its
own. The cap binds tasks of key items (重点检查事项) too: I2 frees those of the ratio cap, N7 and 国办发〔2024〕54号
know no exception by level.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from services.draw.domain.drawing_plan import NO_DISTURB
from services.draw.domain.freezing import RecusedPair, SnapshotObject
from shared.values.credit_class import CreditClass
from shared.values.errors import Invalid, NotFound, Refused

RECOGNISED: Final = "recognised_result"
AT_CAP: Final = "frequency_cap"
REPEATS_IN_YEAR: Final = 2
"""B1: a third visit of the same officer to the same object within a year is not drawn."""


class EntryWithoutTerm(Invalid):
    message = "不打扰期限应有起止，止日不早于起日，最长 {days} 天"


class EntryKnown(Refused):
    message = "该对象已在不打扰名单中"


class EntryUnknown(NotFound):
    message = "没有这条不打扰名单记录，或无权办理"


class EntryEnded(Refused):
    message = "该对象已退出不打扰名单"


class Why:
    """Why a pair is recused in a pool."""

    DECLARED: Final = "declared"
    REPEATED: Final = "repeated"


@dataclass(frozen=True, slots=True)
class History:
    """What happened before the freeze, of the whole district. `visits`: entity → visits of the task's year;
    `recognised`: entities whose recent results all departments of the task recognise (R5); `undisturbed`: entities on
    the no-disturb list today (B19)."""

    visits: Mapping[UUID, int] = field(default_factory=dict)
    recognised: frozenset[UUID] = frozenset()
    undisturbed: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Exclusions:
    """`caps`: visits a year by credit class (N7); a class not named takes that of the class it is treated as, and
    without either there is no cap."""

    caps: Mapping[str, int]
    history: History

    def applied(self, found: SnapshotObject) -> SnapshotObject:
        """The object with its ground, if it has one."""
        if found.ground is not None:
            return found
        ground = self._ground(found)
        return found if ground is None else replace(found, ground=ground)

    def _ground(self, found: SnapshotObject) -> str | None:
        if found.entity_id in self.history.recognised:
            return RECOGNISED
        cap = cap_of(CreditClass(found.credit_class), self.caps)
        visits = self.history.visits.get(found.entity_id, 0)
        if cap is not None and visits >= cap:
            return AT_CAP
        return NO_DISTURB if found.entity_id in self.history.undisturbed else None


def cap_of(credit_class: CreditClass, caps: Mapping[str, int]) -> int | None:
    """Visits a year, None: no cap."""
    for name in (credit_class, credit_class.treated_as):
        if name.value in caps:
            return caps[name.value]
    return None


def recused_pairs(declared: Collection[RecusedPair], repeated: Collection[RecusedPair]) -> dict[RecusedPair, str]:
    """Pair → why; a declaration outweighs a repetition."""
    return dict.fromkeys(repeated, Why.REPEATED) | dict.fromkeys(declared, Why.DECLARED)


@dataclass(frozen=True, slots=True)
class NoDisturbEntry:
    """An object on the list (不打扰名单) from and to a day, both included; it leaves by itself (B19)."""

    id: UUID
    owner_department: str
    entity_id: UUID
    ground: str
    from_on: date
    until_on: date
    entered_by: str
    entered_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None
    version: int = 1

    def ended(self, by: str, at: datetime) -> NoDisturbEntry:
        """Raises EntryEnded."""
        if self.ended_at is not None:
            raise EntryEnded
        return replace(self, ended_by=by, ended_at=at, version=self.version + 1)


LONGEST_TERM: Final = timedelta(days=366)


def check_term(from_on: date, until_on: date) -> None:
    """Raises EntryWithoutTerm."""
    if not from_on <= until_on <= from_on + LONGEST_TERM:
        raise EntryWithoutTerm(days=LONGEST_TERM.days)
