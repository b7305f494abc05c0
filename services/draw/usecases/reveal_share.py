"""Reveal a party's share (给出份额): kept from everybody's sight until the list of shares closes."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from services.draw.domain.ceremony import Ceremony, Stage, Step
from services.draw.domain.documents import Share
from services.draw.domain.primitives import SUITES
from services.draw.domain.protocol_time import protocol_time
from services.draw.domain.refused import RevealDeadlinePassed, ShareDoesNotOpen
from services.draw.domain.seed import share_commit
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import locked_with_witnesses, the_witness
from services.draw.usecases.publishing import logged_draw


@dataclass(frozen=True, slots=True)
class RevealShare:
    draw_id: UUID
    party: str
    value: bytes = field(metadata={"personal": True})


async def reveal_share(command: RevealShare, uow: DrawUnitOfWork) -> Ceremony:
    """The share must open the commit in the published commitment (SEC32); given again it changes nothing.

    Raises DrawUnknown, NotAtStage, PartyUnknown, PartyHasItsWitness, WitnessOfAnotherParty, RevealDeadlinePassed,
    ShareDoesNotOpen.
    """
    async with uow:
        by = the_witness(uow)
        draw = await locked_with_witnesses(uow, command.draw_id)
        draw.require("给出份额", Stage.COMMITTED)
        draw.check_witness(command.party, by, await uow.parties.hands(draw.id))
        terms = (await logged_draw(uow, draw)).terms
        if protocol_time(uow.now) > terms.reveal_deadline:
            raise RevealDeadlinePassed(deadline=terms.reveal_deadline)
        commit = next(party.commit for party in terms.parties if party.id == command.party)
        if share_commit(SUITES[draw.suite], draw.draw_id, command.party, command.value) != commit:
            raise ShareDoesNotOpen(party=command.party)
        await uow.parties.reveal(draw.id, Share(command.party, command.value), uow.now)
        await uow.draws.note(draw, Step.REVEAL, by, uow.now, command.party)
        await uow.commit(draw)
    return draw
