"""Revise the measures (惩戒措施清单修订, C4): one person proposes a whole next version, another puts it in force.

Flags that stand keep the measure they were raised by; entries from then on raise flags by the new version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.credit.domain.measures import MeasureCatalogue, MeasureProposalUnknown, MeasureVersionUnknown
from services.credit.domain.proposals import Proposal, ProposalState
from services.credit.storage.rulebooks import catalogue_body, catalogue_of
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.access import CHECK, READ, require_scope
from shared.runtime.principal import JOINT_OFFICE
from shared.values.ids import new_id


class ProposedCatalogue:
    """A catalogue as proposed; in the audit trail it stands as its title."""

    def __init__(self, catalogue: MeasureCatalogue) -> None:
        self.catalogue = catalogue

    def __str__(self) -> str:
        return self.catalogue.title


@dataclass(frozen=True, slots=True)
class ProposeMeasures:
    proposed: ProposedCatalogue
    note: str


@dataclass(frozen=True, slots=True)
class DecideMeasures:
    proposal_id: UUID
    accept: bool
    reason: str | None = None


async def propose_measures(command: ProposeMeasures, uow: CreditUnitOfWork) -> Proposal:
    """Keeps a whole next version. Raises RoleMissing, MeasureOutsideBaseList, MeasureCatalogueInvalid."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        rules = await uow.rulebooks.current()
        body = catalogue_body(command.proposed.catalogue.allowed_after(rules.measures))
        subject, version = uow.principal.subject, rules.measures.version
        proposal = Proposal(new_id(), body, command.note, version, subject, uow.now)
        await uow.measure_proposals.add(proposal)
        await uow.commit(proposal)
    return proposal


async def decide_measures(command: DecideMeasures, uow: CreditUnitOfWork) -> Proposal:
    """Puts the version in force, or rejects it. The first activation keeps the shipped catalogue as version 1.

    Raises RoleMissing, MeasureProposalUnknown, ProposalDecided, SamePerson, ProposalOutdated.
    """
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        proposal = await _found(command.proposal_id, uow)
        current = (await uow.rulebooks.current()).measures.version
        proposal.check_decidable(uow.principal.subject, current)
        state, version = ProposalState.REJECTED, None
        if command.accept:
            await uow.rulebooks.ensure_activated(uow.now)
            state, version = ProposalState.ACTIVATED, current + 1
            await uow.rulebooks.activate_measures(version, proposal.body, uow.now)
        decided = replace(
            proposal,
            state=state,
            version=version,
            reason=command.reason,
            decided_by=uow.principal.subject,
            decided_at=uow.now,
        )
        await uow.measure_proposals.decide(decided)
        await uow.commit(decided)
    return decided


async def read_measures(version: int | None, uow: CreditUnitOfWork) -> MeasureCatalogue:
    """The version in force (None) or one that was. Raises MeasureVersionUnknown, ScopeMissing."""
    require_scope(uow.principal, READ, CHECK)
    async with uow:
        current = (await uow.rulebooks.current()).measures
        if version is None or version == current.version:
            return current
        if not 1 <= version < current.version:
            raise MeasureVersionUnknown(version=version)
        return await uow.rulebooks.measures(version)


async def read_measure_proposal(proposal_id: UUID, uow: CreditUnitOfWork) -> tuple[Proposal, MeasureCatalogue]:
    """Raises MeasureProposalUnknown, ScopeMissing."""
    require_scope(uow.principal, READ)
    async with uow:
        found = await _found(proposal_id, uow)
    return found, catalogue_of(found.body, found.version or 0)


async def read_measure_proposals(
    state: str | None, size: int, after: tuple[datetime, UUID] | None, uow: CreditUnitOfWork
) -> Sequence[Proposal]:
    require_scope(uow.principal, READ)
    async with uow:
        return await uow.measure_proposals.newest(state, size, after)


async def _found(proposal_id: UUID, uow: CreditUnitOfWork) -> Proposal:
    found = await uow.measure_proposals.find(proposal_id)
    if found is None:
        raise MeasureProposalUnknown(proposal_id=proposal_id)
    return found
