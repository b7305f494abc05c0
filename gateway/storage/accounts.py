"""Where officers' accounts are kept, and which tokens were taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.accounts import Account

_ACCOUNT = (
    "officer_id, login, password_hash, name, district, department, roles, inspector_id, active, failures, locked_until,"
    " version, second_factor, second_factor_step, external_subject"
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
                " :second_factor, :second_factor_step, :external_subject)"
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
                " second_factor = :second_factor, second_factor_step = :step, external_subject = :external_subject,"
                " version = :version WHERE login = :login"
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
                "external_subject": account.external_subject,
                "version": account.version,
                "login": account.login,
            },
        )

    async def find_external(self, subject: str) -> Account | None:
        """By who he is at the issuer of people; for a sign-in: locked."""
        found = await self._connection.execute(
            text(f"SELECT {_ACCOUNT} FROM accounts WHERE external_subject = :subject FOR UPDATE"),  # noqa: S608
            {"subject": subject},
        )
        row = found.one_or_none()
        return None if row is None else _account(row)

    async def of_inspectors(self, inspector_ids: Sequence[UUID]) -> Sequence[Account]:
        """The open accounts of inspectors, for a change of them: locked."""
        found = await self._connection.execute(
            text(
                f"SELECT {_ACCOUNT} FROM accounts WHERE active AND inspector_id = ANY (CAST(:ids AS uuid[]))"  # noqa: S608
                " ORDER BY login FOR UPDATE"
            ),
            {"ids": list(inspector_ids)},
        )
        return [_account(row) for row in found]

    async def note_new_password(self, login: str) -> None:
        """By the machine's own time: the demo's clock does not age passwords."""
        await self._connection.execute(
            text("UPDATE accounts SET password_changed_at = clock_timestamp() WHERE login = :login"), {"login": login}
        )

    async def password_age_days(self, login: str) -> int:
        """Whole days since the password was set."""
        found = await self._connection.execute(
            text(
                "SELECT floor(extract(epoch FROM clock_timestamp() - password_changed_at) / 86400)::integer"
                " FROM accounts WHERE login = :login"
            ),
            {"login": login},
        )
        return int(found.scalar_one())

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
