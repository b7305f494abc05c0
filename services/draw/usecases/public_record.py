"""The public record (抽取记录) of a draw, in the shape of draw-protocol section 10: what a stranger needs to verify it.

As far as public at the stage: tokens from the commitment, shares and beacons once closed and born, roster and result
text from the result, recusals and openings from the disclosure that opens the last object. Until then the record
verifies without them, and `public_openings` shows those that are open. Nothing private ever stands in it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from services.draw.domain.ceremony import STAGE_LABELS, Ceremony, NotAtStage
from services.draw.domain.document_text import body_members
from services.draw.domain.documents import Beacons, Shares
from services.draw.domain.lists import list_hash
from services.draw.domain.log import LoggedDraw
from services.draw.domain.pool import TokenFile
from services.draw.domain.primitives import HASH_SIZE, SUITES
from services.draw.domain.published import StoredResult
from services.draw.storage.results import OPENINGS, RECUSALS, ROSTER
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import known
from services.draw.usecases.opening import is_complete
from services.draw.usecases.publishing import logged_draw

Json = dict[str, Any]


async def public_record(draw_id: UUID, uow: DrawUnitOfWork) -> bytes:
    """As JSON. Raises DrawUnknown, NotAtStage before the commitment."""
    async with uow:
        draw = await known(uow, draw_id)
        if draw.commit_hash is None:
            raise NotAtStage(stage=STAGE_LABELS[draw.stage], act="提供抽取记录")
        await uow.pools.be_patient()
        logged = await logged_draw(uow, draw)
        result = await uow.results.last(draw.id)
        record: Json = {
            "commitment": logged.commitment.text,
            "reveal": _reveal(logged),
            "public": await _public(draw, result, uow),
            "substitutions": [body_members(event) for event in logged.substitutions],
            "log": await uow.log.all_texts(),
        }
        if result is not None:
            record["expected"] = _expected(draw, result)
        return await asyncio.to_thread(orjson.dumps, record)


def _reveal(logged: LoggedDraw) -> Json:
    return body_members(logged.shares or Shares(())) | body_members(logged.beacons or Beacons(()))


@dataclass(frozen=True, slots=True)
class OpenNow:
    """The openings that are public: `hash` is that of the last disclosure over all rows; `is_complete`: all are."""

    draw: Ceremony
    rows: list[str]
    hash: str | None
    is_complete: bool


async def public_openings(draw_id: UUID, uow: DrawUnitOfWork) -> OpenNow:
    """Anybody checks each row against a token of the pool, and all of them against the log. Raises DrawUnknown."""
    async with uow:
        draw = await known(uow, draw_id)
        result = await uow.results.last(draw.id)
        rows = await uow.results.published_list(draw.id, OPENINGS)
        if result is None or rows is None:
            return OpenNow(draw, [], None, False)
        digest = list_hash(SUITES[draw.suite], rows).hex()
        return OpenNow(draw, rows, digest, await is_complete(draw, result, uow))


async def _public(draw: Ceremony, result: StoredResult | None, uow: DrawUnitOfWork) -> Json:
    tokens = await uow.pools.tokens(draw.id)
    lists: Json = {"strata": {name: await asyncio.to_thread(_hex_array, found) for name, found in tokens.items()}}
    is_open = result is not None and await is_complete(draw, result, uow)
    for name in (ROSTER, RECUSALS, OPENINGS) if is_open else (ROSTER,):
        rows = await uow.results.published_list(draw.id, name)
        if rows is not None:
            lists[name] = rows
    return lists


def _hex_array(tokens: TokenFile) -> orjson.Fragment:
    """A JSON array of hex tokens, written at once: as a list of strings a million would take four times the memory."""
    if not tokens.raw:
        return orjson.Fragment(b"[]")
    return orjson.Fragment(f'["{tokens.raw.hex(",", -HASH_SIZE)}"]'.replace(",", '","').encode())


def _expected(draw: Ceremony, result: StoredResult) -> Json:
    return {
        "commit_hash": (draw.commit_hash or b"").hex(),
        "seed": result.seed.hex(),
        "result_text": result.text,
        "result_hash": result.result_hash.hex(),
        "inclusion": [],
        "uniform_int": [],
    }
