"""Numbers given with a commit: who may hold them, and what happens to those not used (REL9, decision 0011)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared.runtime.numbering import Grant, Numbering, OutcomeUnknown
from shared.runtime.outbox import LoggedEvent, LogState

STATE = LogState(leads=3, log_epoch=1, numbered=40, published=40)


def an_event(number: int) -> LoggedEvent:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return LoggedEvent(UUID(int=number), "410308", "result", "r", 1, "t", "{}", None, at, 1, number)


def a_leader() -> Numbering:
    numbering = Numbering()
    numbering.open(STATE)
    numbering.counted(0, all_told=True)
    return numbering


def test_without_a_leader_in_the_process_nobody_is_given_numbers() -> None:
    assert Numbering().grant() is None


def test_a_leader_that_has_not_looked_for_waiting_events_gives_none() -> None:
    numbering = Numbering()
    numbering.open(STATE)
    assert numbering.grant() is None
    numbering.counted(2, all_told=False)
    assert numbering.grant() is None
    numbering.counted(1, all_told=True)
    assert numbering.grant() == Grant(3, 1, 43)


def test_one_act_holds_numbers_at_a_time() -> None:
    numbering = a_leader()
    first = numbering.grant()
    assert first == Grant(3, 1, 40)
    assert numbering.grant() is None
    numbering.settle(first, [an_event(41), an_event(42)])
    assert numbering.grant() == Grant(3, 1, 42)


def test_numbers_of_an_act_that_was_rolled_back_are_given_again() -> None:
    numbering = a_leader()
    numbering.settle(numbering.grant(), ())
    assert numbering.grant() == Grant(3, 1, 40)


def test_what_was_numbered_with_commits_is_published_in_their_order_and_once() -> None:
    numbering = a_leader()
    for number in (41, 42, 43):
        numbering.settle(numbering.grant(), [an_event(number)])
    assert numbering.wake.is_set()
    assert [event.producer_seq for event in numbering.ready()] == [41, 42, 43]
    assert numbering.ready() == []


async def test_the_leader_counts_alone_once_the_act_that_holds_numbers_has_ended() -> None:
    numbering = a_leader()
    held = numbering.grant()
    counting = asyncio.ensure_future(numbering.count_alone())
    await asyncio.sleep(0)
    assert not counting.done()
    assert numbering.grant() is None
    numbering.settle(held, [an_event(41)])
    assert await counting == 41
    assert numbering.grant() is None, "while the leader counts nobody else does"
    numbering.counted(5, all_told=True)
    assert numbering.grant() == Grant(3, 1, 46)


async def test_a_commit_without_an_answer_makes_the_leader_start_over() -> None:
    """REL8: whether its numbers are used only the log can tell."""
    numbering = a_leader()
    held = numbering.grant()
    numbering.doubt(held)
    assert numbering.grant() is None
    assert numbering.wake.is_set()
    with pytest.raises(OutcomeUnknown):
        numbering.ready()
    with pytest.raises(OutcomeUnknown):
        await numbering.count_alone()
    numbering.open(the_next(41))
    numbering.counted(0, all_told=True)
    assert numbering.grant() == Grant(4, 1, 41)


def test_an_act_of_an_earlier_leader_changes_nothing() -> None:
    numbering = a_leader()
    old = numbering.grant()
    numbering.open(the_next(41))
    numbering.counted(0, all_told=True)
    numbering.settle(old, [an_event(41)])
    assert numbering.ready() == []
    assert numbering.grant() == Grant(4, 1, 41)


def test_while_too_many_wait_to_be_published_acts_leave_theirs_to_the_log() -> None:
    numbering = a_leader()
    numbering.settle(numbering.grant(), [an_event(number) for number in range(41, 41 + 1025)])
    assert numbering.grant() is None
    assert len(numbering.ready()) == 1025
    assert numbering.grant() is not None


def the_next(numbered: int) -> LogState:
    return STATE._replace(leads=4, numbered=numbered)
