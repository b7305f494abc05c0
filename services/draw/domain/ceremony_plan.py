"""How a ceremony (抽取仪式) is to go: who gives shares, by when, and which public values nobody controls follow them.

A plan may count seconds from the publication instead of naming moments: the moments then follow at the commitment.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.draw.domain.commitment import Beacon
from services.draw.domain.pattern import parse_pattern
from services.draw.domain.protocol_time import later
from shared.values.errors import Invalid

MIN_PARTIES = 2


class PartiesTooFew(Invalid):
    message = "见证方不得少于 {least} 个，现有 {count} 个"


class NoOutsideParty(Invalid):
    """Draw-protocol section 2: at least two parties, one of them outside the operator."""

    message = "见证方中至少应有一个来自承办单位以外（公证、纪检、企业代表等）"


class DeadlineUnclear(Invalid):
    message = "份额截止应写明时刻（reveal_deadline）或公布后的秒数（reveal_seconds）之一"


class NoBeaconUndeclared(Invalid):
    """Without beacon a single party that withholds its share stops the draw; the operator says that he knows."""

    message = "没有公共随机源时须声明 no_beacon_profile；有公共随机源时不得声明"


class BeaconTimeUnclear(Invalid):
    message = "公共随机源 {beacon} 应写明产生时刻（not_before）或截止后的秒数（after_seconds）之一"


@dataclass(frozen=True, slots=True)
class PlannedParty:
    """A party (见证方) by the id that documents use; `is_outside`: not of the operator."""

    id: str
    name: str
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class PlannedBeacon:
    """A beacon (公共随机源): born at `not_before` (TIME), or `after_seconds` after the shares' deadline."""

    id: str
    ref: str
    pattern: str
    not_before: str | None = None
    after_seconds: int | None = None

    def timed(self, deadline: str) -> Beacon:
        """Raises FieldRefused for a pattern that the protocol does not know."""
        not_before = self.not_before or later(deadline, self.after_seconds or 0)
        return Beacon(self.id, self.ref, not_before, parse_pattern(self.pattern))


@dataclass(frozen=True, slots=True)
class Timetable:
    """The moments of one ceremony, once the time of its commitment is known."""

    reveal_deadline: str
    beacons: tuple[Beacon, ...]


@dataclass(frozen=True, slots=True)
class CeremonyPlan:
    """`reveal_deadline` is a TIME, `reveal_seconds` counts from the commitment; exactly one is given.
    `has_no_beacon_profile`: the ceremony goes without beacon, knowingly."""

    parties: tuple[PlannedParty, ...]
    min_shares: int
    beacons: tuple[PlannedBeacon, ...]
    has_no_beacon_profile: bool = False
    reveal_deadline: str | None = None
    reveal_seconds: int | None = None

    def checked(self) -> CeremonyPlan:
        """The protocol checks the rest.

        Raises PartiesTooFew, NoOutsideParty, DeadlineUnclear, NoBeaconUndeclared, BeaconTimeUnclear.
        """
        if len(self.parties) < MIN_PARTIES:
            raise PartiesTooFew(least=MIN_PARTIES, count=len(self.parties))
        if not any(party.is_outside for party in self.parties):
            raise NoOutsideParty
        if (self.reveal_deadline is None) == (self.reveal_seconds is None):
            raise DeadlineUnclear
        if self.has_no_beacon_profile == bool(self.beacons):
            raise NoBeaconUndeclared
        for beacon in self.beacons:
            if (beacon.not_before is None) == (beacon.after_seconds is None):
                raise BeaconTimeUnclear(beacon=beacon.id)
        return self

    def timed(self, committed_at: str) -> Timetable:
        """The moments if the commitment is published at `committed_at`."""
        deadline = self.reveal_deadline or later(committed_at, self.reveal_seconds or 0)
        return Timetable(deadline, tuple(beacon.timed(deadline) for beacon in self.beacons))

    def party(self, party_id: str) -> PlannedParty | None:
        return next((party for party in self.parties if party.id == party_id), None)
