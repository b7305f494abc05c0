"""What readers see of draws. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.disclosure.domain.draw_page import draw_page
from services.disclosure.domain.draw_page_documents import LogDocument, commitment_of, first_of, last_of
from services.disclosure.domain.draw_page_record import RecordNotReady, RecordSources
from services.disclosure.domain.draw_page_result import ResultRows, read_result
from services.disclosure.domain.draw_page_tokens import Inclusion, prove, ticket_of
from services.disclosure.domain.draw_page_views import (
    DrawLine,
    DrawNotPublic,
    DrawPage,
    DrawSources,
    Place,
    PublicLists,
    PublicSide,
    Standing,
)
from services.disclosure.storage.draws import DrawFilter as DrawFilter
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from shared.values.errors import Refused


class WindowStillOpen(Refused):
    """Draw-protocol section 4: an enterprise learns of itself only after the window, lest visits be foreseen."""

    message = "检查期到 {window_end} 为止；在此之后才能查询是否在册，以免提前泄露检查安排"


@dataclass(frozen=True, slots=True)
class TokenFound:
    """Where a token stands, and the proofs that it was frozen."""

    page: DrawPage
    standing: Standing
    proofs: tuple[Inclusion, ...]


async def one_draw(draw_id: UUID, uow: DisclosureUnitOfWork) -> DrawPage:
    """Raises DrawNotPublic."""
    async with uow:
        return draw_page(await _sources(draw_id, uow), uow.now)


async def page_of_draws(
    wanted: DrawFilter, uow: DisclosureUnitOfWork, size: int, after: tuple[datetime, UUID] | None = None
) -> Sequence[DrawLine]:
    async with uow:
        return await uow.draws.page(wanted, size, after)


async def record_of(draw_id: UUID, uow: DisclosureUnitOfWork) -> RecordSources:
    """Raises DrawNotPublic, RecordNotReady."""
    async with uow:
        documents = await _documents(draw_id, uow)
        side = await uow.draws.side(draw_id) or PublicSide()
        if side.last_seq != documents[-1].log_seq:
            raise RecordNotReady
        log, tokens = await uow.draw_documents.whole_log(), await uow.draws.tokens(draw_id)
        found = RecordSources(documents, tokens, await uow.draws.lists(draw_id), side.is_complete, log)
    found.check()
    return found


async def token_file(draw_id: UUID, stratum: str, uow: DisclosureUnitOfWork) -> bytes:
    """Raises DrawNotPublic, RecordNotReady while it is being fetched."""
    async with uow:
        commitment = commitment_of(await _documents(draw_id, uow))
        if stratum not in {one["id"] for one in commitment.members["strata"]}:
            raise DrawNotPublic
        raw = await uow.draws.tokens_of(draw_id, stratum)
    if raw is None:
        raise RecordNotReady
    return raw


async def document_of(draw_id: UUID, log_seq: int, uow: DisclosureUnitOfWork) -> LogDocument:
    """Raises DrawNotPublic."""
    async with uow:
        found = next((one for one in await _documents(draw_id, uow) if one.log_seq == log_seq), None)
    if found is None:
        raise DrawNotPublic
    return found


async def documents_after(draw_id: UUID, log_seq: int, uow: DisclosureUnitOfWork) -> list[tuple[int, str]]:
    async with uow:
        return await uow.draw_documents.after(draw_id, log_seq)


async def log_head(uow: DisclosureUnitOfWork) -> int:
    async with uow:
        return await uow.draw_documents.head()


async def where_stands(draw_id: UUID, token: bytes, uow: DisclosureUnitOfWork) -> TokenFound:
    """Raises DrawNotPublic, WindowStillOpen, RecordNotReady."""
    async with uow:
        sources = await _sources(draw_id, uow)
        page = draw_page(sources, uow.now)
        if uow.today <= page.window_end:
            raise WindowStillOpen(window_end=page.window_end.isoformat())
        tokens = await uow.draws.tokens(draw_id)
    if not tokens:
        raise RecordNotReady
    found = [prove(page.suite, stratum, raw, token) for stratum, raw in tokens.items()]
    proofs = tuple(one for one in found if one is not None)
    places = [place for proof in proofs for place in _places(sources, proof.stratum, token)]
    return TokenFound(page, Standing(token.hex(), tuple(places)), proofs)


def _places(sources: DrawSources, stratum: str, token: bytes) -> list[Place]:
    """In every scope that names the stratum; in none: a place without a scope."""
    commitment = commitment_of(sources.documents)
    size = next(int(one["size"]) for one in commitment.members["strata"] if one["id"] == stratum)
    text = sources.lists.result_text
    rows = None if text is None else read_result(text, {})
    scopes = [one for one in commitment.members["scopes"] if stratum in {entry["stratum"] for entry in one["strata"]}]
    places = [_place(sources, rows, scope, (stratum, size), token) for scope in scopes]
    return places or [Place(stratum, "", size, 0, None, None, "asc", False, False)]


def _place(
    sources: DrawSources, rows: ResultRows | None, scope: Mapping[str, Any], of: tuple[str, int], token: bytes
) -> Place:
    stratum, size = of
    name, result = scope["id"], last_of(sources.documents, "result")
    cuts = () if rows is None else rows.cuts
    cut = next((one for one in cuts if (one.scope, one.stratum) == (name, stratum)), None)
    ticket = None
    if result is not None:
        ticket = ticket_of(result.suite, bytes.fromhex(result.members["seed"]), scope["group"], token).hex()
    drawn = None if rows is None else {one.token for one in rows.drawn if one.scope == name}
    later = () if rows is None else {one.substitute for one in rows.exchanged if one.scope == name}
    return Place(
        stratum=stratum,
        scope=name,
        size=size,
        n=0 if cut is None else cut.n,
        ticket=ticket,
        cut=None if cut is None else cut.ticket,
        order=str(scope.get("order", "asc")),
        is_drawn=None if drawn is None else token.hex() in drawn,
        is_substitute=token.hex() in later,
    )


async def _documents(draw_id: UUID, uow: DisclosureUnitOfWork) -> list[LogDocument]:
    documents = await uow.draw_documents.of_draw(draw_id)
    if first_of(documents, "commitment") is None:
        raise DrawNotPublic
    return documents


async def _sources(draw_id: UUID, uow: DisclosureUnitOfWork) -> DrawSources:
    return DrawSources(
        draw_id=draw_id,
        documents=await _documents(draw_id, uow),
        side=await uow.draws.side(draw_id) or PublicSide(),
        lists=await uow.draws.lists(draw_id) or PublicLists(),
        names=await uow.draws.department_names(),
        replaced_by=await uow.draws.replaced_by(draw_id),
    )
