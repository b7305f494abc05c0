"""Decide on lists from outside of results (C3): one officer prepares, another of the department decides.

An approved entry is a fact like any other; a removal or annulment is an input of its own. Both go through the journal,
and flags follow by rule (C4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.credit.domain.entities import EntityUnknown, parse_key
from services.credit.domain.facts import Subject
from services.credit.domain.list_decisions import (
    Consent,
    DecisionKind,
    DecisionState,
    ListingEnded,
    ListingIncomplete,
    ListingNotOpen,
    ListingOfOthers,
    ListingUnknown,
    ListProposal,
    ListProposalUnknown,
    check_ending_day,
)
from services.credit.domain.listings import LISTING_STATE_NAMES, ListingState
from services.credit.storage.list_proposals import OwnedListing
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.access import READ, require_scope
from services.credit.usecases.apply_facts import apply_facts
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE, REVIEWER
from shared.values.ids import new_id

_DECIDERS = (DEPARTMENT_ADMIN, REVIEWER, JOINT_OFFICE)


@dataclass(frozen=True, slots=True)
class ProposeListing:
    """An entry: whom (`entity_key`: USCC or entity_id) on which list."""

    entity_key: str
    list_code: str
    ground: str
    document_no: str
    authority: str
    on: date
    ends_on: date | None = None
    consent: Consent | None = None


@dataclass(frozen=True, slots=True)
class ProposeEnding:
    """A removal or an annulment of an entry that stands."""

    listing_id: UUID
    kind: DecisionKind
    reason: str
    document_no: str
    authority: str
    on: date


@dataclass(frozen=True, slots=True)
class DecideListing:
    proposal_id: UUID
    approve: bool
    reason: str | None = None


async def propose_listing(command: ProposeListing, uow: CreditUnitOfWork) -> ListProposal:
    """Raises RoleMissing, EntityUnknown, InvalidUscc, ListUnknown, ListingIncomplete, ConsentNeeded, DecisionInFuture,
    TermMalformed."""
    async with uow:
        uow.principal.require(*_DECIDERS)
        entity = await uow.replicas.find(parse_key(command.entity_key))
        if entity is None:
            raise EntityUnknown(key=command.entity_key)
        if not all(text.strip() for text in (command.ground, command.document_no, command.authority)):
            raise ListingIncomplete
        rules = await uow.rulebooks.current()
        proposal = ListProposal(
            id=new_id(),
            owner_department=uow.principal.department,
            kind=DecisionKind.ENTRY,
            entity_id=entity.entity_id,
            list_code=command.list_code,
            ground=command.ground,
            document_no=command.document_no,
            authority=command.authority,
            on=command.on,
            proposed_by=uow.principal.subject,
            proposed_at=uow.now,
            ends_on=command.ends_on,
            consent=command.consent,
        ).checked(rules.measures.list_kind(command.list_code), uow.today)
        await uow.list_proposals.add(proposal)
        await uow.commit(proposal)
    return proposal


async def propose_ending(command: ProposeEnding, uow: CreditUnitOfWork) -> ListProposal:
    """Raises RoleMissing, ListingUnknown, ListingNotOpen, ListingOfOthers, ListingIncomplete, DecisionInFuture,
    EndingBeforeEntry."""
    async with uow:
        uow.principal.require(*_DECIDERS)
        owned = await _own_open(command.listing_id, command.kind, uow)
        if not all(text.strip() for text in (command.reason, command.document_no, command.authority)):
            raise ListingIncomplete
        rules = await uow.rulebooks.current()
        listing = owned.listing
        check_ending_day(listing, command.on, uow.today)
        proposal = ListProposal(
            id=new_id(),
            owner_department=uow.principal.department,
            kind=command.kind,
            entity_id=listing.entity_id,
            list_code=listing.decision.list_code,
            ground=command.reason,
            document_no=command.document_no,
            authority=command.authority,
            on=command.on,
            proposed_by=uow.principal.subject,
            proposed_at=uow.now,
            listing_id=listing.id,
        ).checked(rules.measures.list_kind(listing.decision.list_code), uow.today)
        await uow.list_proposals.add(proposal)
        await uow.commit(proposal)
    return proposal


async def decide_listing(command: DecideListing, uow: CreditUnitOfWork) -> ListProposal:
    """Makes the decision: the list and the flags change with it. Raises RoleMissing, ListProposalUnknown,
    ListProposalDecided, SecondPersonNeeded, ListingNotOpen, ListingOfOthers."""
    async with uow:
        uow.principal.require(*_DECIDERS)
        proposal = await uow.list_proposals.find(command.proposal_id)
        if proposal is None or not _decides_for(proposal, uow):
            raise ListProposalUnknown(proposal_id=command.proposal_id)
        decided = proposal.decided(approve=command.approve, reason=command.reason, by=uow.principal.subject, at=uow.now)
        await uow.list_proposals.decide(decided)
        if decided.state is DecisionState.APPROVED:
            await _carry_out(decided, uow)
        await uow.commit(decided)
    return decided


async def read_list_proposal(proposal_id: UUID, uow: CreditUnitOfWork) -> ListProposal:
    """Raises ListProposalUnknown, ScopeMissing."""
    require_scope(uow.principal, READ)
    async with uow:
        found = await uow.list_proposals.find(proposal_id)
    if found is None:
        raise ListProposalUnknown(proposal_id=proposal_id)
    return found


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    state: str | None = None
    list_code: str | None = None
    entity_id: UUID | None = None


async def read_list_proposals(
    wanted: ProposalFilter, size: int, after: tuple[datetime, UUID] | None, uow: CreditUnitOfWork
) -> Sequence[ListProposal]:
    require_scope(uow.principal, READ)
    async with uow:
        return await uow.list_proposals.newest(wanted.state, wanted.list_code, wanted.entity_id, size, after)


def _decides_for(proposal: ListProposal, uow: CreditUnitOfWork) -> bool:
    """The department that prepared it; nobody else decides for it, the joint office neither."""
    return proposal.owner_department == uow.principal.department


async def _carry_out(decided: ListProposal, uow: CreditUnitOfWork) -> None:
    if decided.kind is DecisionKind.ENTRY:
        entity = await uow.replicas.find(decided.entity_id)
        if entity is None:
            raise EntityUnknown(key=decided.entity_id)
        await apply_facts([decided.fact(uow.now, Subject(entity.name, entity.uscc))], uow)
        return
    assert decided.listing_id is not None
    await _own_open(decided.listing_id, decided.kind, uow)
    ended = ListingEnded(
        entity_id=decided.entity_id,
        listing_id=decided.listing_id,
        told_at=uow.now,
        on=decided.on,
        annulled=decided.kind is DecisionKind.ANNULMENT,
        reason=decided.ground,
        document_no=decided.document_no,
        authority=decided.authority,
    )
    await apply_facts([ended], uow)


async def _own_open(listing_id: UUID, kind: DecisionKind, uow: CreditUnitOfWork) -> OwnedListing:
    """The entry, if this department decided it and it can still be ended so."""
    owned = await uow.list_proposals.listing(listing_id)
    if owned is None:
        raise ListingUnknown(listing_id=listing_id)
    if owned.origin != uow.principal.department:
        raise ListingOfOthers(department=owned.origin)
    state = owned.listing.state
    may_be_removed = kind is DecisionKind.ANNULMENT
    if state is ListingState.ANNULLED or (state is ListingState.REMOVED and not may_be_removed):
        raise ListingNotOpen(state=LISTING_STATE_NAMES[state])
    return owned
