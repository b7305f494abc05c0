"""Where officers' accounts are kept, and which tokens were taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.accounts import Account

_ACCOUNT = (
    "officer_id, login, password_hash, name, district, department, roles, inspector_id, active, failures, locked_until,"
    " version, second_factor, second_factor_step"
)


class AccountStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, login: str, *, for_update: bool = False) -> Account | None:
        lock = " FOR UPDATE" if for_update else ""
        found = await self._connection.execute(
            text(f"SELECT {_ACCOUNT} FROM accounts WHERE login = :login{lock}"),  # noqa: S608 - constants only
            {"login": login},
        )
        row = found.one_or_none()
        return None if row is None else _account(row)

    async def page(self, district: str, size: int, after: str) -> Sequence[Account]:
        found = await self._connection.execute(
            text(
                f"SELECT {_ACCOUNT} FROM accounts WHERE district = :district AND login > :after"  # noqa: S608
                " ORDER BY login LIMIT :size"
            ),
            {"district": district, "after": after, "size": size},
        )
        return [_account(row) for row in found]

    async def add(self, account: Account) -> None:
        values = {name: getattr(account, name) for name in Account.__slots__} | {"roles": sorted(account.roles)}
        await self._connection.execute(
            text(
                f"INSERT INTO accounts ({_ACCOUNT}) VALUES (:officer_id, :login, :password_hash, :name, :district,"  # noqa: S608
                " :department, CAST(:roles AS text[]), :inspector_id, :active, :failures, :locked_until, :version,"
                " :second_factor, :second_factor_step)"
            ),
            values,
        )

    async def note_try(self, account: Account) -> None:
        await self._connection.execute(
            text(
                "UPDATE accounts SET failures = :failures, locked_until = :locked_until, second_factor_step = :step"
                " WHERE login = :login"
            ),
            {
                "failures": account.failures,
                "locked_until": account.locked_until,
                "step": account.second_factor_step,
                "login": account.login,
            },
        )

    async def save(self, account: Account) -> None:
        """What administrators and the officer decide; not what a try to sign in leaves behind."""
        await self._connection.execute(
            text(
                "UPDATE accounts SET name = :name, department = :department, roles = CAST(:roles AS text[]),"
                " inspector_id = :inspector_id, active = :active, password_hash = :password_hash,"
                " second_factor = :second_factor, second_factor_step = :step, version = :version WHERE login = :login"
            ),
            {
                "name": account.name,
                "department": account.department,
                "roles": sorted(account.roles),
                "inspector_id": account.inspector_id,
                "active": account.active,
                "password_hash": account.password_hash,
                "second_factor": account.second_factor,
                "step": account.second_factor_step,
                "version": account.version,
                "login": account.login,
            },
        )

    async def revoke(self, subject: str, district: str) -> None:
        """Tokens that the subject holds are worthless from now on. By the machine's own time, as tokens are."""
        await self._connection.execute(
            text(
                "INSERT INTO revocations (district, subject, revoked_at)"
                " VALUES (:district, :subject, clock_timestamp())"
                " ON CONFLICT (district, subject) DO UPDATE SET revoked_at = clock_timestamp()"
            ),
            {"district": district, "subject": subject},
        )


def _account(row: Any) -> Account:
    facts = dict(row._mapping) | {"roles": frozenset(row.roles)}
    return Account(**facts)
