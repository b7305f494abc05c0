"""Hand over a party's commit (提交份额承诺): the share itself stays with the party until the commitment is public."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.draw.domain.ceremony import Ceremony, Hand, PartyHasItsWitness, Stage, Step
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import locked_with_witnesses, the_witness


@dataclass(frozen=True, slots=True)
class HandOverCommit:
    """`commit` is T("ssj1/share", draw_id, party, share), computed by the party itself."""

    draw_id: UUID
    party: str
    commit: bytes


async def hand_over_commit(command: HandOverCommit, uow: DrawUnitOfWork) -> Ceremony:
    """The account that hands over the commit is the party's from now on; it may replace it until the commitment.

    Raises DrawUnknown, NotAtStage, PartyUnknown, OperatorAsOutsider, PartyHasItsWitness, WitnessOfAnotherParty.
    """
    async with uow:
        by = the_witness(uow)
        draw = await locked_with_witnesses(uow, command.draw_id)
        draw.require("提交份额承诺", Stage.FROZEN)
        draw.check_witness(command.party, by, await uow.parties.hands(draw.id))
        hand = Hand(command.party, command.commit, by)
        if not await uow.parties.hand_over(draw.id, hand, uow.now):
            raise PartyHasItsWitness(party=command.party)
        await uow.draws.note(draw, Step.HAND_OVER, by, uow.now, f"{command.party} {command.commit.hex()}")
        await uow.commit(draw)
    return draw
