"""Change one's own password (修改密码). Every token that the officer holds ends with the old one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from gateway.adapters.passwords import hash_password, is_right
from gateway.domain.accounts import Account, AccountUnknown, PasswordSame, PasswordWrong, assert_password
from gateway.storage.unit_of_work import GatewayUnitOfWork


@dataclass(frozen=True, slots=True)
class ChangePassword:
    present: str = field(metadata={"personal": True})
    wanted: str = field(metadata={"personal": True})


async def change_password(command: ChangePassword, uow: GatewayUnitOfWork) -> Account:
    """Raises PasswordTooWeak, PasswordSame, PasswordWrong, AccountLocked, SignInFailed, AccountUnknown."""
    login = _login(uow)
    assert_password(command.wanted, login)
    if command.wanted == command.present:
        raise PasswordSame
    hashed = await asyncio.to_thread(hash_password, command.wanted)
    async with uow:
        account = await uow.accounts.find(login, for_update=True)
        if account is None:
            raise AccountUnknown(login=login)
        account.assert_may_try(uow.now)
        if not await asyncio.to_thread(is_right, account.password_hash, command.present):
            raise PasswordWrong
        changed = replace(account, password_hash=hashed, version=account.version + 1)
        await uow.accounts.save(changed)
        await uow.accounts.note_new_password(login)
        await uow.accounts.revoke(uow.principal.subject, uow.district)
        await uow.commit(changed)
    return changed


async def count_wrong_password(uow: GatewayUnitOfWork) -> None:
    """A wrong present password counts as a wrong try to sign in: a session left open must not be a place to guess. In a
    transaction of its own, as the refused one is rolled back."""
    async with uow:
        account = await uow.accounts.find(_login(uow), for_update=True)
        if account is not None:
            await uow.accounts.note_try(account.tried(right=False, now=uow.now))
        await uow.commit()


def _login(uow: GatewayUnitOfWork) -> str:
    return uow.principal.subject.removeprefix("officer:")
