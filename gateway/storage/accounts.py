"""Where accounts and clients are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.accounts import Account, Client

_ACCOUNT = (
    "officer_id, login, password_hash, name, district, department, roles, inspector_id, active, failures, locked_until,"
    " version"
)
_CLIENT = "client_id, secret_hash, name, district, department, scopes, active"


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
                " :department, CAST(:roles AS text[]), :inspector_id, :active, :failures, :locked_until, :version)"
            ),
            values,
        )

    async def note_try(self, account: Account) -> None:
        await self._connection.execute(
            text("UPDATE accounts SET failures = :failures, locked_until = :locked_until WHERE login = :login"),
            {"failures": account.failures, "locked_until": account.locked_until, "login": account.login},
        )


class ClientStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, client_id: str) -> Client | None:
        found = await self._connection.execute(
            text(f"SELECT {_CLIENT} FROM clients WHERE client_id = :client_id"),  # noqa: S608
            {"client_id": client_id},
        )
        row = found.one_or_none()
        return None if row is None else _client(row)

    async def add(self, client: Client) -> None:
        values = {name: getattr(client, name) for name in Client.__slots__} | {"scopes": sorted(client.scopes)}
        await self._connection.execute(
            text(
                f"INSERT INTO clients ({_CLIENT}) VALUES (:client_id, :secret_hash, :name, :district, :department,"  # noqa: S608
                " CAST(:scopes AS text[]), :active)"
            ),
            values,
        )


def _account(row: Any) -> Account:
    facts = dict(row._mapping) | {"roles": frozenset(row.roles)}
    return Account(**facts)


def _client(row: Any) -> Client:
    facts = dict(row._mapping) | {"scopes": frozenset(row.scopes)}
    return Client(**facts)
