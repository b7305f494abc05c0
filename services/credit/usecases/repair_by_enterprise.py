"""The enterprise applies for repair itself (C6): code → token → evidence → application, no officer in between.

Who has a token has no department: the service writes for him in its own name, and the audit row names him."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.credit.domain.history import ListingFilter
from services.credit.domain.listings import ListingState
from services.credit.domain.repair_tokens import (
    HEAD_BYTES,
    EvidenceOfOthers,
    RepairElsewhere,
    RepairToken,
    TokenNotGood,
    check_type,
    new_token,
)
from services.credit.domain.repairs import Evidence, Repair, RepairKind, RepairUnknown
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.access import in_own_name
from services.credit.usecases.repair_credit import Application, application, check_evidence
from services.credit.usecases.repair_targets import Aim, FoundTarget, find_target
from shared.runtime.files import StoredFile
from shared.values.errors import DomainError

_DAY: Final = timedelta(days=1)
MOST_SHOWN: Final = 200
"""Listings and applications of one enterprise on its page."""


@dataclass(frozen=True, slots=True)
class TakeToken:
    """`code` is the visit code (检查码) as it was typed."""

    code: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True)
class ApplyByToken:
    """`evidence`: files sent under a token of the same enterprise."""

    token: str = field(metadata={"personal": True})
    aim: Aim
    grounds: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class WithdrawByToken:
    token: str = field(metadata={"personal": True})
    repair_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class TakenToken:
    """`secret` is told once; only its digest is kept."""

    token: RepairToken
    secret: str
    entity_name: str | None


@dataclass(frozen=True, slots=True)
class Repairable:
    """One thing on the enterprise's page. `why_not` (Chinese) is empty where it may apply here now."""

    aim: Aim
    title: str
    department: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class FirmPage:
    """What the holder of a token sees: his enterprise, what may be repaired, what he applied for."""

    token: RepairToken
    entity_name: str | None
    repairables: tuple[Repairable, ...]
    repairs: tuple[Repair, ...]


async def take_token(command: TakeToken, uow: CreditUnitOfWork) -> TakenToken:
    """Raises CodeGivesNoToken, TooManyTokens, PeerUnavailable."""
    holder = await uow.answering.codes.holder(command.code, uow.principal)
    secret = secrets.token_urlsafe(32)
    async with uow:
        if holder.entity_id is not None:
            await uow.repairs.lock(holder.entity_id)
        recent = 0 if holder.entity_id is None else await uow.repair_tokens.recent(holder.entity_id, uow.now - _DAY)
        token = new_token(holder, _digest(secret), recent, uow.now)
        await uow.repair_tokens.add(token)
        taken = TakenToken(token, secret, await _name(token.entity_id, uow))
        await uow.commit(taken)
    return taken


async def read_firm_page(token: str, uow: CreditUnitOfWork) -> FirmPage:
    """Raises TokenNotGood."""
    async with uow, in_own_name(uow):
        good = await _good(token, uow)
        repairs = await uow.repairs.newest(None, None, good.entity_id, MOST_SHOWN)
        found = tuple([one async for one in _repairables(good.entity_id, uow)])
        return FirmPage(good, await _name(good.entity_id, uow), found, tuple(repairs))


async def receive_file(token: str, chunks: AsyncIterator[bytes], uow: CreditUnitOfWork) -> StoredFile:
    """The room for the file is taken before a byte is read, so that many at once take no more than is allowed.

    Raises TokenNotGood, TooMuchEvidence, EvidenceTypeWrong, FileTooLarge.
    """
    async with uow:
        good = await _good(token, uow)
        room = good.room
        await uow.repair_tokens.count(good.digest, 1, room)
        await uow.commit()
    stored: StoredFile | None = None
    try:
        stored = await uow.files.put(_typed(chunks), room, sealed=True)
    finally:
        async with uow:
            taken = 0 if stored is None else stored.size
            await uow.repair_tokens.count(good.digest, 0 if stored else -1, taken - room)
            if stored is not None:
                await uow.repair_tokens.keep(good.entity_id, stored.digest, stored.size, uow.now)
            await uow.commit()
    return stored


async def apply_by_token(command: ApplyByToken, uow: CreditUnitOfWork) -> Repair:
    """Raises TokenNotGood, EvidenceOfOthers, RepairElsewhere, RepairTargetUnknown, RepairNotOpen, RepairTooEarly,
    RepairUnderWay, EvidenceMissing, EvidenceFileMissing."""
    async with uow:
        async with in_own_name(uow):
            good = await _good(command.token, uow)
            check_evidence(command.evidence, uow)
            sent = await uow.repair_tokens.sent(good.entity_id, {one.digest for one in command.evidence})
            for one in command.evidence:
                if one.digest not in sent:
                    raise EvidenceOfOthers(digest=one.digest)
            await uow.repairs.lock(good.entity_id)
            found = _ours(await find_target(command.aim, good.entity_id, uow))
            told = Application(good.entity_id, found.target, found.origin, command.grounds, command.evidence)
            repair = await application(told, _subject(good), uow)
            await uow.repairs.add(repair)
        await uow.commit(repair)
    return repair


async def withdraw_by_token(command: WithdrawByToken, uow: CreditUnitOfWork) -> Repair:
    """Raises TokenNotGood, RepairUnknown, RepairNotIn."""
    async with uow:
        async with in_own_name(uow):
            good = await _good(command.token, uow)
            await uow.repairs.lock(command.repair_id)
            versions = await uow.repairs.versions(command.repair_id)
            if not versions or versions[-1].entity_id != good.entity_id:
                raise RepairUnknown(repair_id=command.repair_id)
            made = versions[-1].withdrawn(by=_subject(good), at=uow.now, reason=command.reason)
            await uow.repairs.add(made)
        await uow.commit(made)
    return made


async def _good(token: str, uow: CreditUnitOfWork) -> RepairToken:
    found = await uow.repair_tokens.find(_digest(token), uow.now)
    if found is None:
        raise TokenNotGood
    return found


def _ours(found: FoundTarget) -> FoundTarget:
    if not found.is_ours:
        raise RepairElsewhere(origin=found.origin)
    return found


async def _repairables(entity_id: UUID, uow: CreditUnitOfWork) -> AsyncIterator[Repairable]:
    for aim in await _aims(entity_id, uow):
        try:
            found = _ours(await find_target(aim, entity_id, uow))
            yield Repairable(aim, found.target.title, found.origin)
        except DomainError as refusal:
            title, origin = await _named(aim, entity_id, uow)
            yield Repairable(aim, title, origin, str(refusal))


async def _aims(entity_id: UUID, uow: CreditUnitOfWork) -> list[Aim]:
    """Entries in force, and facts that stand and weigh."""
    entered = ListingFilter(entity_id=entity_id, state=ListingState.ENTERED.value)
    lines = await uow.archive.listings(entered, MOST_SHOWN)
    record = await uow.archive.record(entity_id)
    held = {} if record is None else record.facts
    facts = [name for name, one in held.items() if one.standing and one.marks]
    return [
        *(Aim(RepairKind.LISTING, listing_id=line.listing.id) for line in lines),
        *(Aim(RepairKind.FACT, source=source, key=key) for source, key in facts),
    ]


async def _named(aim: Aim, entity_id: UUID, uow: CreditUnitOfWork) -> tuple[str, str]:
    """Title and origin of what may not be repaired here now."""
    if aim.listing_id is not None:
        owned = await uow.list_proposals.listing(aim.listing_id)
        return ("", "") if owned is None else (owned.listing.decision.ground, owned.origin)
    entries = await uow.archive.standing_entries(entity_id)
    entry = next((one for one in entries if (one.source, one.fact_key) == (aim.source, aim.key)), None)
    return ("", "") if entry is None else (entry.title, entry.origin)


async def _name(entity_id: UUID, uow: CreditUnitOfWork) -> str | None:
    entity = await uow.replicas.find(entity_id)
    return None if entity is None else entity.name


async def _typed(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks as they come, once the first bytes have told a type that is taken. Raises EvidenceTypeWrong."""
    head = b""
    is_told = False
    async for chunk in chunks:
        if is_told:
            yield chunk
            continue
        head += chunk
        if len(head) >= HEAD_BYTES:
            check_type(head)
            is_told = True
            yield head
    if not is_told:
        check_type(head)
        yield head


def _subject(token: RepairToken) -> str:
    return f"enterprise:{token.entity_id}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
