"""Take a lost second factor away (重置动态验证码): proposed by one administrator, approved by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from gateway.domain.accounts import AccountUnknown
from gateway.domain.clients import MAY_DECIDE, ChangeState
from gateway.domain.resets import NoSecondFactor, ResetUnknown, ResetWaits, SecondFactorReset
from gateway.storage.unit_of_work import GatewayUnitOfWork
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class ProposeReset:
    """`reason`: how it is known that the officer himself asks."""

    login: str
    reason: str


@dataclass(frozen=True, slots=True)
class DecideReset:
    reset_id: UUID
    state: ChangeState


async def propose_reset(command: ProposeReset, uow: GatewayUnitOfWork) -> SecondFactorReset:
    """Raises AccountUnknown, NoSecondFactor, ResetWaits, RoleMissing."""
    async with uow:
        uow.principal.require(*MAY_DECIDE)
        account = await uow.accounts.find(command.login, for_update=True)
        if account is None:
            raise AccountUnknown(login=command.login)
        if account.second_factor is None:
            raise NoSecondFactor(login=command.login)
        if await uow.resets.waits(command.login):
            raise ResetWaits(login=command.login)
        reset = SecondFactorReset(new_id(), uow.district, command.login, command.reason, uow.principal.subject, uow.now)
        await uow.resets.propose(reset)
        await uow.commit(reset)
    return reset


async def decide_reset(command: DecideReset, uow: GatewayUnitOfWork) -> SecondFactorReset:
    """Approved, the second factor is gone and every token of the account with it; an administrator can then do nothing
    but enrol anew. Raises ResetUnknown, ResetDecided, OwnReset, AccountUnknown, RoleMissing."""
    async with uow:
        uow.principal.require(*MAY_DECIDE)
        reset = await uow.resets.find(command.reset_id)
        if reset is None:
            raise ResetUnknown
        decided = reset.decide(command.state, uow.principal.subject, uow.now)
        if decided.state is ChangeState.APPROVED:
            account = await uow.accounts.find(reset.login, for_update=True)
            if account is None:
                raise AccountUnknown(login=reset.login)
            await uow.accounts.save(replace(account, second_factor=None, version=account.version + 1))
            await uow.accounts.revoke(f"officer:{account.login}", uow.district)
        await uow.resets.decide(decided)
        await uow.commit(decided)
    return decided


async def list_resets_page(uow: GatewayUnitOfWork, size: int, before: UUID | None) -> Sequence[SecondFactorReset]:
    async with uow:
        return await uow.resets.page(size, before)
