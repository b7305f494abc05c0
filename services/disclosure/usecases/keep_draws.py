"""Draws as the log tells them: documents come by event, the lists they hash are fetched after them (claim check)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, cast
from uuid import UUID

import structlog

from services.disclosure.domain.draw_page_documents import (
    LogDocument,
    commitment_of,
    first_of,
    number_and_title,
    state_after,
)
from services.disclosure.domain.draw_page_tokens import check_tokens
from services.disclosure.domain.draw_page_views import BeaconSource, Exchange, Party, PublicSide
from services.disclosure.domain.draw_steps import CeremonyStep
from services.disclosure.storage.draws import LISTS, TOKENS, DrawSummary
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from shared.runtime.service import Process

LOOK_EVERY: Final = 1.0
"""Seconds between two looks for draws whose lists are missing."""
_LISTS: Final = ("roster", "recusals", "openings")
_log = structlog.get_logger()


async def keep_documents(told: Sequence[LogDocument], uow: DisclosureUnitOfWork) -> None:
    """In any order, any number of times. Raises DocumentAltered."""
    await uow.draw_documents.keep(told)
    for draw_id in dict.fromkeys(one.draw_id for one in told):
        documents = await uow.draw_documents.of_draw(draw_id)
        if first_of(documents, "commitment") is not None:
            await uow.draws.save(summary_of(draw_id, documents))


def summary_of(draw_id: UUID, documents: Sequence[LogDocument]) -> DrawSummary:
    commitment = commitment_of(documents)
    number, title = number_and_title(commitment)
    members = commitment.members
    return DrawSummary(
        draw_id=draw_id,
        task_id=str(members["task_id"]),
        number=number,
        title=title,
        state=state_after(documents).value,
        pool_size=sum(int(one["size"]) for one in members["strata"]),
        replaces=_uuid(members.get("replaces")),
        window_end=date.fromisoformat(members["window_end"]),
        committed_at=commitment.published_at,
        changed_at=documents[-1].published_at,
        last_seq=documents[-1].log_seq,
    )


def _uuid(value: object) -> UUID | None:
    try:
        return None if value is None else UUID(str(value))
    except ValueError:
        return None


async def settle_draws(process: Process) -> None:
    """The worker's job: fetches what goes with new documents until cancelled."""
    while True:
        try:
            await settle_all(lambda: cast(DisclosureUnitOfWork, process.work()))
        except Exception as error:  # the draw stays unsettled: the next look finds it again
            _log.error("draws.settle_failed", kind=type(error).__name__, detail=str(error)[:300])
            await asyncio.sleep(LOOK_EVERY * 5)
        await asyncio.sleep(LOOK_EVERY)


async def settle_all(open_work: Callable[[], DisclosureUnitOfWork]) -> int:
    """How many draws were settled. Nothing is fetched inside a transaction.

    Raises PeerUnavailable, TokensAltered; draws settled before it stay settled."""
    async with open_work() as looking:
        wanted = await looking.draws.unsettled()
    for draw_id, needs_tokens in wanted:
        work = open_work()
        if work.around.draws is None:
            raise RuntimeError("this process was opened without draw as a peer")
        told = await work.around.draws.public_side(draw_id, with_tokens=needs_tokens)
        await settle_draw(draw_id, told, work)
    return len(wanted)


async def settle_draw(draw_id: UUID, told: Mapping[str, Any], uow: DisclosureUnitOfWork) -> None:
    """Keeps the lists that go with document `last_seq`. Raises TokensAltered for a file not committed to."""
    async with uow:
        documents = await uow.draw_documents.of_draw(draw_id)
        commitment = commitment_of(documents)
        sizes = {one["id"]: one for one in commitment.members["strata"]}
        for stratum, written in told["tokens"].items():
            raw, declared = bytes.fromhex(written), sizes[stratum]
            await asyncio.to_thread(check_tokens, commitment.suite, stratum, declared["size"], declared["root"], raw)
            await uow.draws.keep_list(draw_id, TOKENS + stratum, raw)
        lists = told["lists"]
        for name in LISTS:
            if name in lists:
                await uow.draws.keep_list(draw_id, name, "".join(f"{row}\n" for row in lists[name]).encode())
        drawn = None
        if "result_text" in lists:
            await uow.draws.keep_list(draw_id, "result_text", lists["result_text"].encode())
            drawn = sum(line.startswith("D\t") for line in lists["result_text"].splitlines())
        await uow.draws.settle(draw_id, side_of(told), drawn)
        await uow.commit()


def side_of(told: Mapping[str, Any]) -> PublicSide:
    """The public side as draw tells it."""
    ceremony = told["ceremony"]
    return PublicSide(
        last_seq=told["last_seq"],
        title=told["title"],
        window_start=date.fromisoformat(told["window_start"]),
        owner_department=ceremony["owner_department"],
        participants=tuple(ceremony["participants"]),
        parties=tuple(Party(one["id"], one["name"], one["is_outside"]) for one in ceremony["parties"]),
        steps=tuple(
            CeremonyStep(one["step"], one["role"], one["party"], datetime.fromisoformat(one["acted_at"]))
            for one in ceremony["steps"]
        ),
        exchanges=tuple(_exchange(one) for one in ceremony["substitutions"]),
        beacons=tuple(BeaconSource(one["id"], one["source"]) for one in ceremony["beacons"]),
        is_complete=bool(told["lists"].get("is_complete")),
    )


def _exchange(one: Mapping[str, Any]) -> Exchange:
    def at(name: str) -> datetime | None:
        return None if one[name] is None else datetime.fromisoformat(one[name])

    return Exchange(
        version=one["version"],
        requested_department=one["requested_department"],
        requested_at=datetime.fromisoformat(one["requested_at"]),
        confirmed_department=one["confirmed_department"],
        confirmed_at=at("confirmed_at"),
        approved_at=at("approved_at"),
    )
