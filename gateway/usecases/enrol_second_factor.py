"""Take up a second factor (启用动态验证码): the officer shows a code of the secret that the device holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gateway.adapters.second_factor import step_of
from gateway.domain.accounts import Account, AccountUnknown, SecondFactorWrong
from gateway.storage.unit_of_work import GatewayUnitOfWork
from shared.runtime.sealed import seal_keys


@dataclass(frozen=True, slots=True)
class EnrolSecondFactor:
    """`previous_code`: of the device before, where there is one already."""

    secret: str = field(metadata={"personal": True})
    code: str = field(metadata={"personal": True})
    previous_code: str | None = field(default=None, metadata={"personal": True})


async def enrol_second_factor(command: EnrolSecondFactor, uow: GatewayUnitOfWork) -> Account:
    """For the caller's own account. Raises AccountUnknown, SecondFactorWrong."""
    login = uow.principal.subject.removeprefix("officer:")
    async with uow:
        account = await uow.accounts.find(login, for_update=True)
        if account is None:
            raise AccountUnknown(login=login)
        if account.second_factor is not None:
            known = seal_keys().open(account.second_factor)
            if step_of(known, command.previous_code or "", account.second_factor_step) is None:
                raise SecondFactorWrong
        step = step_of(command.secret, command.code, 0)
        if step is None:
            raise SecondFactorWrong
        enrolled = replace(
            account,
            second_factor=seal_keys().seal(command.secret),
            second_factor_step=step,
            version=account.version + 1,
        )
        await uow.accounts.save(enrolled)
        await uow.commit(enrolled)
    return enrolled
