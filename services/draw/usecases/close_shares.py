"""Close the list of shares (封存份额): all valid shares received, before any beacon exists, so withholding is blind."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.draw.domain.ceremony import Ceremony, Stage, Step
from services.draw.domain.commitment import Terms
from services.draw.domain.documents import Share, Shares
from services.draw.domain.protocol_time import protocol_time
from services.draw.domain.refused import SharesStillOpen
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import locked, the_operator
from services.draw.usecases.publishing import logged_draw, publish_next


@dataclass(frozen=True, slots=True)
class CloseShares:
    draw_id: UUID


async def close_shares(command: CloseShares, uow: DrawUnitOfWork) -> Ceremony:
    """Raises DrawUnknown, NotTheOperator, NotAtStage, SharesStillOpen, ProtocolRefused (too few, or too late)."""
    async with uow:
        draw = await locked(uow, command.draw_id)
        by = the_operator(uow, draw.owner_department)
        draw.require("封存份额", Stage.COMMITTED)
        shares = await uow.parties.shares(draw.id)
        _check_open((await logged_draw(uow, draw)).terms, shares, protocol_time(uow.now))
        published = await publish_next(uow, draw, lambda _, __: Shares(shares))
        closed = draw.followed(published.logged.state)
        await uow.draws.save(closed)
        await uow.draws.note(closed, Step.CLOSE_SHARES, by, uow.now, "、".join(share.party for share in shares))
        await uow.commit(closed)
    return closed


def _check_open(terms: Terms, shares: tuple[Share, ...], at: str) -> None:
    given = {share.party for share in shares}
    missing = [party.id for party in terms.parties if party.id not in given]
    if missing and at < terms.reveal_deadline:
        raise SharesStillOpen(missing="、".join(missing), deadline=terms.reveal_deadline)
