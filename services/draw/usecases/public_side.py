"""What of a draw is public besides its documents: lists that the documents only hash, and the ceremony by role.

The public portal keeps it; no account and no sealed word stands in it (SEC33). `last_seq` is the draw's last document
that it goes with.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import orjson

from services.draw.domain.ceremony import STAGE_LABELS, Ceremony, HistoryEntry, NotAtStage, Step
from services.draw.domain.pool import TokenFile
from services.draw.domain.substitution_request import RequestState, SubstitutionRequest
from services.draw.storage.results import OPENINGS, RECUSALS, ROSTER
from services.draw.storage.substitutions import SubstitutionFilter
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import known, pool_of
from services.draw.usecases.opening import is_complete

Json = dict[str, Any]
_MOST = 1000
"""Substitutions of one draw; a draw with more has been told of enough."""
_WITNESS = frozenset({Step.HAND_OVER, Step.OBJECT, Step.REVEAL})


async def public_side(draw_id: UUID, with_tokens: bool, uow: DrawUnitOfWork) -> bytes:
    """As JSON, of one moment. Raises DrawUnknown, NotAtStage before the commitment."""
    uow.isolation = "repeatable_read"
    async with uow:
        draw = await known(uow, draw_id)
        if draw.commit_hash is None:
            raise NotAtStage(stage=STAGE_LABELS[draw.stage], act="公开抽取")
        await uow.pools.be_patient()
        documents = await uow.log.of_draw(draw.id)
        pool = await pool_of(uow, draw)
        side: Json = {
            "last_seq": documents[-1].log_seq,
            "title": pool.task.title,
            "window_start": pool.task.window_start.isoformat(),
            "ceremony": await _ceremony(draw, uow),
            "lists": await _lists(draw, uow),
        }
        tokens = await uow.pools.tokens(draw.id) if with_tokens else {}
        return await asyncio.to_thread(_rendered, side, tokens)


def _rendered(side: Json, tokens: dict[str, TokenFile]) -> bytes:
    return orjson.dumps(side | {"tokens": {name: found.raw.hex() for name, found in tokens.items()}})


async def _lists(draw: Ceremony, uow: DrawUnitOfWork) -> Json:
    """Roster and result text from the result, openings as they are, recusals once all is open."""
    result = await uow.results.last(draw.id)
    if result is None:
        return {}
    lists: Json = {
        "result_text": result.text,
        "is_complete": await is_complete(draw, result, uow),
        "open_slots": result.open_slots,
    }
    for name in (ROSTER, OPENINGS, RECUSALS):
        rows = await uow.results.published_list(draw.id, name)
        if rows is not None:
            lists[name] = rows
    return lists


async def _ceremony(draw: Ceremony, uow: DrawUnitOfWork) -> Json:
    wanted = SubstitutionFilter(draw_id=draw.id, state=RequestState.APPLIED.value)
    applied = await uow.substitutions.page(wanted, _MOST, None)
    return {
        "task_no": draw.task_no,
        "stage": draw.stage.value,
        "owner_department": draw.owner_department,
        "participants": list(draw.participants),
        "parties": [
            {"id": party.id, "name": party.name, "is_outside": party.is_outside} for party in draw.plan.parties
        ],
        "steps": [_step(entry) for entry in await uow.draws.history(draw.id)],
        "substitutions": [_exchange(one) for one in sorted(applied, key=_version)],
        "beacons": [
            {"id": one.beacon_id, "source": one.provenance, "entered_at": one.entered_at}
            for one in await uow.parties.provenances(draw.id)
        ],
    }


def _version(one: SubstitutionRequest) -> int:
    return 0 if one.applied is None else one.applied.result_version


def _step(entry: HistoryEntry) -> Json:
    """Who acted is told by role: an account is no public matter."""
    role = "witness" if entry.step in _WITNESS else "operator"
    party = entry.detail.split(" ", 1)[0] if entry.step in (Step.HAND_OVER, Step.REVEAL) else None
    return {"step": entry.step.value, "role": role, "party": party, "acted_at": entry.acted_at}


def _exchange(one: SubstitutionRequest) -> Json:
    """Two persons and an approver (SEC32), each by department and time."""
    second = one.confirmation
    return {
        "version": _version(one),
        "requested_department": "" if one.is_by_machine else one.owner_department,
        "requested_at": one.request.at,
        "confirmed_department": None if second is None else second.department,
        "confirmed_at": None if second is None else second.at,
        "approved_at": one.decided_at,
    }
