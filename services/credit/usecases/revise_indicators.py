"""Revise the indicator system (指标体系修订, K1): one person proposes, anybody tries, another puts it in force.

The worker then rates every record by it (`rerate.apply_system`), in chunks, each told as one change set.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.credit.domain.indicators import IndicatorSystem
from services.credit.domain.proposals import (
    Effect,
    IndicatorVersionUnknown,
    Mover,
    Proposal,
    ProposalState,
    ProposalUnknown,
)
from services.credit.domain.rating import rate
from services.credit.storage.proposals import NamedRecord
from services.credit.storage.rulebooks import indicator_body, system_of
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.access import READ, require_scope
from shared.runtime.principal import JOINT_OFFICE
from shared.values.credit_class import CreditClass
from shared.values.ids import new_id

TRIED_AT_ONCE = 2_000
SHOWN = 200


class ProposedSystem:
    """A system as proposed; in the audit trail it stands as its code and title."""

    def __init__(self, system: IndicatorSystem) -> None:
        self.system = system

    def __str__(self) -> str:
        return f"{self.system.code} {self.system.title}"


@dataclass(frozen=True, slots=True)
class ProposeIndicators:
    proposed: ProposedSystem
    note: str


@dataclass(frozen=True, slots=True)
class DecideProposal:
    proposal_id: UUID
    accept: bool
    reason: str | None = None


async def propose_indicators(command: ProposeIndicators, uow: CreditUnitOfWork) -> Proposal:
    """Keeps a whole next version. Raises RoleMissing, IndicatorSystemInvalid."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        body = indicator_body(command.proposed.system.checked())
        activation = await uow.rulebooks.activation()
        based_on = None if activation is None else activation[0]
        proposal = Proposal(new_id(), body, command.note, based_on, uow.principal.subject, uow.now)
        await uow.proposals.add(proposal)
        await uow.commit(proposal)
    return proposal


async def decide_proposal(command: DecideProposal, uow: CreditUnitOfWork) -> Proposal:
    """Puts the version in force, or rejects it. The first activation keeps the shipped system as version 1.

    Raises RoleMissing, ProposalUnknown, ProposalDecided, SamePerson, ProposalOutdated.
    """
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        proposal = await _found(command.proposal_id, uow)
        activation = await uow.rulebooks.activation()
        proposal.check_decidable(uow.principal.subject, None if activation is None else activation[0])
        state, version = ProposalState.REJECTED, None
        if command.accept:
            if activation is None:
                await uow.rulebooks.activated(None, None, uow.now)
            state, version = ProposalState.ACTIVATED, (activation[0] if activation else 1) + 1
            await uow.rulebooks.activate_indicators(version, proposal.body, uow.now)
        decided = replace(
            proposal,
            state=state,
            version=version,
            reason=command.reason,
            decided_by=uow.principal.subject,
            decided_at=uow.now,
        )
        await uow.proposals.decide(decided)
        await uow.commit(decided)
    return decided


async def read_proposal(proposal_id: UUID, uow: CreditUnitOfWork) -> Proposal:
    """Raises ProposalUnknown, ScopeMissing."""
    require_scope(uow.principal, READ)
    async with uow:
        return await _found(proposal_id, uow)


async def read_proposals(
    state: str | None, size: int, after: tuple[datetime, UUID] | None, uow: CreditUnitOfWork
) -> Sequence[Proposal]:
    require_scope(uow.principal, READ)
    async with uow:
        return await uow.proposals.newest(state, size, after)


async def read_system(version: int, uow: CreditUnitOfWork) -> IndicatorSystem:
    """A version that is or was in force. Raises IndicatorVersionUnknown, ScopeMissing."""
    require_scope(uow.principal, READ)
    async with uow:
        activation = await uow.rulebooks.activation()
        newest = 1 if activation is None else activation[0]
        if not 1 <= version <= newest:
            raise IndicatorVersionUnknown(version=version)
        return await uow.rulebooks.indicators(version if activation else None)


async def try_proposal(proposal_id: UUID, uow: CreditUnitOfWork) -> Effect:
    """A dry run: who would move if it were put in force today. Reads every record, changes none.

    Raises ProposalUnknown, ScopeMissing.
    """
    require_scope(uow.principal, READ)
    async with uow:
        proposal = await _found(proposal_id, uow)
        system = system_of(proposal.body, (proposal.based_on or 1) + 1)
        records, rescored, movers = 0, 0, list[Mover]()
        moves: Counter[tuple[CreditClass, CreditClass]] = Counter()
        after: UUID | None = None
        while part := await uow.proposals.records(after, TRIED_AT_ONCE):
            tried = [_tried(named, system, uow.today) for named in part]
            records += len(tried)
            rescored += sum(one.score_before != one.score_after for one in tried)
            moving = [one for one in tried if one.before is not one.after]
            moves.update((one.before, one.after) for one in moving)
            movers += moving[: SHOWN - len(movers)]
            after = part[-1].record.entity_id
            await asyncio.sleep(0)
    return Effect(records, rescored, dict(moves), tuple(movers))


def _tried(named: NamedRecord, system: IndicatorSystem, today: date) -> Mover:
    record = named.record
    would = rate(record.facts, system, max(record.as_of, today), record.observation)
    return Mover(
        entity_id=record.entity_id,
        name=named.name,
        uscc=named.uscc,
        before=record.credit_class,
        after=would.credit_class,
        score_before=record.score,
        score_after=would.score,
    )


async def _found(proposal_id: UUID, uow: CreditUnitOfWork) -> Proposal:
    found = await uow.proposals.find(proposal_id)
    if found is None:
        raise ProposalUnknown(proposal_id=proposal_id)
    return found
