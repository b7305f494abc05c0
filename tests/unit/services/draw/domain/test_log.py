"""The public log: one live draw per task, every attempt in it, nothing before its time (D2, SEC32, section 2)."""

from dataclasses import replace

import pytest

from services.draw.domain.build import draft, publish, void_of
from services.draw.domain.commitment import Beacon, Party, Terms
from services.draw.domain.documents import (
    Beacons,
    BeaconValue,
    Body,
    Disclosure,
    Result,
    Share,
    Shares,
    Substitution,
    Void,
    parse_commitment,
    parse_document,
)
from services.draw.domain.errors import LogCommit, Refusal
from services.draw.domain.log import LogTail, PublicLog, State, read_log
from services.draw.domain.pattern import parse_pattern
from services.draw.domain.primitives import SHA256, SM3
from services.draw.domain.seed import share_commit
from tests.builders.draw_ceremony import a_record

DRAW = "抽-1"
SECRETS = (("甲", b"\1" * 32), ("乙", b"\2" * 32), ("丙", b"\3" * 32))
OPEN, DEADLINE, BEFORE, BORN, AFTER = (
    f"2026-03-0{day}T{hour}:00:00+08:00" for day, hour in ((1, "09"), (2, "18"), (2, "20"), (2, "21"), (2, "22"))
)
RESULT = Result(b"\4" * 32, 0, b"\5" * 32)
VALUES = Beacons((BeaconValue("快乐8", "07"),))


def terms(draw_id: str = DRAW, **changes: object) -> Terms:
    text = a_record(3)["commitment"]
    beacon = Beacon("快乐8", "第 2026001 期", BORN, parse_pattern("[0-9]{2}"))
    base = replace(
        parse_commitment(text).terms,
        replaces=None,
        parties=tuple(Party(party, share_commit(SHA256, draw_id, party, value)) for party, value in SECRETS),
        min_shares=2,
        beacons=(beacon,),
        no_beacon_profile=False,
        reveal_deadline=DEADLINE,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def shares(n: int = 3) -> Shares:
    return Shares(tuple(Share(party, value) for party, value in SECRETS[:n]))


def a_log(*steps: tuple[Body, str]) -> PublicLog:
    log = PublicLog()
    for body, at in steps:
        publish(log, SHA256, DRAW, body, at)
    return log


COMMITTED = ((terms(), OPEN),)
SEALED = (*COMMITTED, (shares(), BEFORE))
REVEALED = (*SEALED, (VALUES, BORN))
PUBLISHED = (*REVEALED, (RESULT, AFTER))
NO_BEACON = terms(beacons=(), no_beacon_profile=True, min_shares=3)
GONE = Substitution(b"\6" * 32, "注销")


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (COMMITTED, State.COMMITTED),
        (SEALED, State.SEALED),
        (REVEALED, State.REVEALED),
        (PUBLISHED, State.PUBLISHED),
        (
            (*PUBLISHED, (GONE, AFTER), (replace(RESULT, version=1), AFTER), (Disclosure(bytes(32)), AFTER)),
            State.PUBLISHED,
        ),
        ((*COMMITTED, (Void("见证方未到", late=False), BEFORE)), State.VOID),
        (((NO_BEACON, OPEN), (shares(), BEFORE)), State.REVEALED),
        (((NO_BEACON, OPEN), (shares(), OPEN), (RESULT, OPEN)), State.PUBLISHED),
        (((terms(), OPEN), (shares(3), OPEN)), State.SEALED),
        (((terms(), OPEN), (shares(2), DEADLINE)), State.SEALED),
    ],
)
def test_the_ceremony_goes_from_state_to_state(steps: tuple[tuple[Body, str], ...], state: State) -> None:
    assert a_log(*steps).draws[DRAW].state is state


@pytest.mark.parametrize(
    ("before", "body", "at", "code"),
    [
        (COMMITTED, VALUES, BORN, "LOG_STATE"),
        (COMMITTED, RESULT, AFTER, "LOG_STATE"),
        (COMMITTED, GONE, AFTER, "LOG_STATE"),
        (COMMITTED, Disclosure(bytes(32)), AFTER, "LOG_STATE"),
        (SEALED, shares(), BEFORE, "LOG_STATE"),
        (SEALED, RESULT, AFTER, "LOG_STATE"),
        (REVEALED, Void("不满意", late=True), AFTER, "LOG_STATE"),
        (REVEALED, VALUES, AFTER, "LOG_STATE"),
        (REVEALED, replace(RESULT, version=1), AFTER, "LOG_STATE"),
        (PUBLISHED, RESULT, AFTER, "LOG_STATE"),
        ((*PUBLISHED, (GONE, AFTER)), RESULT, AFTER, "LOG_STATE"),
        ((*PUBLISHED, (GONE, AFTER)), replace(RESULT, version=2), AFTER, "LOG_STATE"),
        ((*COMMITTED, (Void("x"), OPEN)), Void("x"), OPEN, "LOG_STATE"),
        (((NO_BEACON, OPEN), (shares(), BEFORE)), VALUES, AFTER, "LOG_STATE"),
        (COMMITTED, shares(2), OPEN, "LOG_TIME"),
        (COMMITTED, shares(3), BORN, "LOG_TIME"),
        (SEALED, VALUES, BEFORE, "LOG_TIME"),
        (PUBLISHED, GONE, BORN, "LOG_TIME"),
        (COMMITTED, Void("x", late=True), BEFORE, "LOG_TIME"),
        (COMMITTED, Void("x"), BORN, "LOG_TIME"),
        (SEALED, Void("x"), BEFORE, "LOG_TIME"),
        (PUBLISHED, Void("x"), AFTER, "LOG_TIME"),
        (((NO_BEACON, OPEN),), Void("x"), OPEN, "LOG_TIME"),
        (COMMITTED, Shares((Share("丁", bytes(32)),) * 3), BEFORE, "SHARE"),
        (COMMITTED, Shares((Share("甲", bytes(32)),)), BEFORE, "SHARE"),
        (COMMITTED, shares(1), BEFORE, "SHARE_COUNT"),
        (COMMITTED, shares(1), OPEN, "LOG_TIME"),
        (SEALED, Beacons(()), BORN, "BEACON"),
        (SEALED, Beacons((BeaconValue("快乐8", "七"),)), BORN, "BEACON"),
        (COMMITTED, terms(), OPEN, "LOG_REDRAW"),
        (COMMITTED, terms(min_shares=1), BEFORE, "CEREMONY"),
    ],
)
def test_what_may_not_follow_is_refused_and_the_log_stays_as_it_was(
    before: tuple[tuple[Body, str], ...], body: Body, at: str, code: str
) -> None:
    log = a_log(*before)
    tail, draw = log.tail, log.draws[DRAW]
    with pytest.raises(Refusal) as refused:
        publish(log, SHA256, DRAW, body, at)
    assert refused.value.code == code
    assert (log.tail, log.draws[DRAW]) == (tail, draw)


@pytest.mark.parametrize(
    ("voided", "replaces", "code"),
    [(True, DRAW, None), (True, None, "LOG_REDRAW"), (True, "抽-0", "LOG_REDRAW"), (False, DRAW, "LOG_REDRAW")],
)
def test_a_redraw_names_the_void_draw_of_its_task(voided: bool, replaces: str | None, code: str | None) -> None:
    """SEC32: one live draw per task; cancelled draws remain public."""
    log = a_log(*COMMITTED, (Void("见证方未到"), BEFORE)) if voided else a_log(*COMMITTED)
    again = terms("抽-2", replaces=replaces, reveal_deadline=BORN, beacons=(), no_beacon_profile=True, min_shares=3)
    if code is None:
        publish(log, SM3, "抽-2", again, BEFORE)
        assert log.last_of_task[again.task_id] == "抽-2"
    else:
        with pytest.raises(Refusal) as refused:
            publish(log, SM3, "抽-2", again, BEFORE)
        assert refused.value.code == code


def test_a_first_draw_replaces_nothing() -> None:
    with pytest.raises(Refusal) as refused:
        a_log((terms(replaces="抽-0"), OPEN))
    assert refused.value.code == "LOG_REDRAW"


def test_a_void_gets_the_late_mark_once_somebody_may_know_the_outcome() -> None:
    assert void_of(a_log(*COMMITTED), DRAW, "x", BEFORE) == Void("x", late=False)
    assert void_of(a_log(*COMMITTED), DRAW, "x", BORN) == Void("x", late=True)
    assert void_of(a_log(*SEALED), DRAW, "x", BEFORE) == Void("x", late=True)
    with pytest.raises(LogCommit):
        void_of(a_log(*COMMITTED), "抽-9", "x", BEFORE)


def test_a_document_of_a_foreign_draw_suite_or_commitment_is_refused() -> None:
    log = a_log(*COMMITTED)
    good = draft(log, SHA256, DRAW, shares(), BEFORE)
    commit_hash = f'"commit_hash": "{log.draws[DRAW].commitment.hash.hex()}"'
    foreign = (
        good.replace(DRAW, "抽-9"),
        good.replace(commit_hash, f'"commit_hash": "{"0" * 64}"'),
        draft(log, SM3, DRAW, shares(), BEFORE),
    )
    for text in foreign:
        with pytest.raises(LogCommit):
            log.append(text)
    assert log.append(good).body == shares()


@pytest.mark.parametrize("spoil", [('"log_seq": 2', '"log_seq": 3'), ('"log_prev": "', '"log_prev": "0')])
def test_a_broken_chain_is_refused(spoil: tuple[str, str]) -> None:
    log = a_log(*COMMITTED)
    text = draft(log, SHA256, DRAW, shares(), BEFORE).replace(*spoil)
    at = text.index('"log_prev": "') + len('"log_prev": "')
    text = text[: at + 64] + '"' + text[text.index(",", at) :]
    with pytest.raises(Refusal) as refused:
        log.append(text)
    assert refused.value.code == "LOG_CHAIN"


@pytest.mark.parametrize("seed", range(12))
def test_a_keeper_resumes_a_log_with_the_texts_of_one_draw(seed: int) -> None:
    record = a_record(seed)
    texts = record["log"]
    assert isinstance(texts, list)
    whole, draw_id = read_log(texts), parse_commitment(record["commitment"]).draw_id
    own = [text for text in texts if parse_document(text).head.draw_id == draw_id]
    tail = LogTail(len(texts), texts[-1], parse_document(texts[-1]).head.published_at)
    resumed = PublicLog.resumed(tail, own)
    assert resumed.draws == {draw_id: whole.draws[draw_id]}
    assert resumed.tail == whole.tail
    assert set(resumed.last_of_task.items()) <= set(whole.last_of_task.items())
