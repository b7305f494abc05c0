"""Where two persons are needed, and what follows what (SEC32)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.draw.domain.ceremony import (
    Ceremony,
    CommitsMissing,
    Hand,
    NotAtStage,
    OperatorAsOutsider,
    PartyHasItsWitness,
    PartyUnknown,
    SecondPersonNeeded,
    Stage,
    VoidRequest,
    WitnessOfAnotherParty,
)
from services.draw.domain.ceremony_plan import (
    BeaconTimeUnclear,
    CeremonyPlan,
    DeadlineUnclear,
    NoBeaconUndeclared,
    NoOutsideParty,
    PartiesTooFew,
    PlannedBeacon,
    PlannedParty,
)
from services.draw.domain.log import State
from services.draw.domain.protocol_time import later, protocol_time
from shared.values.errors import DomainError
from shared.values.ids import new_id

NOTARY, OWN = PlannedParty("公证处", "区公证处", True), PlannedParty("纪检", "区纪检")
BEACON = PlannedBeacon("快乐8", "第 1 期", "[0-9]{2}", after_seconds=60)
PLAN = CeremonyPlan((NOTARY, OWN), 2, (BEACON,), reveal_seconds=600)
AT = "2026-11-24T09:00:00+08:00"


def a_draw(stage: Stage = Stage.FROZEN) -> Ceremony:
    return Ceremony(
        id=new_id(),
        district="mengjin",
        task_id=new_id(),
        task_no="1",
        owner_department="scjg",
        participants=("scjg",),
        suite="SHA-256",
        plan=PLAN,
        note="",
        frozen_by="甲",
        frozen_at=datetime(2026, 11, 24, tzinfo=UTC),
        stage=stage,
    )


def test_who_froze_does_not_commit() -> None:
    with pytest.raises(SecondPersonNeeded):
        a_draw().check_committer("甲", [])
    a_draw().check_committer("乙", [Hand(OWN.id, b"", "乙")])
    with pytest.raises(OperatorAsOutsider):
        a_draw().check_committer("乙", [Hand(NOTARY.id, b"", "乙")])


def test_who_asks_for_a_void_does_not_approve_it() -> None:
    request = VoidRequest("遗漏", "甲", datetime(2026, 11, 24, tzinfo=UTC))
    request.check_approver("乙")
    with pytest.raises(SecondPersonNeeded):
        request.check_approver("甲")


@pytest.mark.parametrize(
    ("party", "by", "refusal"),
    [
        ("工商联", "丙", PartyUnknown),
        ("公证处", "甲", OperatorAsOutsider),
        ("纪检", "丁", PartyHasItsWitness),
        ("公证处", "丙", WitnessOfAnotherParty),
        ("纪检", "丙", None),
        ("公证处", "丁", None),
    ],
)
def test_an_account_stands_for_one_party(party: str, by: str, refusal: type[DomainError] | None) -> None:
    hands = [Hand("纪检", b"", "丙")]
    if refusal is None:
        a_draw().check_witness(party, by, hands)
        return
    with pytest.raises(refusal):
        a_draw().check_witness(party, by, hands)


def test_all_commits_are_needed_in_the_order_of_the_plan() -> None:
    with pytest.raises(CommitsMissing, match="纪检"):
        a_draw().commits_of([Hand("公证处", b"1", "丙")])
    given = a_draw().commits_of([Hand("纪检", b"2", "丁"), Hand("公证处", b"1", "丙")])
    assert list(given.items()) == [("公证处", b"1"), ("纪检", b"2")]


def test_a_committed_pool_is_not_withdrawn() -> None:
    assert a_draw().withdrawn().stage is Stage.WITHDRAWN
    committed = a_draw().committed("乙", b"\1" * 32, None)
    with pytest.raises(NotAtStage, match="已承诺"):
        committed.withdrawn()
    assert committed.followed(State.SEALED).version == 3


@pytest.mark.parametrize(
    ("plan", "refusal"),
    [
        (CeremonyPlan((NOTARY,), 2, (), True, reveal_seconds=1), PartiesTooFew),
        (CeremonyPlan((OWN, OWN), 2, (), True, reveal_seconds=1), NoOutsideParty),
        (CeremonyPlan((NOTARY, OWN), 2, (), True), DeadlineUnclear),
        (CeremonyPlan((NOTARY, OWN), 2, (), True, AT, 1), DeadlineUnclear),
        (CeremonyPlan((NOTARY, OWN), 2, (), False, AT), NoBeaconUndeclared),
        (CeremonyPlan((NOTARY, OWN), 2, (BEACON,), True, AT), NoBeaconUndeclared),
        (CeremonyPlan((NOTARY, OWN), 2, (PlannedBeacon("b", "r", "7"),), False, AT), BeaconTimeUnclear),
        (CeremonyPlan((NOTARY, OWN), 2, (PlannedBeacon("b", "r", "7", AT, 5),), False, AT), BeaconTimeUnclear),
    ],
)
def test_a_plan_says_who_and_when_without_doubt(plan: CeremonyPlan, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        plan.checked()


def test_seconds_become_moments_at_the_commitment() -> None:
    timetable = PLAN.checked().timed(AT)
    assert timetable.reveal_deadline == "2026-11-24T09:10:00+08:00"
    assert timetable.beacons[0].not_before == "2026-11-24T09:11:00+08:00"


def test_times_are_whole_seconds_of_beijing() -> None:
    assert protocol_time(datetime(2026, 11, 24, 16, 59, 59, 999_999, tzinfo=UTC)) == "2026-11-25T00:59:59+08:00"
    assert later("2026-12-31T23:59:59+08:00", 1) == "2027-01-01T00:00:00+08:00"
